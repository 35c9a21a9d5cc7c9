// Anthropic's error envelope, both ways. https://platform.claude.com/docs/en/api/errors
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError, ErrorKind, errorKindOf, statusOf } from "../../hub/assembly/chat-error";
import { contentAt, rawAt, writeContent, writeRawAt } from "../../hub/assembly/content";
import { ERROR, MESSAGE, TYPE } from "../../hub/assembly/names";

const DETAILS = Slice.of("details");
const UNKNOWN = Slice.of("The provider answered with an error");
const OVERLOADED_STATUS: i32 = 529;
// In the order of ErrorKind.
const TYPES: StaticArray<Slice> = [
  Slice.of("invalid_request_error"),
  Slice.of("authentication_error"),
  Slice.of("billing_error"),
  Slice.of("permission_error"),
  Slice.of("not_found_error"),
  Slice.of("request_too_large"),
  Slice.of("rate_limit_error"),
  Slice.of("api_error"),
  Slice.of("timeout_error"),
  Slice.of("overloaded_error"),
];

/** Reads `{"type":"error","error":{"type","message"}}`. `status` 0 means inside a stream: the type decides. */
export function decodeError(tape: JsonTape, status: i32, error: ChatError): void {
  const inner = tape.find(tape.root, ERROR);
  const body = tape.kind(inner) == JsonKind.Object ? inner : tape.root;
  error.message = contentAt(tape, body, MESSAGE);
  if (!error.message.length) error.message = UNKNOWN;
  error.rawDetails = rawAt(tape, body, DETAILS);
  error.kind = kindOf(tape.text(tape.find(body, TYPE)), status);
  error.status = status ? status : statusOf(error.kind);
}

function kindOf(type: Slice, status: i32): ErrorKind {
  for (let i = 0; i < TYPES.length; ++i) if (TYPES[i].equals(type)) return <ErrorKind>i;
  return status ? errorKindOf(status) : ErrorKind.Server;
}

/** Writes the envelope. */
export function encodeError(error: ChatError, json: JsonWriter): void {
  const kind: i32 = error.kind;
  json.beginObject().key(TYPE).text(ERROR).key(ERROR).beginObject();
  json.key(TYPE).text(kind < TYPES.length ? TYPES[kind] : TYPES[ErrorKind.Server]);
  writeContent(json.key(MESSAGE), error.message);
  writeRawAt(json, DETAILS, error.rawDetails);
  json.endObject().endObject();
}

/** Anthropic has a status of its own for overload; its SDK tries again on both. */
export function errorStatus(error: ChatError): i32 {
  return error.kind == ErrorKind.Overloaded ? OVERLOADED_STATUS : error.status;
}
