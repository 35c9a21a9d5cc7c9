// Token counts of responses: `input_tokens` holds cached tokens, `output_tokens` holds reasoning.
// https://platform.openai.com/docs/api-reference/responses/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { Usage } from "../../hub/assembly/usage";

const INPUT_TOKENS = Slice.of("input_tokens");
const INPUT_DETAILS = Slice.of("input_tokens_details");
const CACHED_TOKENS = Slice.of("cached_tokens");
const CACHE_WRITE_TOKENS = Slice.of("cache_write_tokens");
const OUTPUT_TOKENS = Slice.of("output_tokens");
const OUTPUT_DETAILS = Slice.of("output_tokens_details");
const REASONING_TOKENS = Slice.of("reasoning_tokens");
const TOTAL_TOKENS = Slice.of("total_tokens");

/** Takes what a `usage` object tells. */
export function decodeUsage(tape: JsonTape, node: i32, usage: Usage): void {
  if (tape.kind(node) != JsonKind.Object) return;
  const input = tape.find(node, INPUT_DETAILS);
  const told = new Usage();
  told.inputTokens = count(tape, node, INPUT_TOKENS);
  told.cachedTokens = count(tape, input, CACHED_TOKENS);
  told.cacheWriteTokens = count(tape, input, CACHE_WRITE_TOKENS);
  told.outputTokens = count(tape, node, OUTPUT_TOKENS);
  told.reasoningTokens = count(tape, tape.find(node, OUTPUT_DETAILS), REASONING_TOKENS);
  usage.merge(told);
}

/** A count, or −1. What no model has is cut off, so that sums cannot overflow. */
function count(tape: JsonTape, object: i32, key: Slice): i64 {
  const node = tape.find(object, key);
  if (tape.kind(node) != JsonKind.Number) return -1;
  return min(max(tape.integer(node), -1), <i64>i32.MAX_VALUE);
}

/** Writes a `usage` object: all counts, for clients rely on each. */
export function encodeUsage(json: JsonWriter, usage: Usage): void {
  const input = max(usage.inputTokens, 0);
  const output = max(usage.outputTokens, 0);
  json.beginObject().key(INPUT_TOKENS).integer(input);
  json.key(INPUT_DETAILS).beginObject();
  json.key(CACHED_TOKENS).integer(max(usage.cachedTokens, 0));
  json.key(CACHE_WRITE_TOKENS).integer(max(usage.cacheWriteTokens, 0)).endObject();
  json.key(OUTPUT_TOKENS).integer(output);
  json.key(OUTPUT_DETAILS).beginObject();
  json.key(REASONING_TOKENS).integer(max(usage.reasoningTokens, 0)).endObject();
  json
    .key(TOTAL_TOKENS)
    .integer(input + output)
    .endObject();
}
