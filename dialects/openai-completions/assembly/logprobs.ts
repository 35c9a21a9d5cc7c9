// Log probabilities: of chat completions, an object for each token; of completions, lists side by side.
// https://platform.openai.com/docs/api-reference/completions/object#completions-object-choices-logprobs
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { contentAt, plainOf, rawAt, writeContent } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { TOP_LOGPROBS } from "../../openai-chat/assembly/names";

const TOKEN = Slice.of("token");
const TOKENS = Slice.of("tokens");
const LOGPROB = Slice.of("logprob");
const TOKEN_LOGPROBS = Slice.of("token_logprobs");
const TEXT_OFFSET = Slice.of("text_offset");

const tape = new JsonTape();

/**
 * Writes the value of `logprobs` for a chat completion's; `null` where there are none. Offsets count from `offset`;
 * where the text goes on is returned.
 */
export function encodeLogprobs(json: JsonWriter, raw: Slice, offset: i32): i32 {
  const list = raw.length && !tape.scan(raw) ? tape.find(tape.root, names.CONTENT) : -1;
  let next = offset;
  if (tape.kind(list) == JsonKind.Array) next = encodeLists(json, list, offset);
  else json.nothing();
  tape.clear();
  return next;
}

function encodeLists(json: JsonWriter, list: i32, offset: i32): i32 {
  json.beginObject().key(TOKENS).beginArray();
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    writeContent(json, contentAt(tape, node, TOKEN));
  }
  json.endArray().key(TOKEN_LOGPROBS).beginArray();
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) encodeLogprob(json, node);
  json.endArray();
  encodeAlternatives(json.key(TOP_LOGPROBS), list);
  const next = encodeOffsets(json.key(TEXT_OFFSET), list, offset);
  json.endObject();
  return next;
}

function encodeLogprob(json: JsonWriter, node: i32): void {
  const raw = rawAt(tape, node, LOGPROB);
  if (raw.length) json.raw(raw);
  else json.nothing();
}

/** For each token an object of alternatives; `null` where none were asked for. */
function encodeAlternatives(json: JsonWriter, list: i32): void {
  if (tape.first(tape.find(tape.first(list), TOP_LOGPROBS)) < 0) {
    json.nothing();
    return;
  }
  json.beginArray();
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    json.beginObject();
    const others = tape.find(node, TOP_LOGPROBS);
    for (let other = firstOf(others); other >= 0; other = tape.next(other)) {
      encodeLogprob(json.key(plainOf(contentAt(tape, other, TOKEN))), other);
    }
    json.endObject();
  }
  json.endArray();
}

function firstOf(list: i32): i32 {
  return tape.kind(list) == JsonKind.Array ? tape.first(list) : -1;
}

/** Where each token begins in the answer, in characters. */
function encodeOffsets(json: JsonWriter, list: i32, first: i32): i32 {
  let offset = first;
  json.beginArray();
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    json.integer(offset);
    offset += characters(plainOf(contentAt(tape, node, TOKEN)));
  }
  json.endArray();
  return offset;
}

function characters(text: Slice): i32 {
  let count = 0;
  for (let i = 0; i < text.length; ++i) count += i32((text.at(i) & 0xc0) != 0x80);
  return count;
}
