// Token counts as no provider should tell them, whatever its family calls them.
import { type Answer, type Json, jsonAnswer, streamAnswer } from "./answer.ts";
import type { UsageFault } from "./faults.ts";

/** OpenAI, Anthropic, Bedrock, Cohere, DashScope; Gemini; Cohere's other place; Ollama. */
const usageKeys = new Set(["usage", "usageMetadata", "meta", "prompt_eval_count", "eval_count"]);
/** Beyond all that anybody has ever used, and still exact in JSON. */
const hugeCount = 2 ** 50;

/** The same answer, with what it tells of tokens left out or made absurd. What is no JSON tells nothing anyway. */
export function withUsageFault(answer: Answer, fault: UsageFault): Answer {
  const { framing, headers, status, values } = answer;
  if (!values) return answer;
  const changed = values.map((value) => changedIn(value, fault) as Json);
  const made = framing ? streamAnswer(framing, changed) : jsonAnswer(changed[0], status);
  return { ...made, headers };
}

function changedIn(value: unknown, fault: UsageFault): unknown {
  if (Array.isArray(value)) return value.map((item) => changedIn(item, fault));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => fault !== "missing" || !usageKeys.has(key));
  return Object.fromEntries(
    entries.map(([key, item]) => [key, usageKeys.has(key) ? absurd(item, fault) : changedIn(item, fault)]),
  );
}

function absurd(value: unknown, fault: UsageFault): unknown {
  if (typeof value === "number")
    return { missing: value, negative: -value - 1, huge: hugeCount, string: "many" }[fault];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, absurd(item, fault)]));
}
