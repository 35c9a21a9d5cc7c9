// Token counts: `promptTokenCount` holds cached tokens, `candidatesTokenCount` leaves out thinking, and what the
// provider's own tools gave the model is counted apart. https://ai.google.dev/api/generate-content#UsageMetadata
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { Usage } from "../../hub/assembly/usage";
import { integerOf, Member } from "./member";

const PROMPT = new Member("promptTokenCount");
const CANDIDATES = new Member("candidatesTokenCount");
const THOUGHTS = new Member("thoughtsTokenCount");
const CACHED = new Member("cachedContentTokenCount");
const TOOL_USE = new Member("toolUsePromptTokenCount");
const TOTAL = new Member("totalTokenCount");
const PROMPT_DETAILS = new Member("promptTokensDetails");
const CANDIDATES_DETAILS = new Member("candidatesTokensDetails");
const TOKEN_COUNT = new Member("tokenCount");
const MODALITY = Slice.of("modality");
const AUDIO = Slice.of("AUDIO");
const TEXT = Slice.of("TEXT");

/** Takes what a `usageMetadata` object tells; one in a stream may tell a part only. */
export function decodeUsage(tape: JsonTape, node: i32, usage: Usage): void {
  if (tape.kind(node) != JsonKind.Object) return;
  const prompt = count(tape, node, PROMPT);
  const toolUse = count(tape, node, TOOL_USE);
  const candidates = count(tape, node, CANDIDATES);
  const thoughts = count(tape, node, THOUGHTS);
  const told = new Usage();
  if (prompt >= 0 || toolUse >= 0) told.inputTokens = max(prompt, 0) + max(toolUse, 0);
  if (candidates >= 0 || thoughts >= 0) told.outputTokens = max(candidates, 0) + max(thoughts, 0);
  told.cachedTokens = count(tape, node, CACHED);
  told.reasoningTokens = thoughts;
  told.audioInputTokens = audioCount(tape, PROMPT_DETAILS.find(tape, node));
  told.audioOutputTokens = audioCount(tape, CANDIDATES_DETAILS.find(tape, node));
  usage.merge(told);
}

/** A count, or −1. What no model has is cut off, so that sums cannot overflow. */
function count(tape: JsonTape, object: i32, key: Member): i64 {
  return min(max(integerOf(tape, key.find(tape, object), -1), -1), <i64>i32.MAX_VALUE);
}

function audioCount(tape: JsonTape, list: i32): i64 {
  if (tape.kind(list) != JsonKind.Array) return -1;
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
    if (tape.equals(tape.find(item, MODALITY), AUDIO)) return count(tape, item, TOKEN_COUNT);
  }
  return -1;
}

/** Writes a `usageMetadata` object. */
export function encodeUsage(json: JsonWriter, usage: Usage): void {
  const input = max(usage.inputTokens, 0);
  const output = max(usage.outputTokens, 0);
  const thoughts = min(max(usage.reasoningTokens, 0), output);
  json.beginObject();
  json.key(PROMPT.json).integer(input);
  if (usage.cachedTokens >= 0) json.key(CACHED.json).integer(usage.cachedTokens);
  json.key(CANDIDATES.json).integer(output - thoughts);
  if (usage.reasoningTokens >= 0) json.key(THOUGHTS.json).integer(thoughts);
  json.key(TOTAL.json).integer(input + output);
  encodeDetails(json, PROMPT_DETAILS, input, usage.audioInputTokens);
  encodeDetails(json, CANDIDATES_DETAILS, output - thoughts, usage.audioOutputTokens);
  json.endObject();
}

function encodeDetails(json: JsonWriter, key: Member, tokens: i64, audio: i64): void {
  if (audio < 0) return;
  json.key(key.json).beginArray();
  encodeCount(json, TEXT, max(tokens - audio, 0));
  encodeCount(json, AUDIO, audio);
  json.endArray();
}

function encodeCount(json: JsonWriter, modality: Slice, tokens: i64): void {
  json.beginObject().key(MODALITY).text(modality).key(TOKEN_COUNT.json).integer(tokens).endObject();
}
