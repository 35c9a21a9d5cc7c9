// Token counts and the like, out of the shapes in which providers tell them.
//   OpenAI chat, completions, embeddings: usage.prompt_tokens, completion_tokens, …_details
//   OpenAI responses, images, audio: usage.input_tokens, output_tokens, …_details
//   Cohere rerank: meta.billed_units, meta.tokens · Jina, Voyage rerank: usage.total_tokens
//   DeepSeek: usage.prompt_cache_hit_tokens · Moonshot: usage.cached_tokens · Groq streams: x_groq.usage
// https://platform.openai.com/docs/api-reference/chat/object · https://docs.cohere.com/reference/rerank
import { JsonKind, JsonTape, parseInteger, Slice } from "@weir/sdk/assembly";
import { Usage } from "@weir/dialects/hub/assembly/usage";

const PROMPT_TOKENS = Slice.of("prompt_tokens");
const COMPLETION_TOKENS = Slice.of("completion_tokens");
const INPUT_TOKENS = Slice.of("input_tokens");
const OUTPUT_TOKENS = Slice.of("output_tokens");
const TOTAL_TOKENS = Slice.of("total_tokens");
const PROMPT_DETAILS = Slice.of("prompt_tokens_details");
const INPUT_DETAILS = Slice.of("input_tokens_details");
const COMPLETION_DETAILS = Slice.of("completion_tokens_details");
const OUTPUT_DETAILS = Slice.of("output_tokens_details");
const CACHED_TOKENS = Slice.of("cached_tokens");
const CACHE_HIT_TOKENS = Slice.of("prompt_cache_hit_tokens");
const CACHE_WRITE_TOKENS = Slice.of("cache_write_tokens");
const AUDIO_TOKENS = Slice.of("audio_tokens");
const REASONING_TOKENS = Slice.of("reasoning_tokens");
const TOKENS = Slice.of("tokens");
const BILLED_UNITS = Slice.of("billed_units");

/** Takes the counts of a `usage` object. Of several in one answer the last counts. */
export function readUsage(tape: JsonTape, node: i32, usage: Usage): void {
  if (tape.kind(node) != JsonKind.Object) return;
  const told = new Usage();
  told.outputTokens = count(tape, node, COMPLETION_TOKENS, OUTPUT_TOKENS);
  told.inputTokens = count(tape, node, PROMPT_TOKENS, INPUT_TOKENS);
  // Rerankers and some embedders have no output to count, and tell the sum alone.
  if (told.inputTokens < 0 && told.outputTokens < 0) told.inputTokens = tokens(tape, node, TOTAL_TOKENS);
  readDetails(tape, node, told);
  usage.merge(told);
}

function readDetails(tape: JsonTape, node: i32, usage: Usage): void {
  const input = either(tape, node, PROMPT_DETAILS, INPUT_DETAILS);
  const output = either(tape, node, COMPLETION_DETAILS, OUTPUT_DETAILS);
  usage.cachedTokens = tokens(tape, input, CACHED_TOKENS);
  if (usage.cachedTokens < 0) usage.cachedTokens = count(tape, node, CACHE_HIT_TOKENS, CACHED_TOKENS);
  usage.cacheWriteTokens = tokens(tape, input, CACHE_WRITE_TOKENS);
  usage.audioInputTokens = tokens(tape, input, AUDIO_TOKENS);
  usage.reasoningTokens = tokens(tape, output, REASONING_TOKENS);
  usage.audioOutputTokens = tokens(tape, output, AUDIO_TOKENS);
}

/** Takes the counts of Cohere's `meta` object. */
export function readMeta(tape: JsonTape, node: i32, usage: Usage): void {
  const counted = either(tape, node, TOKENS, BILLED_UNITS);
  const told = new Usage();
  told.inputTokens = tokens(tape, counted, INPUT_TOKENS);
  told.outputTokens = tokens(tape, counted, OUTPUT_TOKENS);
  usage.merge(told);
}

function count(tape: JsonTape, object: i32, key: Slice, otherKey: Slice): i64 {
  const found = tokens(tape, object, key);
  return found >= 0 ? found : tokens(tape, object, otherKey);
}

/** A count, or −1: no negative number is one, nor one that is not whole. */
function tokens(tape: JsonTape, object: i32, key: Slice): i64 {
  return max(parseInteger(tape.raw(tape.find(object, key)), -1), -1);
}

function either(tape: JsonTape, object: i32, key: Slice, otherKey: Slice): i32 {
  const node = tape.find(object, key);
  return tape.kind(node) == JsonKind.Object ? node : tape.find(object, otherKey);
}
