// Whether a whole answer, as its provider sent it, holds anything: an error, or content.
import { JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { ERROR, MESSAGE, TEXT, TYPE } from "@weir/dialects/hub/assembly/names";
import { Family, Purpose, Surface } from "@weir/dialects/surfaces/assembly/surface";
import { Answer } from "./answer";

/** Deep enough for the members of an answer's message, or of a block in it. */
export const CONTENT_DEPTH: i32 = 6;

const CHOICES = Slice.of("choices");
const CONTENT = Slice.of("content");
const FAILED = Slice.of("failed");
const OUTPUT = Slice.of("output");
const REASONING = Slice.of("reasoning");
const RESPONSE = Slice.of("response");
const ROLE = Slice.of("role");
const STATUS = Slice.of("status");
const THINKING = Slice.of("thinking");

/**
 * Whether the answer, or the event of a stream, in `tape` is an error or holds one: most APIs have a member `error`,
 * which may be null; a failed response keeps it a level deeper.
 */
export function holdsError(tape: JsonTape): bool {
  const root = tape.root;
  if (tape.equals(tape.find(root, TYPE), ERROR) || !isEmpty(tape, tape.find(root, ERROR))) return true;
  const response = tape.find(root, RESPONSE);
  return tape.equals(tape.find(response >= 0 ? response : root, STATUS), FAILED);
}

/** Takes into `answer` whether the whole answer in `tape` is an error, or has content. Only chats can be empty. */
export function readContent(surface: Surface, tape: JsonTape, answer: Answer): void {
  if (holdsError(tape)) answer.fail(tape.bytes);
  else if (surface.purpose != Purpose.Chat || hasContent(surface.family, tape)) answer.noteContent();
}

/** Gemini's content is read with the rest. */
function hasContent(family: Family, tape: JsonTape): bool {
  const root = tape.root;
  if (family == Family.Anthropic) return hasBlock(tape, tape.find(root, CONTENT));
  const output = tape.find(root, OUTPUT);
  if (output >= 0) return hasBlock(tape, output);
  const choices = tape.find(root, CHOICES);
  for (let choice = tape.first(choices); choice >= 0; choice = tape.next(choice)) {
    if (!isEmpty(tape, tape.find(choice, TEXT)) || saysSomething(tape, tape.find(choice, MESSAGE))) return true;
  }
  return false;
}

/** Whether a block, or an item of a response's output, is more than an empty text or a thought. */
function hasBlock(tape: JsonTape, list: i32): bool {
  for (let block = tape.first(list); block >= 0; block = tape.next(block)) {
    const type = tape.find(block, TYPE);
    if (tape.equals(type, REASONING) || tape.equals(type, THINKING)) continue;
    const isMessage = tape.equals(type, MESSAGE);
    const text = tape.find(block, isMessage ? CONTENT : TEXT);
    if (isMessage ? hasBlock(tape, text) : text < 0 || !isEmpty(tape, text)) return true;
  }
  return false;
}

/** Whether a message of a chat completion has any member besides its role. */
export function saysSomething(tape: JsonTape, message: i32): bool {
  for (let member = tape.first(message); member >= 0; member = tape.next(member)) {
    if (!isEmpty(tape, member) && !tape.keyEquals(member, ROLE)) return true;
  }
  return false;
}

/** Whether a value is missing, null, or an empty text, object or list. */
export function isEmpty(tape: JsonTape, node: i32): bool {
  switch (tape.kind(node)) {
    case JsonKind.String:
      return tape.end(node) - tape.start(node) == 2;
    case JsonKind.Object:
    case JsonKind.Array:
      return tape.first(node) < 0 && !tape.isSkipped(node);
    case JsonKind.Null:
    case JsonKind.Missing:
      return true;
    default:
      return false;
  }
}
