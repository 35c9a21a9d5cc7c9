// How a response ended: its `status`, and for an incomplete one the reason.
// https://platform.openai.com/docs/api-reference/responses/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { FinishReason } from "../../hub/assembly/finish-reason";
import { INCOMPLETE, INCOMPLETE_DETAILS, MAX_OUTPUT_TOKENS, REASON, STATUS } from "./names";

const CONTENT_FILTER = Slice.of("content_filter");

/** Reads why a response that was answered (completed or incomplete) ended. */
export function decodeFinish(tape: JsonTape, response: i32, hasCalls: bool): FinishReason {
  if (!tape.equals(tape.find(response, STATUS), INCOMPLETE))
    return hasCalls ? FinishReason.ToolCalls : FinishReason.Stop;
  const reason = tape.find(tape.find(response, INCOMPLETE_DETAILS), REASON);
  return tape.equals(reason, CONTENT_FILTER) ? FinishReason.ContentFilter : FinishReason.Length;
}

/** The reason of an incomplete response; empty for one that is complete, as is a refusal that was said in words. */
export function incompleteReason(reason: FinishReason, saysRefusal: bool): Slice {
  switch (reason) {
    case FinishReason.Length:
    case FinishReason.ContextWindow:
      return MAX_OUTPUT_TOKENS;
    case FinishReason.ContentFilter:
      return CONTENT_FILTER;
    case FinishReason.Refusal:
      return saysRefusal ? Slice.empty() : CONTENT_FILTER;
    default:
      return Slice.empty();
  }
}
