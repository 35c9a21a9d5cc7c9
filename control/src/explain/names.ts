// What a client's name for a model stands for: the decisions of ai-fallback, taken from the model.
import { readModelRegex, RegexProblem } from "../model/model-regex.ts";
import { autoName, type AutoRule, type Names } from "../model/names.ts";
import { readConversation, type Conversation } from "./conversation.ts";

export interface Meaning {
  model: string;
  /** Null where the name stands for itself. */
  because: string | null;
}

/** Rules first, then aliases; nothing is followed twice. */
export function meaningOf(name: string, { aliases, auto }: Names, body: Record<string, unknown>): Meaning {
  const chosen = auto && name === autoName ? chooseByRules(auto.rules, auto.model, readConversation(body)) : null;
  const model = chosen?.model ?? name;
  const alias = aliases.find((one) => one.name === model);
  if (!alias) return chosen ?? { model, because: null };
  return { model: alias.model, because: chosen ? `${chosen.because}, by the alias ${model}` : "by its alias" };
}

function chooseByRules(rules: AutoRule[], otherwise: string, conversation: Conversation): Meaning {
  const index = rules.findIndex((rule) => fits(rule, conversation));
  const rule = rules[index];
  return rule
    ? { model: rule.model, because: `by rule ${index + 1}` }
    : { model: otherwise, because: "as no rule fits" };
}

/** As much of a text as is looked at. */
const textBytesMax = 32 * 1024;

function fits(rule: AutoRule, { userText, hasTools, hasImages, tokens }: Conversation): boolean {
  if (rule.tools !== null && rule.tools !== hasTools) return false;
  if (rule.images !== null && rule.images !== hasImages) return false;
  if (tokens < (rule.tokensMin ?? 0) || tokens > (rule.tokensMax ?? Infinity)) return false;
  if (rule.matches === null) return true;
  const read = readModelRegex(rule.matches);
  return !(read instanceof RegexProblem) && read.regex.test(beginning(userText));
}

function beginning(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length > textBytesMax ? bytes.subarray(0, textBytesMax).toString() : text;
}
