// Why an answer ended. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseResponse.html
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { FinishReason } from "../../hub/assembly/finish-reason";
import { MAX_TOKENS } from "../../hub/assembly/names";

const END_TURN = Slice.of("end_turn");
const TOOL_USE = Slice.of("tool_use");
const STOP_SEQUENCE = Slice.of("stop_sequence");
const GUARDRAIL = Slice.of("guardrail_intervened");
const FILTERED = Slice.of("content_filtered");
const CONTEXT_WINDOW = Slice.of("model_context_window_exceeded");
const MALFORMED = Slice.of("malformed_");

/** Reads a `stopReason`. */
export function decodeFinish(reason: Slice): FinishReason {
  if (reason.equals(END_TURN)) return FinishReason.Stop;
  if (reason.equals(TOOL_USE)) return FinishReason.ToolCalls;
  if (reason.equals(MAX_TOKENS)) return FinishReason.Length;
  if (reason.equals(STOP_SEQUENCE)) return FinishReason.StopSequence;
  if (reason.equals(GUARDRAIL) || reason.equals(FILTERED)) return FinishReason.ContentFilter;
  return reason.equals(CONTEXT_WINDOW) ? FinishReason.ContextWindow : FinishReason.Unknown;
}

/**
 * Whether the model's output could not be read (`malformed_model_output`, `malformed_tool_use`). No client's dialect
 * has a word for it, and an answer without its calls looks whole: so it is an error, which clients try again.
 */
export function isMalformed(reason: Slice): bool {
  return reason.startsWith(MALFORMED);
}
