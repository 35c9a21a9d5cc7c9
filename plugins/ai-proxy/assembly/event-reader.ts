// Reads the events of a streamed answer: OpenAI's chunks (chat, completions) and its typed events (responses, audio,
// images). https://platform.openai.com/docs/api-reference/chat-streaming
// https://platform.openai.com/docs/api-reference/responses-streaming
import { JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { Family } from "@weir/dialects/surfaces/assembly/surface";
import { Answer } from "./answer";
import { holdsError, isEmpty, saysSomething } from "./answer-content";
import { readAnthropicEvent } from "./anthropic-reader";
import { readGemini } from "./gemini-reader";
import { isOneOf } from "./request-headers";
import { readUsage } from "./usage";

const CHOICES = Slice.of("choices");
const CONTENT_FILTER = Slice.of("content_filter");
const DELTA = Slice.of("delta");
const ERROR = Slice.of("error");
const FINISH_REASON = Slice.of("finish_reason");
const ID = Slice.of("id");
const INCOMPLETE_DETAILS = Slice.of("incomplete_details");
const MODEL = Slice.of("model");
const REASON = Slice.of("reason");
const RESPONSE = Slice.of("response");
const STATUS = Slice.of("status");
const TEXT = Slice.of("text");
const TYPE = Slice.of("type");
const USAGE = Slice.of("usage");
const X_GROQ = Slice.of("x_groq");

// Types of events that carry content: response.output_text.delta, image_generation.partial_image.
const DELTA_TYPE = Slice.of(".delta");
const PARTIAL_TYPE = Slice.of(".partial_image");

// What a chunk has to hold to be worth parsing once content has come.
const USAGE_MEMBER = Slice.of('usage"');
const USAGE_METADATA_MEMBER = Slice.of('usageMetadata"');
const FINISH_MEMBER = Slice.of('finish_reason"');
const ERROR_MEMBER = Slice.of('rror"');
const RESPONSE_END = Slice.of("response.completed");
const LETTER_N: u8 = 0x6e;

const DONE = Slice.of("[DONE]");
/** Types of events that end OpenAI's responses. */
const RESPONSE_ENDS: StaticArray<Slice> = [RESPONSE_END, Slice.of("response.incomplete"), Slice.of("response.failed")];

/**
 * Whether bytes of a stream may tell something new: before the first content all of them do, later only those that
 * hold a usage, a finish reason or an error that is not `null`, or a mark of the stream's end.
 */
export function isWorthReading(family: Family, bytes: Slice, answer: Answer): bool {
  if (!answer.hasContent || hasValue(bytes, ERROR_MEMBER) || endsValue(bytes, ERROR_MEMBER)) return true;
  if (family == Family.Gemini) return bytes.find(USAGE_METADATA_MEMBER) >= 0;
  if (hasValue(bytes, USAGE_MEMBER) || hasValue(bytes, FINISH_MEMBER)) return true;
  return bytes.find(DONE) >= 0 || bytes.find(RESPONSE_END) >= 0;
}

/** Whether the member, whose name is given with its closing quote, stands there with a value other than `null`. */
function hasValue(bytes: Slice, member: Slice): bool {
  for (let at = bytes.find(member); at >= 0; at = bytes.find(member, at)) {
    at += member.length;
    let behind = skipBlank(bytes, at);
    // The value may stand in the next chunk: then it may be anything.
    if (behind < bytes.length && bytes.at(behind++) != 0x3a) continue;
    behind = skipBlank(bytes, behind);
    if (behind >= bytes.length || bytes.at(behind) != LETTER_N) return true;
  }
  return false;
}

/** Whether a text ends so that is a value: OpenAI's responses have an event of the type `error`, and no such member. */
function endsValue(bytes: Slice, end: Slice): bool {
  for (let at = bytes.find(end); at >= 0; at = bytes.find(end, at)) {
    at += end.length;
    const behind = skipBlank(bytes, at);
    if (behind >= bytes.length || bytes.at(behind) != 0x3a) return true;
  }
  return false;
}

function skipBlank(bytes: Slice, from: i32): i32 {
  while (from < bytes.length && bytes.at(from) <= 0x20) ++from;
  return from;
}

/**
 * Takes what an event's data tells into `answer`. True if the event holds the usage and nothing else: the chunk that
 * `stream_options.include_usage` adds.
 */
export function readEvent(family: Family, tape: JsonTape, data: Slice, answer: Answer): bool {
  if (data.equals(DONE)) answer.isDone = true;
  if (data.at(0) != 0x7b || tape.scan(data)) return false;
  if (holdsError(tape)) answer.fail(data);
  if (family == Family.Anthropic) {
    readAnthropicEvent(tape, answer);
    return false;
  }
  if (family == Family.Gemini) {
    readGemini(tape, answer);
    return false;
  }
  const root = tape.root;
  const type = tape.find(root, TYPE);
  if (tape.kind(type) == JsonKind.String && tape.find(root, CHOICES) < 0) {
    readTyped(tape, tape.text(type), answer);
    return false;
  }
  return readChunk(tape, root, answer);
}

function readTyped(tape: JsonTape, type: Slice, answer: Answer): void {
  if (type.endsWith(DELTA_TYPE) || type.endsWith(PARTIAL_TYPE)) answer.noteContent();
  const response = tape.find(tape.root, RESPONSE);
  const holder = tape.kind(response) == JsonKind.Object ? response : tape.root;
  if (holder != tape.root) answer.setId(tape.text(tape.find(holder, ID)));
  answer.setModel(tape.text(tape.find(holder, MODEL)));
  const usage = tape.find(holder, USAGE);
  readUsage(tape, usage, answer.usage);
  if (tape.kind(usage) != JsonKind.Object && !isOneOf(type, RESPONSE_ENDS)) return;
  answer.setFinish(tape.text(tape.find(holder, STATUS)));
  if (tape.equals(tape.find(tape.find(holder, INCOMPLETE_DETAILS), REASON), CONTENT_FILTER)) answer.isFiltered = true;
}

function readChunk(tape: JsonTape, root: i32, answer: Answer): bool {
  if (!answer.id.length) answer.setId(tape.text(tape.find(root, ID)));
  if (!answer.model.length) answer.setModel(tape.text(tape.find(root, MODEL)));
  const choices = tape.find(root, CHOICES);
  for (let choice = tape.first(choices); choice >= 0; choice = tape.next(choice)) {
    answer.setFinish(tape.text(tape.find(choice, FINISH_REASON)));
    if (!answer.hasContent && hasContent(tape, choice)) answer.noteContent();
  }
  const usage = tape.find(root, USAGE);
  const hasUsage = tape.kind(usage) == JsonKind.Object;
  readUsage(tape, hasUsage ? usage : tape.find(tape.find(root, X_GROQ), USAGE), answer.usage);
  return hasUsage && tape.first(choices) < 0 && tape.find(root, ERROR) < 0;
}

/** A chunk without content only opens the message, or closes it. */
function hasContent(tape: JsonTape, choice: i32): bool {
  return !isEmpty(tape, tape.find(choice, TEXT)) || saysSomething(tape, tape.find(choice, DELTA));
}
