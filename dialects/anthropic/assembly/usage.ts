// Token counts of messages: `input_tokens` leaves out what was read from or written to the cache.
// https://platform.claude.com/docs/en/api/messages
// https://platform.claude.com/docs/en/build-with-claude/prompt-caching
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { SERVICE_TIER } from "../../hub/assembly/names";
import { Usage } from "../../hub/assembly/usage";

const INPUT_TOKENS = Slice.of("input_tokens");
const OUTPUT_TOKENS = Slice.of("output_tokens");
const CACHE_CREATION_TOKENS = Slice.of("cache_creation_input_tokens");
const CACHE_READ_TOKENS = Slice.of("cache_read_input_tokens");
const CACHE_CREATION = Slice.of("cache_creation");
const FIVE_MINUTES = Slice.of("ephemeral_5m_input_tokens");
const ONE_HOUR = Slice.of("ephemeral_1h_input_tokens");
const OUTPUT_DETAILS = Slice.of("output_tokens_details");
const THINKING_TOKENS = Slice.of("thinking_tokens");

const DEFAULT = Slice.of("default");
const STANDARD = Slice.of("standard");
const PRIORITY = Slice.of("priority");
const BATCH = Slice.of("batch");

/** Takes what a `usage` object tells; one in a stream may tell a part only. */
export function decodeUsage(tape: JsonTape, node: i32, usage: Usage): void {
  if (tape.kind(node) != JsonKind.Object) return;
  const told = new Usage();
  const input = count(tape, node, INPUT_TOKENS);
  told.cachedTokens = count(tape, node, CACHE_READ_TOKENS);
  told.cacheWriteTokens = count(tape, node, CACHE_CREATION_TOKENS);
  told.cacheWriteHourTokens = count(tape, tape.find(node, CACHE_CREATION), ONE_HOUR);
  told.outputTokens = count(tape, node, OUTPUT_TOKENS);
  told.reasoningTokens = count(tape, tape.find(node, OUTPUT_DETAILS), THINKING_TOKENS);
  usage.merge(told);
  if (input >= 0) usage.inputTokens = input + max(usage.cachedTokens, 0) + max(usage.cacheWriteTokens, 0);
}

/** A count, or −1. What no model has is cut off, so that sums cannot overflow. */
function count(tape: JsonTape, object: i32, key: Slice): i64 {
  const node = tape.find(object, key);
  if (tape.kind(node) != JsonKind.Number) return -1;
  return min(max(tape.integer(node), -1), <i64>i32.MAX_VALUE);
}

/** Writes a `usage` object; 0 for what is not known yet. `tier` is OpenAI's name or Anthropic's. */
export function encodeUsage(json: JsonWriter, usage: Usage, tier: Slice = Slice.empty()): void {
  const cached = max(usage.cachedTokens, 0);
  const written = max(usage.cacheWriteTokens, 0);
  json.beginObject();
  json.key(INPUT_TOKENS).integer(max(usage.inputTokens - cached - written, 0));
  json.key(CACHE_CREATION_TOKENS).integer(written);
  json.key(CACHE_READ_TOKENS).integer(cached);
  const hour = usage.cacheWriteHourTokens;
  if (hour >= 0) {
    json.key(CACHE_CREATION).beginObject();
    json
      .key(FIVE_MINUTES)
      .integer(max(written - hour, 0))
      .key(ONE_HOUR)
      .integer(hour)
      .endObject();
  }
  json.key(OUTPUT_TOKENS).integer(max(usage.outputTokens, 0));
  if (usage.reasoningTokens >= 0) {
    json.key(OUTPUT_DETAILS).beginObject().key(THINKING_TOKENS).integer(usage.reasoningTokens).endObject();
  }
  if (tier.equals(DEFAULT) || tier.equals(STANDARD)) json.key(SERVICE_TIER).text(STANDARD);
  else if (tier.equals(PRIORITY) || tier.equals(BATCH)) json.key(SERVICE_TIER).text(tier);
  json.endObject();
}
