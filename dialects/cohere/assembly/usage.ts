// Token counts of Cohere's: `tokens` counts all that the model read and wrote, `billed_units` leaves out Cohere's own
// prompt. https://docs.cohere.com/reference/chat#response.body.usage
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { countAt } from "../../hub/assembly/count";
import { Usage } from "../../hub/assembly/usage";

const TOKENS = Slice.of("tokens");
const BILLED_UNITS = Slice.of("billed_units");
const INPUT_TOKENS = Slice.of("input_tokens");
const OUTPUT_TOKENS = Slice.of("output_tokens");
const CACHED_TOKENS = Slice.of("cached_tokens");

/** Takes what a `usage` object tells. */
export function decodeUsage(tape: JsonTape, node: i32, usage: Usage): void {
  let counts = tape.find(node, TOKENS);
  if (tape.kind(counts) != JsonKind.Object) counts = tape.find(node, BILLED_UNITS);
  const told = new Usage();
  told.inputTokens = countAt(tape, counts, INPUT_TOKENS);
  told.outputTokens = countAt(tape, counts, OUTPUT_TOKENS);
  told.cachedTokens = countAt(tape, node, CACHED_TOKENS);
  usage.merge(told);
}
