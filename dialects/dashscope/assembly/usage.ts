// Token counts of DashScope's: `input_tokens` holds what was cached, and images and sounds where it has no part of its
// own for them. https://www.alibabacloud.com/help/en/model-studio/qwen-api-reference
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { countAt } from "../../hub/assembly/count";
import { Usage } from "../../hub/assembly/usage";

const INPUT_TOKENS = Slice.of("input_tokens");
const OUTPUT_TOKENS = Slice.of("output_tokens");
const PROMPT_DETAILS = Slice.of("prompt_tokens_details");
const INPUT_DETAILS = Slice.of("input_tokens_details");
const OUTPUT_DETAILS = Slice.of("output_tokens_details");
const CACHED_TOKENS = Slice.of("cached_tokens");
const CACHE_CREATION_TOKENS = Slice.of("cache_creation_input_tokens");
const REASONING_TOKENS = Slice.of("reasoning_tokens");
const AUDIO_TOKENS = Slice.of("audio_tokens");

/** Takes what a `usage` object tells. */
export function decodeUsage(tape: JsonTape, node: i32, usage: Usage): void {
  if (tape.kind(node) != JsonKind.Object) return;
  const prompt = tape.find(node, PROMPT_DETAILS);
  const output = tape.find(node, OUTPUT_DETAILS);
  const told = new Usage();
  told.inputTokens = countAt(tape, node, INPUT_TOKENS);
  told.outputTokens = countAt(tape, node, OUTPUT_TOKENS);
  told.cachedTokens = countAt(tape, prompt, CACHED_TOKENS);
  told.cacheWriteTokens = countAt(tape, prompt, CACHE_CREATION_TOKENS);
  told.reasoningTokens = countAt(tape, output, REASONING_TOKENS);
  const audio = countAt(tape, tape.find(node, INPUT_DETAILS), AUDIO_TOKENS);
  told.audioInputTokens = audio >= 0 ? audio : countAt(tape, node, AUDIO_TOKENS);
  told.audioOutputTokens = countAt(tape, output, AUDIO_TOKENS);
  usage.merge(told);
}
