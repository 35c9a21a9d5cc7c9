// What an event of a streamed answer adds to it, in each API's own form:
// https://platform.openai.com/docs/api-reference/chat-streaming
// https://platform.openai.com/docs/api-reference/responses-streaming
// https://platform.claude.com/docs/en/build-with-claude/streaming
// https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
import { JsonKind, JsonTape, parseInteger, Slice } from "@weir/sdk/assembly";
import { contentAt, contentFrom, contentOf, rawAt } from "@weir/dialects/hub/assembly/content";
import {
  CHOICES,
  CODE,
  CONTENT,
  ERROR,
  FUNCTION,
  INDEX,
  MESSAGE,
  NAME,
  REFUSAL,
  TEXT,
  TYPE,
} from "@weir/dialects/hub/assembly/names";
import { PieceKind, Pieces } from "./pieces";

const ARGS = Slice.of("args");
const ARGUMENTS = Slice.of("arguments");
const AUDIO = Slice.of("audio");
const CANDIDATES = Slice.of("candidates");
const CONTENT_BLOCK = Slice.of("content_block");
const DELTA = Slice.of("delta");
const DOT_DELTA = Slice.of(".delta");
const EXECUTABLE_CODE = Slice.of("executableCode");
const CODE_RESULT = Slice.of("codeExecutionResult");
const FUNCTION_CALL = Slice.of("functionCall");
const INPUT = Slice.of("input");
const ITEM = Slice.of("item");
const OUTPUT = Slice.of("output");
const OUTPUT_INDEX = Slice.of("output_index");
const PARTIAL_JSON = Slice.of("partial_json");
const PARTS = Slice.of("parts");
const REASONING = Slice.of("reasoning");
const REASONING_CONTENT = Slice.of("reasoning_content");
const RESPONSE = Slice.of("response");
const THINKING = Slice.of("thinking");
const THOUGHT = Slice.of("thought");
const TOOL_CALLS = Slice.of("tool_calls");
const TRANSCRIPT = Slice.of("transcript");
const CODE_CALL = Slice.of("call_code");
const CHOICES_MAX: i64 = 128;
const INDEX_MAX: i64 = 1 << 20;

/** Adds what the event in `tape` brings. */
export function readEvent(tape: JsonTape, pieces: Pieces): void {
  const root = tape.root;
  if (tape.kind(root) != JsonKind.Object) return;
  readError(tape, root, pieces);
  const choices = tape.find(root, CHOICES);
  if (choices >= 0) return readChoices(tape, choices, pieces);
  const candidates = tape.find(root, CANDIDATES);
  if (candidates >= 0) return readCandidates(tape, candidates, pieces);
  readTyped(tape, root, pieces);
}

/** An error in the midst of a stream. A failed response keeps it a level deeper. */
function readError(tape: JsonTape, root: i32, pieces: Pieces): void {
  let error = tape.find(root, ERROR);
  if (error < 0) error = tape.find(tape.find(root, RESPONSE), ERROR);
  if (error < 0 && tape.equals(tape.find(root, TYPE), ERROR)) error = root;
  if (error < 0 || tape.kind(error) == JsonKind.Null) return;
  const message = tape.kind(error) == JsonKind.String ? contentOf(tape, error) : contentAt(tape, error, MESSAGE);
  pieces.add(PieceKind.Error, 0, 0, message);
  pieces.cut();
}

function readChoices(tape: JsonTape, choices: i32, pieces: Pieces): void {
  for (let choice = tape.first(choices); choice >= 0; choice = tape.next(choice)) {
    const index = indexAt(tape, choice, INDEX, CHOICES_MAX);
    pieces.add(PieceKind.Text, index, 0, contentAt(tape, choice, TEXT));
    const delta = tape.find(choice, DELTA);
    if (delta < 0) continue;
    pieces.add(PieceKind.Text, index, 0, contentAt(tape, delta, CONTENT));
    pieces.add(PieceKind.Text, index, 0, contentAt(tape, delta, REFUSAL));
    pieces.add(PieceKind.Text, index, 0, contentAt(tape, tape.find(delta, AUDIO), TRANSCRIPT));
    const thought = contentAt(tape, delta, REASONING_CONTENT);
    pieces.add(PieceKind.Thinking, index, 0, thought.length ? thought : contentAt(tape, delta, REASONING));
    const calls = tape.find(delta, TOOL_CALLS);
    for (let call = tape.first(calls); call >= 0; call = tape.next(call)) readCall(tape, call, index, pieces);
  }
}

