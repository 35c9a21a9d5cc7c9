// Patterns for names: a name, a beginning with `*` behind it, a regular expression behind `~`, or `*`.
import { readModelRegex, RegexProblem } from "../../model/model-regex.ts";
import { Mistake, text } from "./scalar.ts";

export const patternLengthMax = 256;

export function readPattern(key: string): string | Mistake {
  if (key === "*") return key;
  if (key.startsWith("~")) return checkRegex(key) ?? key;
  if (key === "" || key.length > patternLengthMax) {
    return new Mistake(
      `must have 1 to ${patternLengthMax} characters`,
      'Write a name, a prefix such as "gpt-*", or "*"',
    );
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

export const pattern = () => text(readPattern, { form: "pattern" });

export type Pattern = { match: "exact" | "prefix" | "regex" | "any"; pattern: string };

/** What a written pattern means. */
export function parsePattern(text: string): Pattern {
  if (text === "*") return { match: "any", pattern: "" };
  if (text.startsWith("~")) return { match: "regex", pattern: text.slice(1) };
  if (text.endsWith("*")) return { match: "prefix", pattern: text.slice(0, -1) };
  return { match: "exact", pattern: text };
}
