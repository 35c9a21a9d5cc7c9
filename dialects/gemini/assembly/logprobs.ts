// Log probabilities of tokens: Google's `logprobsResult` and OpenAI's form, which the hub carries.
// https://ai.google.dev/api/generate-content#LogprobsResult
// https://platform.openai.com/docs/api-reference/chat/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { contentAt, contentOf, writeContent } from "../../hub/assembly/content";
import { CONTENT, REFUSAL } from "../../hub/assembly/names";
import { Member, numberOf } from "./member";
import { CANDIDATES } from "./names";

const CHOSEN = new Member("chosenCandidates");
const TOP = new Member("topCandidates");
const LOG_PROBABILITY = new Member("logProbability");
const TOKEN = Slice.of("token");
const LOGPROB = Slice.of("logprob");
const TOP_LOGPROBS = Slice.of("top_logprobs");
const BYTES = Slice.of("bytes");
const ZERO = Slice.of("0");

/** Google's as OpenAI's; empty where there is none. */
export function decodeLogprobs(tape: JsonTape, node: i32): Slice {
  const chosen = CHOSEN.find(tape, node);
  if (tape.kind(chosen) != JsonKind.Array) return Slice.empty();
  const writer = new Writer();
  const json = new JsonWriter(writer);
  json.beginObject().key(CONTENT).beginArray();
  let top = TOP.firstItem(tape, node);
  for (let item = tape.first(chosen); item >= 0; item = tape.next(item)) {
    decodeToken(tape, item, json.beginObject());
    json.key(TOP_LOGPROBS).beginArray();
    let other = CANDIDATES.firstItem(tape, top);
    for (; other >= 0; other = tape.next(other)) {
      decodeToken(tape, other, json.beginObject());
      json.endObject();
    }
    json.endArray().endObject();
    top = top < 0 ? -1 : tape.next(top);
  }
  json.endArray().key(REFUSAL).nothing().endObject();
  return writer.take();
}

function decodeToken(tape: JsonTape, node: i32, json: JsonWriter): void {
  const value = numberOf(tape, LOG_PROBABILITY.find(tape, node));
  writeContent(json.key(TOKEN), contentAt(tape, node, TOKEN));
  json.key(LOGPROB).raw(value.length ? value : ZERO);
  json.key(BYTES).nothing();
}

/** OpenAI's as Google's; nothing where there are none. `key` is the member's. */
export function encodeLogprobs(json: JsonWriter, key: Slice, raw: Slice): void {
  const tape = new JsonTape();
  if (!raw.length || tape.scan(raw)) return;
  const list = tape.find(tape.root, CONTENT);
  if (tape.kind(list) != JsonKind.Array) return;
  json.key(key).beginObject().key(CHOSEN.json).beginArray();
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) encodeToken(tape, item, json);
  json.endArray().key(TOP.json).beginArray();
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) encodeTop(tape, item, json);
  json.endArray().endObject();
}

function encodeTop(tape: JsonTape, node: i32, json: JsonWriter): void {
  json.beginObject().key(CANDIDATES.json).beginArray();
  const list = tape.find(node, TOP_LOGPROBS);
  if (tape.kind(list) == JsonKind.Array) {
    for (let item = tape.first(list); item >= 0; item = tape.next(item)) encodeToken(tape, item, json);
  }
  json.endArray().endObject();
}

function encodeToken(tape: JsonTape, node: i32, json: JsonWriter): void {
  const value = numberOf(tape, tape.find(node, LOGPROB));
  writeContent(json.beginObject().key(TOKEN), contentOf(tape, tape.find(node, TOKEN)));
  json
    .key(LOG_PROBABILITY.json)
    .raw(value.length ? value : ZERO)
    .endObject();
}
