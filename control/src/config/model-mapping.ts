// `modelMapping`: sorts its entries into the order in which they are tried, and checks them.
import type { ModelMapping } from "../model/model.ts";
import { highestGroup, readModelRegex, RegexProblem } from "../model/model-regex.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";

const ranks: Record<ModelMapping["match"], number> = { exact: 0, prefix: 1, regex: 2, any: 3 };

/** Exact names first, then prefixes from the longest to the shortest, then regular expressions as declared, then any. */
export function resolveModelMapping(report: Report, path: Path, given: Record<string, string>): ModelMapping[] {
  const mappings = Object.entries(given).flatMap(([key, model]) => {
    const mapping = toMapping(key, model);
    return check(report, [...path, key], key, mapping) ? [mapping] : [];
  });
  return mappings.sort(compare);
}

function toMapping(key: string, model: string): ModelMapping {
  if (key === "*") return { match: "any", pattern: "", model };
  if (key.startsWith("~")) return { match: "regex", pattern: key.slice(1), model };
  if (key.endsWith("*")) return { match: "prefix", pattern: key.slice(0, -1), model };
  return { match: "exact", pattern: key, model };
}

/** Array sorting is stable, so what compares equal stays in the order of declaration. */
function compare(a: ModelMapping, b: ModelMapping): number {
  if (a.match !== b.match) return ranks[a.match] - ranks[b.match];
  return a.match === "prefix" ? b.pattern.length - a.pattern.length : 0;
}

function check(report: Report, path: Path, key: string, mapping: ModelMapping): boolean {
  const finding = mapping.match === "regex" ? checkRegex(mapping) : checkName(key, mapping);
  if (finding)
    report.error(path, { ...finding, isAboutKey: true, value: mapping.match === "any" ? "" : key.slice(0, 80) });
  return !finding;
}

function checkName(key: string, mapping: ModelMapping): { message: string; fix: string } | null {
  if (key === "" || key.length > 256) {
    return {
      message: "A model's name here must have 1 to 256 characters",
      fix: 'Write a name, a prefix such as "gpt-*", or "*"',
    };
  }
  if (!mapping.pattern.includes("*")) return null;
  return {
    message: "A * stands only at the end",
    fix: 'Write a prefix such as "gpt-*", or a regular expression after ~',
  };
}

function checkRegex({ pattern, model }: ModelMapping): { message: string; fix: string } | null {
  const read = readModelRegex(pattern);
  if (read instanceof RegexProblem) {
    return { message: `The regular expression ${read.message}`, fix: "Use RE2's syntax, such as ~^gpt-(.*)$" };
  }
  const used = highestGroup(model);
  if (used <= read.groups) return null;
  const message = `The model's name uses $${used}, the expression has ${read.groups} groups`;
  return { message, fix: "Put the wanted part in parentheses, or use a lower number" };
}
