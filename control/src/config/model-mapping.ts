// Puts the entries of `modelMapping` into the order in which they are tried.
import type { ModelMapping } from "../model/model.ts";
import type { Entry } from "./schema/map.ts";
import { parsePattern } from "./schema/pattern.ts";

const ranks: Record<ModelMapping["match"], number> = { exact: 0, prefix: 1, regex: 2, any: 3 };

/**
 * Exact names first, then prefixes from the longest to the shortest, then regular expressions as declared, then any.
 */
export function resolveModelMapping(entries: Entry<string>[]): ModelMapping[] {
  return entries.map(({ key, value }) => ({ ...parsePattern(key), model: value })).sort(compare);
}

/** Sorting is stable, so what compares equal stays in the order of declaration. */
function compare(a: ModelMapping, b: ModelMapping): number {
  if (a.match !== b.match) return ranks[a.match] - ranks[b.match];
  return a.match === "prefix" ? b.pattern.length - a.pattern.length : 0;
}
