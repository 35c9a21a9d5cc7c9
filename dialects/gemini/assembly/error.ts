// Google's error envelope, a google.rpc.Status, both ways. https://cloud.google.com/apis/design/errors
import { parseNumber } from "@weir/sdk/assembly/bytes/number-parse";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError, ErrorKind, errorKindOf, statusOf } from "../../hub/assembly/chat-error";
import { contentAt, writeContent } from "../../hub/assembly/content";
import { CODE, ERROR, MESSAGE } from "../../hub/assembly/names";
import { integerOf, Member } from "./member";

const STATUS = Slice.of("status");
const DETAILS = Slice.of("details");
const REASON = Slice.of("reason");
const AT_TYPE = Slice.of("@type");
const RETRY_DELAY = new Member("retryDelay");
const RETRY_INFO = Slice.of("type.googleapis.com/google.rpc.RetryInfo");
const KEY_INVALID = Slice.of("API_KEY_INVALID");
const UNKNOWN = Slice.of("The provider answered with an error");
const QUOTE = Slice.of('"');
const S: u8 = 0x73;
const RETRY_SECONDS_MAX: f64 = 86400;
const INVALID_ARGUMENT = Slice.of("INVALID_ARGUMENT");
const FAILED_PRECONDITION = Slice.of("FAILED_PRECONDITION");
const RESOURCE_EXHAUSTED = Slice.of("RESOURCE_EXHAUSTED");
// google.rpc.Code by name, in the order of ErrorKind. https://github.com/googleapis/googleapis google/rpc/code.proto
const STATUSES: StaticArray<Slice> = [
  INVALID_ARGUMENT,
  Slice.of("UNAUTHENTICATED"),
  RESOURCE_EXHAUSTED,
  Slice.of("PERMISSION_DENIED"),
  Slice.of("NOT_FOUND"),
  INVALID_ARGUMENT,
  RESOURCE_EXHAUSTED,
  Slice.of("INTERNAL"),
  Slice.of("DEADLINE_EXCEEDED"),
  Slice.of("UNAVAILABLE"),
];

/**
 * Reads `{"error":{"code","message","status","details"}}`, also in a list, as a stream without SSE has it. `status` 0
 * means inside a stream: `code` tells, or `status` by name.
 */
export function decodeError(tape: JsonTape, status: i32, error: ChatError): void {
  const isList = tape.kind(tape.root) == JsonKind.Array;
  const body = tape.find(isList ? tape.first(tape.root) : tape.root, ERROR);
  error.message = contentAt(tape, body, MESSAGE);
  if (!error.message.length) error.message = UNKNOWN;
  error.code = contentAt(tape, body, STATUS);
  const code = integerOf(tape, tape.find(body, CODE), 0);
  error.status = status ? status : code >= 400 && code < 600 ? <i32>code : 0;
  error.kind = error.status ? errorKindOf(error.status) : kindOf(error.code);
  if (!error.status) error.status = statusOf(error.kind);
  const details = tape.find(body, DETAILS);
  if (tape.kind(details) != JsonKind.Array) return;
  for (let item = tape.first(details); item >= 0; item = tape.next(item)) decodeDetail(tape, item, error);
}

function kindOf(status: Slice): ErrorKind {
  if (status.equals(RESOURCE_EXHAUSTED)) return ErrorKind.RateLimit;
  if (status.equals(FAILED_PRECONDITION)) return ErrorKind.InvalidRequest;
  for (let i = 0; i < STATUSES.length; ++i) if (STATUSES[i].equals(status)) return <ErrorKind>i;
  return ErrorKind.Server;
}

/** When to try again, and a wrong key, which the Gemini API calls an invalid argument. */
function decodeDetail(tape: JsonTape, node: i32, error: ChatError): void {
  const delay = RETRY_DELAY.content(tape, node);
  if (delay.length && delay.at(delay.length - 1) == S) {
    const seconds = parseNumber(delay.slice(0, delay.length - 1));
    if (seconds >= 0 && seconds <= RETRY_SECONDS_MAX) error.retryAfterMs = <i64>ceil(seconds * 1000);
  }
  if (!tape.equals(tape.find(node, REASON), KEY_INVALID)) return;
  error.kind = ErrorKind.Authentication;
  error.status = 401;
  error.code = KEY_INVALID;
}

/** Writes the envelope. */
export function encodeError(error: ChatError, json: JsonWriter): void {
  json.beginObject().key(ERROR).beginObject();
  json.key(CODE).integer(errorStatus(error));
  writeContent(json.key(MESSAGE), error.message);
  json.key(STATUS).text(statusName(error.kind));
  if (error.retryAfterMs >= 0) encodeRetryInfo(json, error.retryAfterMs);
  json.endObject().endObject();
}

function statusName(kind: ErrorKind): Slice {
  const index: i32 = kind;
  return index < STATUSES.length ? STATUSES[index] : STATUSES[ErrorKind.Server];
}

function encodeRetryInfo(json: JsonWriter, retryAfterMs: i64): void {
  json.key(DETAILS).beginArray().beginObject();
  json.key(AT_TYPE).text(RETRY_INFO).key(RETRY_DELAY.json);
  json
    .raw(QUOTE)
    .output.number(<f64>retryAfterMs / 1000)
    .byte(S)
    .byte(0x22);
  json.endObject().endArray();
}

/** 529 is Anthropic's own: Google's SDKs know 503. */
export function errorStatus(error: ChatError): i32 {
  return error.status == 529 ? 503 : error.status;
}
