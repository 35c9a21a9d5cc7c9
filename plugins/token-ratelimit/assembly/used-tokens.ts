// What an answer has used, as the targets' plugin has published it.
import { getProperty, parseInteger, Slice } from "@weir/sdk/assembly";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { UsageWanted } from "./usage-wanted";

const INPUT = Slice.of("weir.input_tokens");
const OUTPUT = Slice.of("weir.output_tokens");
const CACHED = Slice.of("weir.cached_tokens");
const CACHE_WRITE = Slice.of("weir.cache_write_tokens");
const CACHE_WRITE_HOUR = Slice.of("weir.cache_write_hour_tokens");
const REASONING = Slice.of("weir.reasoning_tokens");
const AUDIO_INPUT = Slice.of("weir.audio_input_tokens");
const AUDIO_OUTPUT = Slice.of("weir.audio_output_tokens");

/** The counts that are known; nothing of a request that reached no provider. */
export function usedTokens(wanted: UsageWanted): Usage {
  const usage = new Usage();
  if (wanted == UsageWanted.Nothing) return usage;
  usage.inputTokens = count(INPUT);
  usage.outputTokens = count(OUTPUT);
  if (wanted == UsageWanted.Sums || !usage.isKnown) return usage;
  usage.cachedTokens = count(CACHED);
  if (wanted == UsageWanted.Cached) return usage;
  usage.cacheWriteTokens = count(CACHE_WRITE);
  usage.cacheWriteHourTokens = count(CACHE_WRITE_HOUR);
  usage.reasoningTokens = count(REASONING);
  usage.audioInputTokens = count(AUDIO_INPUT);
  usage.audioOutputTokens = count(AUDIO_OUTPUT);
  return usage;
}

function count(name: Slice): i64 {
  const found = getProperty(name);
  return found ? parseInteger(found, -1) : -1;
}
