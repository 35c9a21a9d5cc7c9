// OpenAI's error envelope, both ways. https://platform.openai.com/docs/guides/error-codes
import { parseInteger } from "@weir/sdk/assembly/bytes/integer";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError, ErrorKind, errorKindOf, statusOf } from "../../hub/assembly/chat-error";
import { writeContent } from "../../hub/assembly/content";
import { CODE, ERROR, MESSAGE, TYPE } from "../../hub/assembly/names";
import { readForeignError } from "./foreign-error";

const PARAM = Slice.of("param");
const QUOTA = Slice.of("insufficient_quota");
const UNKNOWN = Slice.of("The provider answered with an error");
// In the order of ErrorKind.
const TYPES: StaticArray<Slice> = [
  Slice.of("invalid_request_error"),
  Slice.of("authentication_error"),
  QUOTA,
  Slice.of("permission_error"),
  Slice.of("not_found_error"),
  Slice.of("invalid_request_error"),
  Slice.of("rate_limit_error"),
  Slice.of("server_error"),
  Slice.of("timeout_error"),
  Slice.of("overloaded_error"),
];

/** Reads `{"error":{…}}`, and what compatible providers answer in its place. `status` 0 means inside a stream. */
export function decodeError(tape: JsonTape, status: i32, error: ChatError): void {
  const type = readForeignError(tape, error);
  if (!error.message.length) error.message = UNKNOWN;
  const codeNumber = <i32>parseInteger(error.code);
  error.status = status ? status : codeNumber >= 400 && codeNumber < 600 ? codeNumber : 0;
  error.kind = kindOf(type, error);
  if (!error.status) error.status = statusOf(error.kind);
}

function kindOf(type: Slice, error: ChatError): ErrorKind {
  if (type.equals(QUOTA) || error.code.equals(QUOTA)) return ErrorKind.Billing;
  if (error.status) return errorKindOf(error.status);
  for (let i = 0; i < TYPES.length; ++i) if (TYPES[i].equals(type)) return <ErrorKind>i;
  return ErrorKind.Server;
}

/** The class that OpenAI gives an error. */
export function errorType(kind: ErrorKind): Slice {
  return <i32>kind < TYPES.length ? TYPES[kind] : TYPES[ErrorKind.Server];
}

/** Writes the envelope. */
export function encodeError(error: ChatError, json: JsonWriter): void {
  json.beginObject().key(ERROR).beginObject();
  writeContent(json.key(MESSAGE), error.message);
  json.key(TYPE).text(errorType(error.kind));
  writeOrNull(json.key(PARAM), error.param);
  writeOrNull(json.key(CODE), error.code);
  json.endObject().endObject();
}

function writeOrNull(json: JsonWriter, content: Slice): void {
  if (content.length) writeContent(json, content);
  else json.nothing();
}
