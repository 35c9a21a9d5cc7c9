// Why a completion ended. https://platform.openai.com/docs/api-reference/chat/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { FinishReason } from "../../hub/assembly/finish-reason";
import { FUNCTION_CALL, STOP, TOOL_CALLS } from "./names";

const LENGTH = Slice.of("length");
const CONTENT_FILTER = Slice.of("content_filter");

/** Reads a `finish_reason`. Some providers say `stop` though the model called tools. */
export function decodeFinish(reason: Slice, hasCalls: bool): FinishReason {
  if (reason.equals(LENGTH)) return FinishReason.Length;
  if (reason.equals(CONTENT_FILTER)) return FinishReason.ContentFilter;
  if (hasCalls || reason.equals(TOOL_CALLS) || reason.equals(FUNCTION_CALL)) return FinishReason.ToolCalls;
  return FinishReason.Stop;
}

/** The `finish_reason` for a reason. */
export function encodeFinish(reason: FinishReason): Slice {
  switch (reason) {
    case FinishReason.Length:
    case FinishReason.ContextWindow:
      return LENGTH;
    case FinishReason.ToolCalls:
      return TOOL_CALLS;
    case FinishReason.ContentFilter:
    case FinishReason.Refusal:
      return CONTENT_FILTER;
    default:
      return STOP;
  }
}
