// Token counts of Converse: `inputTokens` leaves out what was read from or written to the cache.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
// https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { countAt } from "../../hub/assembly/count";
import { Usage } from "../../hub/assembly/usage";

const INPUT_TOKENS = Slice.of("inputTokens");
const OUTPUT_TOKENS = Slice.of("outputTokens");
const CACHE_READ_TOKENS = Slice.of("cacheReadInputTokens");
const CACHE_WRITE_TOKENS = Slice.of("cacheWriteInputTokens");
const CACHE_DETAILS = Slice.of("cacheDetails");
const TTL = Slice.of("ttl");
const ONE_HOUR = Slice.of("1h");

/** Takes what a `usage` object tells. */
export function decodeUsage(tape: JsonTape, node: i32, usage: Usage): void {
  if (tape.kind(node) != JsonKind.Object) return;
  const told = new Usage();
  const input = countAt(tape, node, INPUT_TOKENS);
  told.cachedTokens = countAt(tape, node, CACHE_READ_TOKENS);
  told.cacheWriteTokens = countAt(tape, node, CACHE_WRITE_TOKENS);
  told.cacheWriteHourTokens = hourTokens(tape, tape.find(node, CACHE_DETAILS));
  told.outputTokens = countAt(tape, node, OUTPUT_TOKENS);
  if (input >= 0) told.inputTokens = input + max(told.cachedTokens, 0) + max(told.cacheWriteTokens, 0);
  usage.merge(told);
}

/** `[{"ttl":"1h","inputTokens":…}]`. */
function hourTokens(tape: JsonTape, list: i32): i64 {
  if (tape.kind(list) != JsonKind.Array) return -1;
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
    if (tape.equals(tape.find(item, TTL), ONE_HOUR)) return countAt(tape, item, INPUT_TOKENS);
  }
  return -1;
}
