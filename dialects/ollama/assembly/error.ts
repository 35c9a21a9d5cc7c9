// Ollama's errors: `{"error":"…"}`, as an answer and inside a stream. https://docs.ollama.com/api/errors
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, errorKindOf, statusOf } from "../../hub/assembly/chat-error";
import { readForeignError } from "../../openai-chat/assembly/foreign-error";

const UNKNOWN = Slice.of("The provider answered with an error");

/** Reads an error. `status` 0 means inside a stream. */
export function decodeError(tape: JsonTape, status: i32, error: ChatError): void {
  readForeignError(tape, error);
  if (!error.message.length) error.message = UNKNOWN;
  error.kind = errorKindOf(status);
  error.status = status ? status : statusOf(error.kind);
}
