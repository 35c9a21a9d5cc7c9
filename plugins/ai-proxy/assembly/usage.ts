// Token counts and the like, out of the shapes in which providers tell them.
//   OpenAI chat, completions, embeddings: usage.prompt_tokens, completion_tokens, …_details
//   OpenAI responses, images, audio: usage.input_tokens, output_tokens, …_details
//   Cohere rerank: meta.billed_units, meta.tokens · Jina, Voyage rerank: usage.total_tokens
//   DeepSeek: usage.prompt_cache_hit_tokens · Moonshot: usage.cached_tokens · Groq streams: x_groq.usage
// https://platform.openai.com/docs/api-reference/chat/object · https://docs.cohere.com/reference/rerank
import { JsonKind, JsonTape, parseInteger, Slice } from "@weir/sdk/assembly";

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
const REASONING_TOKENS = Slice.of("reasoning_tokens");
const TOKENS = Slice.of("tokens");
const BILLED_UNITS = Slice.of("billed_units");

/** What a model's answer cost. −1 where the provider does not say. */
@final
export class Usage {
  inputTokens: i64 = -1;
  outputTokens: i64 = -1;
  cachedTokens: i64 = -1;
  reasoningTokens: i64 = -1;

  /** Takes the counts of a `usage` object. Of several in one answer the last counts. */
  readUsage(tape: JsonTape, node: i32): void {
    if (tape.kind(node) != JsonKind.Object) return;
    const output = count(tape, node, COMPLETION_TOKENS, OUTPUT_TOKENS);
    let input = count(tape, node, PROMPT_TOKENS, INPUT_TOKENS);
    // Rerankers and some embedders have no output to count, and tell the sum alone.
    if (input < 0 && output < 0) input = tokens(tape, node, TOTAL_TOKENS);
    if (input >= 0) this.inputTokens = input;
    if (output >= 0) this.outputTokens = output;
    this.readDetails(tape, node);
  }

  private readDetails(tape: JsonTape, node: i32): void {
    const input = either(tape, node, PROMPT_DETAILS, INPUT_DETAILS);
    let cached = tokens(tape, input, CACHED_TOKENS);
    if (cached < 0) cached = count(tape, node, CACHE_HIT_TOKENS, CACHED_TOKENS);
    if (cached >= 0) this.cachedTokens = cached;
    const reasoning = tokens(tape, either(tape, node, COMPLETION_DETAILS, OUTPUT_DETAILS), REASONING_TOKENS);
    if (reasoning >= 0) this.reasoningTokens = reasoning;
  }

  /** Takes the counts of Cohere's `meta` object. */
  readMeta(tape: JsonTape, node: i32): void {
    const counted = either(tape, node, TOKENS, BILLED_UNITS);
    const input = tokens(tape, counted, INPUT_TOKENS);
    const output = tokens(tape, counted, OUTPUT_TOKENS);
    if (input >= 0) this.inputTokens = input;
    if (output >= 0) this.outputTokens = output;
  }
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
