// Cohere's errors: `{"message"}`, with an `id` for its support. https://docs.cohere.com/reference/errors
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind, errorKindOf, statusOf } from "../../hub/assembly/chat-error";
import { contentAt } from "../../hub/assembly/content";
import { DATA } from "../../hub/assembly/names";
import { readForeignError } from "../../openai-chat/assembly/foreign-error";

const UNKNOWN = Slice.of("The provider answered with an error");
/** Cohere's own status for a token that is none. */
const INVALID_TOKEN_STATUS: i32 = 498;

/** Reads an error. `status` 0 means inside a stream. */
export function decodeError(tape: JsonTape, status: i32, error: ChatError): void {
  readForeignError(tape, error);
  // Errors of Cohere's gateway hold their text here.
  if (!error.message.length) error.message = contentAt(tape, tape.root, DATA);
  if (!error.message.length) error.message = UNKNOWN;
  error.kind = status == INVALID_TOKEN_STATUS ? ErrorKind.Authentication : errorKindOf(status);
  error.status = status && status != INVALID_TOKEN_STATUS ? status : statusOf(error.kind);
}
