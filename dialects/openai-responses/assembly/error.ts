// Errors inside a response or its stream, both ways: `response.error` of a failed one, and the event `error`. The
// envelope of an answer that is not 2xx is that of openai-chat.
// https://platform.openai.com/docs/api-reference/responses-streaming/error
import { isInteger } from "@weir/sdk/assembly/bytes/integer";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError, ErrorKind, statusOf } from "../../hub/assembly/chat-error";
import { contentAt, writeContent, writeContentAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { errorType } from "../../openai-chat/assembly/error";
import * as own from "./names";

const UNKNOWN = Slice.of("The provider answered with an error");
const RATE_LIMIT = Slice.of("rate_limit_exceeded");
const TOO_MANY = Slice.of("too_many_requests");
const QUOTA = Slice.of("insufficient_quota");
const OVERLOADED = Slice.of("server_is_overloaded");
const SLOW_DOWN = Slice.of("slow_down");
const SERVER = Slice.of("server_error");
const INVALID = Slice.of("invalid_prompt");
const INVALID_REQUEST = Slice.of("invalid_request_error");
const CONTEXT_LENGTH = Slice.of("context_length_exceeded");
const INVALID_PREFIX = Slice.of("invalid_");

/** Reads an error that came in a stream: `{code, message, param, type}`, in an object of its own or in the event's. */
export function decodeStreamError(tape: JsonTape, holder: i32, error: ChatError): void {
  const inner = tape.find(holder, names.ERROR);
  const body = tape.kind(inner) == JsonKind.Object ? inner : holder;
  error.message = contentAt(tape, body, names.MESSAGE);
  if (!error.message.length) error.message = UNKNOWN;
  error.code = contentAt(tape, body, names.CODE);
  error.param = contentAt(tape, body, own.PARAM);
  error.kind = kindOf(error.code.length ? error.code : contentAt(tape, body, names.TYPE));
  error.status = statusOf(error.kind);
}

function kindOf(code: Slice): ErrorKind {
  if (code.equals(RATE_LIMIT) || code.equals(TOO_MANY)) return ErrorKind.RateLimit;
  if (code.equals(QUOTA)) return ErrorKind.Billing;
  if (code.equals(OVERLOADED) || code.equals(SLOW_DOWN)) return ErrorKind.Overloaded;
  const isInvalid = code.startsWith(INVALID_PREFIX) || code.equals(CONTEXT_LENGTH);
  return isInvalid ? ErrorKind.InvalidRequest : ErrorKind.Server;
}

/** The code that clients go by: the provider's, or the one that OpenAI has for such an error. A status is no code. */
function codeOf(error: ChatError): Slice {
  if (error.code.length && !isInteger(error.code)) return error.code;
  switch (error.kind) {
    case ErrorKind.RateLimit:
      return RATE_LIMIT;
    case ErrorKind.Billing:
      return QUOTA;
    case ErrorKind.Overloaded:
      return OVERLOADED;
    case ErrorKind.InvalidRequest:
    case ErrorKind.TooLarge:
      return INVALID;
    default:
      return SERVER;
  }
}

/** Writes a failed response's `error`. */
export function encodeResponseError(json: JsonWriter, error: ChatError): void {
  json.beginObject();
  writeContent(json.key(names.CODE), codeOf(error));
  writeContent(json.key(names.MESSAGE), error.message);
  json.endObject();
}

/**
 * Writes the members of the event `error`. They are documented to stand in the event itself, and come in an object of
 * their own (OpenAI and Azure, 2025-12): clients read either, so both are written.
 */
export function encodeErrorMembers(json: JsonWriter, error: ChatError): void {
  json.key(names.ERROR).beginObject();
  json.key(names.TYPE).text(error.kind == ErrorKind.TooLarge ? INVALID_REQUEST : errorType(error.kind));
  encodeMembers(json, error);
  json.endObject();
  encodeMembers(json, error);
}

function encodeMembers(json: JsonWriter, error: ChatError): void {
  writeContent(json.key(names.CODE), codeOf(error));
  writeContent(json.key(names.MESSAGE), error.message);
  if (error.param.length) writeContentAt(json, own.PARAM, error.param);
  else json.key(own.PARAM).nothing();
}
