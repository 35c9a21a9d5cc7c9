// `modelMapping`: its keys are model names, prefixes, regular expressions or `*`, its values model names.
import { highestGroup, readModelRegex, RegexProblem } from "../../model/model-regex.ts";
import { entries } from "./map.ts";
import { kindOf, Mistake } from "./scalar.ts";

const lengthMax = 256;

export const modelMapping = () =>
  entries(
    { form: "mapping of model to model", additionalProperties: { type: "string" } },
    { key: readPattern, value: readModel },
  );

function readPattern(key: string): string | Mistake {
  if (key === "*") return key;
  if (key.startsWith("~")) return checkRegex(key) ?? key;
  if (key === "" || key.length > lengthMax) {
    return new Mistake(`must have 1 to ${lengthMax} characters`, 'Write a name, a prefix such as "gpt-*", or "*"');
  }
  if (!key.slice(0, -1).includes("*")) return key;
  const fix = 'Write a prefix such as "gpt-*", or a regular expression after ~';
  return new Mistake("has a * that is not at the end", fix);
}

function checkRegex(key: string): Mistake | null {
  const read = readModelRegex(key.slice(1));
  if (!(read instanceof RegexProblem)) return null;
  return new Mistake(`is a regular expression that ${read.message}`, "Use RE2's syntax, such as ~^gpt-(.*)$");
}

function readModel(value: unknown, key: string): string | Mistake {
  const fix = "Write a model's name, or \"\" to keep the client's";
  if (typeof value !== "string") return new Mistake(`must be text, not ${kindOf(value)}`, fix);
  if (value.length > lengthMax) return new Mistake(`is longer than ${lengthMax} characters`, fix);
  return key.startsWith("~") ? (checkGroups(key.slice(1), value) ?? value) : value;
}

function checkGroups(pattern: string, model: string): Mistake | null {
  const read = readModelRegex(pattern);
  const used = highestGroup(model);
  if (read instanceof RegexProblem || used <= read.groups) return null;
  const message = `uses $${used}, but its expression has ${read.groups === 1 ? "1 group" : `${read.groups} groups`}`;
  return new Mistake(message, "Put the wanted part in parentheses, or use a lower number");
}
