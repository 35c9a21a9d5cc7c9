// OpenAI's error envelope, both ways. https://platform.openai.com/docs/guides/error-codes
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError, ErrorKind, errorKindOf, statusOf } from "../../hub/assembly/chat-error";
import { contentAt, contentOf, writeContent } from "../../hub/assembly/content";
import { CODE, ERROR, MESSAGE, TYPE } from "../../hub/assembly/names";

const PARAM = Slice.of("param");
const DETAIL = Slice.of("detail");
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
  const inner = tape.find(tape.root, ERROR);
  const body = tape.kind(inner) == JsonKind.Object ? inner : tape.root;
  error.message = tape.kind(inner) == JsonKind.String ? contentOf(tape, inner) : contentAt(tape, body, MESSAGE);
  if (!error.message.length) error.message = contentAt(tape, body, DETAIL);
  if (!error.message.length) error.message = UNKNOWN;
  error.code = contentAt(tape, body, CODE);
  error.param = contentAt(tape, body, PARAM);
  const codeNumber = <i32>tape.integer(tape.find(body, CODE));
  error.status = status ? status : codeNumber >= 400 && codeNumber < 600 ? codeNumber : 0;
  error.kind = kindOf(contentAt(tape, body, TYPE), error);
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