function readCall(tape: JsonTape, call: i32, choice: i32, pieces: Pieces): void {
  const index = indexAt(tape, call, INDEX, INDEX_MAX);
  const called = tape.find(call, FUNCTION);
  pieces.nameTool(choice, index, contentAt(tape, called, NAME));
  pieces.add(PieceKind.Tool, choice, index, contentAt(tape, called, ARGUMENTS));
}

function readCandidates(tape: JsonTape, candidates: i32, pieces: Pieces): void {
  for (let candidate = tape.first(candidates); candidate >= 0; candidate = tape.next(candidate)) {
    const choice = indexAt(tape, candidate, INDEX, CHOICES_MAX);
    const parts = tape.find(tape.find(candidate, CONTENT), PARTS);
    for (let part = tape.first(parts); part >= 0; part = tape.next(part)) readPart(tape, part, choice, pieces);
  }
}

function readPart(tape: JsonTape, part: i32, choice: i32, pieces: Pieces): void {
  const isThought = tape.kind(tape.find(part, THOUGHT)) == JsonKind.True;
  pieces.add(isThought ? PieceKind.Thinking : PieceKind.Text, choice, 0, contentAt(tape, part, TEXT));
  pieces.add(PieceKind.Text, choice, 0, contentAt(tape, tape.find(part, EXECUTABLE_CODE), CODE));
  pieces.add(PieceKind.Text, choice, 0, contentAt(tape, tape.find(part, CODE_RESULT), OUTPUT));
  const call = tape.find(part, FUNCTION_CALL);
  if (call < 0) return;
  // A call comes in one event.
  const index = pieces.next;
  pieces.nameTool(choice, index, contentAt(tape, call, NAME));
  pieces.add(PieceKind.Tool, choice, index, contentFrom(rawAt(tape, call, ARGS)));
}

/** Anthropic's events, and those of OpenAI's that have a type. */
function readTyped(tape: JsonTape, root: i32, pieces: Pieces): void {
  const delta = tape.find(root, DELTA);
  if (tape.kind(delta) == JsonKind.String) return readTypedDelta(tape, root, contentOf(tape, delta), pieces);
  const index = indexAt(tape, root, INDEX, INDEX_MAX);
  if (delta >= 0) {
    pieces.add(PieceKind.Text, 0, index, contentAt(tape, delta, TEXT));
    pieces.add(PieceKind.Thinking, 0, index, contentAt(tape, delta, THINKING));
    pieces.add(PieceKind.Tool, 0, index, contentAt(tape, delta, PARTIAL_JSON));
    return;
  }
  pieces.nameTool(0, index, contentAt(tape, tape.find(root, CONTENT_BLOCK), NAME));
  // `output_item.added` and `output_item.done` both have the item.
  if (tape.find(root, ITEM) < 0 || contentAt(tape, root, TYPE).at(ADDED_AT) != LETTER_A) return;
  pieces.nameTool(0, indexAt(tape, root, OUTPUT_INDEX, INDEX_MAX), contentAt(tape, tape.find(root, ITEM), NAME));
}

/** Where `response.output_item.added` has the letter that `response.output_item.done` has not. */
const ADDED_AT: i32 = 21;
const LETTER_A: u8 = 0x61;

/** `response.output_text.delta` and others: their type tells what it is that grows. */
function readTypedDelta(tape: JsonTape, root: i32, delta: Slice, pieces: Pieces): void {
  const type = contentAt(tape, root, TYPE);
  const index = indexAt(tape, root, OUTPUT_INDEX, INDEX_MAX);
  if (!type.endsWith(DOT_DELTA)) return;
  if (type.find(REASONING) >= 0) return pieces.add(PieceKind.Thinking, 0, index, delta);
  const isTool = type.find(ARGUMENTS) >= 0 || type.find(INPUT) >= 0 || type.find(CODE_CALL) >= 0;
  // The bytes of speech come so, too.
  if (type.find(AUDIO) >= 0 && type.find(TRANSCRIPT) < 0) return;
  pieces.add(isTool ? PieceKind.Tool : PieceKind.Text, 0, index, delta);
}

function indexAt(tape: JsonTape, object: i32, key: Slice, most: i64): i32 {
  const value = parseInteger(tape.raw(tape.find(object, key)), 0);
  return <i32>max(0, min(value, most));
}
