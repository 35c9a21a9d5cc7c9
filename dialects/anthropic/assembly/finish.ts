// Why a message ended. https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { FinishReason } from "../../hub/assembly/finish-reason";
import { MAX_TOKENS, REFUSAL } from "../../hub/assembly/names";
import { STOP_SEQUENCE, TOOL_USE } from "./names";

const END_TURN = Slice.of("end_turn");
const PAUSE_TURN = Slice.of("pause_turn");
const CONTEXT_WINDOW = Slice.of("model_context_window_exceeded");

/** Reads a `stop_reason`. */
export function decodeFinish(reason: Slice): FinishReason {
  if (reason.equals(END_TURN)) return FinishReason.Stop;
  if (reason.equals(TOOL_USE)) return FinishReason.ToolCalls;
  if (reason.equals(MAX_TOKENS)) return FinishReason.Length;
  if (reason.equals(STOP_SEQUENCE)) return FinishReason.StopSequence;
  if (reason.equals(REFUSAL)) return FinishReason.Refusal;
  if (reason.equals(PAUSE_TURN)) return FinishReason.Pause;
  return reason.equals(CONTEXT_WINDOW) ? FinishReason.ContextWindow : FinishReason.Unknown;
}

/** The `stop_reason` for a reason. */
export function encodeFinish(reason: FinishReason): Slice {
  switch (reason) {
    case FinishReason.ToolCalls:
      return TOOL_USE;
    case FinishReason.Length:
      return MAX_TOKENS;
    case FinishReason.StopSequence:
      return STOP_SEQUENCE;
    case FinishReason.Refusal:
    case FinishReason.ContentFilter:
      return REFUSAL;
    case FinishReason.Pause:
      return PAUSE_TURN;
    case FinishReason.ContextWindow:
      return CONTEXT_WINDOW;
    default:
      return END_TURN;
  }
}
