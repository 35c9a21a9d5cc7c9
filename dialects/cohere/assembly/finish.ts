// Why an answer of Cohere's ended. https://docs.cohere.com/reference/chat#response.body.finish_reason
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { ErrorKind } from "../../hub/assembly/chat-error";
import { FinishReason } from "../../hub/assembly/finish-reason";

const COMPLETE = Slice.of("COMPLETE");
const MAX_TOKENS = Slice.of("MAX_TOKENS");
const STOP_SEQUENCE = Slice.of("STOP_SEQUENCE");
const TOOL_CALL = Slice.of("TOOL_CALL");
const ERROR = Slice.of("ERROR");
const TIMEOUT = Slice.of("TIMEOUT");

/** Reads a `finish_reason`. */
export function decodeFinish(reason: Slice): FinishReason {
  if (reason.equals(COMPLETE)) return FinishReason.Stop;
  if (reason.equals(MAX_TOKENS)) return FinishReason.Length;
  if (reason.equals(STOP_SEQUENCE)) return FinishReason.StopSequence;
  return reason.equals(TOOL_CALL) ? FinishReason.ToolCalls : FinishReason.Unknown;
}

/** Whether the answer ended before it was whole. */
export function isFailure(reason: Slice): bool {
  return reason.equals(ERROR) || reason.equals(TIMEOUT);
}

/** The kind of error that a failure is. */
export function failureKind(reason: Slice): ErrorKind {
  return reason.equals(TIMEOUT) ? ErrorKind.Timeout : ErrorKind.Server;
}
