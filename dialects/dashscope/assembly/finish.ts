// Why an answer of DashScope's ended. https://www.alibabacloud.com/help/en/model-studio/qwen-api-reference
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { FinishReason } from "../../hub/assembly/finish-reason";

const LENGTH = Slice.of("length");
const CONTENT_FILTER = Slice.of("content_filter");
/** The word, not JSON's null: the answer goes on. */
const NULL = Slice.of("null");

/** Whether a `finish_reason` is one. */
export function isFinished(reason: Slice): bool {
  return reason.length > 0 && !reason.equals(NULL);
}

/** Reads a `finish_reason`. A model that was told which tool to call ends with `stop` all the same. */
export function decodeFinish(reason: Slice, hasCalls: bool): FinishReason {
  if (reason.equals(LENGTH)) return FinishReason.Length;
  if (reason.equals(CONTENT_FILTER)) return FinishReason.ContentFilter;
  if (hasCalls) return FinishReason.ToolCalls;
  return isFinished(reason) ? FinishReason.Stop : FinishReason.Unknown;
}
