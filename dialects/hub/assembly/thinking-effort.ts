// How much a model thinks is a word in some dialects and a number of tokens in others.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Reasoning, ReasoningMode } from "./chat-request";

const MINIMAL = Slice.of("minimal");
const LOW = Slice.of("low");
const MEDIUM = Slice.of("medium");
const OMITTED = Slice.of("omitted");
const BUDGET_MINIMAL: i64 = 1024;
const BUDGET_LOW: i64 = 2048;
const BUDGET_MEDIUM: i64 = 8192;

/** Whether the client wants thinking. */
export function wantsThinking(reasoning: Reasoning): bool {
  return reasoning.mode == ReasoningMode.On || reasoning.mode == ReasoningMode.Adaptive;
}

/** Whether the client wants thoughts kept back. Whoever wants them shown has what it wants of a provider that does. */
export function hidesThinking(reasoning: Reasoning): bool {
  return reasoning.display.equals(OMITTED);
}

/** The tokens that thinking may take, as said or nearest to the effort; −1 for as many as the model likes. */
export function thinkingBudget(reasoning: Reasoning): i64 {
  if (reasoning.budgetTokens >= 0) return reasoning.budgetTokens;
  if (reasoning.effort.equals(MINIMAL)) return BUDGET_MINIMAL;
  if (reasoning.effort.equals(LOW)) return BUDGET_LOW;
  return reasoning.effort.equals(MEDIUM) ? BUDGET_MEDIUM : -1;
}
