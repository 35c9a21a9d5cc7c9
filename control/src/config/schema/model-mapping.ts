// `modelMapping`: its keys are model names, prefixes, regular expressions or `*`, its values model names.
import { highestGroup, readModelRegex, RegexProblem } from "../../model/model-regex.ts";
import { entries } from "./map.ts";
import { patternLengthMax as lengthMax, readPattern } from "./pattern.ts";
import { kindOf, Mistake } from "./scalar.ts";

export const modelMapping = () =>
  entries(
    { form: "mapping of model to model", additionalProperties: { type: "string" } },
    { key: readPattern, value: readModel },
  );

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
