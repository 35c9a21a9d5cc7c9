// Token counts of chat completions: `prompt_tokens` holds cached tokens, `completion_tokens` holds reasoning.
// https://platform.openai.com/docs/api-reference/completions/object · DeepSeek: prompt_cache_hit_tokens
// OpenRouter: prompt_tokens_details.cache_write_tokens
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { Usage } from "../../hub/assembly/usage";

const PROMPT_TOKENS = Slice.of("prompt_tokens");
const COMPLETION_TOKENS = Slice.of("completion_tokens");
const TOTAL_TOKENS = Slice.of("total_tokens");
const PROMPT_DETAILS = Slice.of("prompt_tokens_details");
const COMPLETION_DETAILS = Slice.of("completion_tokens_details");
const CACHED_TOKENS = Slice.of("cached_tokens");
const CACHE_WRITE_TOKENS = Slice.of("cache_write_tokens");
const CACHE_HIT_TOKENS = Slice.of("prompt_cache_hit_tokens");
const REASONING_TOKENS = Slice.of("reasoning_tokens");
const AUDIO_TOKENS = Slice.of("audio_tokens");

/** Takes what a `usage` object tells. */
export function decodeUsage(tape: JsonTape, node: i32, usage: Usage): void {
  if (tape.kind(node) != JsonKind.Object) return;
  const input = tape.find(node, PROMPT_DETAILS);
  const output = tape.find(node, COMPLETION_DETAILS);
  const told = new Usage();
  told.inputTokens = count(tape, node, PROMPT_TOKENS);
  told.outputTokens = count(tape, node, COMPLETION_TOKENS);
  told.cachedTokens = max(count(tape, input, CACHED_TOKENS), count(tape, node, CACHE_HIT_TOKENS));
  told.cacheWriteTokens = count(tape, input, CACHE_WRITE_TOKENS);
  told.audioInputTokens = count(tape, input, AUDIO_TOKENS);
  told.reasoningTokens = count(tape, output, REASONING_TOKENS);
  told.audioOutputTokens = count(tape, output, AUDIO_TOKENS);
  usage.merge(told);
}

/** A count, or −1. */
function count(tape: JsonTape, object: i32, key: Slice): i64 {
  const node = tape.find(object, key);
  return tape.kind(node) == JsonKind.Number ? max(tape.integer(node), -1) : -1;
}

/** Writes a `usage` object. */
export function encodeUsage(json: JsonWriter, usage: Usage): void {
  const input = max(usage.inputTokens, 0);
  const output = max(usage.outputTokens, 0);
  json.beginObject();
  json.key(PROMPT_TOKENS).integer(input);
  json.key(COMPLETION_TOKENS).integer(output);
  json.key(TOTAL_TOKENS).integer(input + output);
  if (usage.cachedTokens >= 0 || usage.cacheWriteTokens >= 0 || usage.audioInputTokens >= 0) {
    json.key(PROMPT_DETAILS).beginObject();
    encodeCount(json, CACHED_TOKENS, usage.cachedTokens);
    encodeCount(json, CACHE_WRITE_TOKENS, usage.cacheWriteTokens);
    encodeCount(json, AUDIO_TOKENS, usage.audioInputTokens);
    json.endObject();
  }
  if (usage.reasoningTokens >= 0 || usage.audioOutputTokens >= 0) {
    json.key(COMPLETION_DETAILS).beginObject();
    encodeCount(json, REASONING_TOKENS, usage.reasoningTokens);
    encodeCount(json, AUDIO_TOKENS, usage.audioOutputTokens);
    json.endObject();
  }
  json.endObject();
}

function encodeCount(json: JsonWriter, key: Slice, tokens: i64): void {
  if (tokens >= 0) json.key(key).integer(tokens);
}
