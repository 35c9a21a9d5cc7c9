// Token counts of Ollama's. https://docs.ollama.com/api/usage
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { countAt } from "../../hub/assembly/count";
import { Usage } from "../../hub/assembly/usage";

const PROMPT_EVAL_COUNT = Slice.of("prompt_eval_count");
const EVAL_COUNT = Slice.of("eval_count");

/** Takes the counts of an answer, or of a stream's last object. A count of 0 is left out. */
export function decodeUsage(tape: JsonTape, node: i32, usage: Usage): void {
  usage.inputTokens = countAt(tape, node, PROMPT_EVAL_COUNT);
  usage.outputTokens = countAt(tape, node, EVAL_COUNT);
  if (usage.inputTokens >= 0) usage.outputTokens = max(usage.outputTokens, 0);
  else if (usage.outputTokens >= 0) usage.inputTokens = 0;
}
