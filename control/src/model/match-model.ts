// What the patterns for model names mean: `models` of a route and `modelMapping` of a target.
import type { ModelMapping } from "./model.ts";
import { expandMatch, readModelRegex, RegexProblem } from "./model-regex.ts";

/** Whether a route's pattern (exact, `gpt-*`, `*`) holds a model's name. */
export function matchesModel(pattern: string, model: string): boolean {
  return pattern.endsWith("*") ? model.startsWith(pattern.slice(0, -1)) : model === pattern;
}

export interface MappedModel {
  /** The provider's name for the model. */
  model: string;
  /** The entry that said so; null when none fits and the name stays. */
  mapping: ModelMapping | null;
}

/** The first entry that fits decides. */
export function mapModel(mappings: readonly ModelMapping[], model: string): MappedModel {
  for (const mapping of mappings) {
    const mapped = applyMapping(mapping, model);
    if (mapped !== null) return { model: mapped || model, mapping };
  }
  return { model, mapping: null };
}

/** Null when the entry does not fit; empty to keep the name. */
function applyMapping(mapping: ModelMapping, model: string): string | null {
  if (mapping.match === "exact") return model === mapping.pattern ? mapping.model : null;
  if (mapping.match === "prefix") return model.startsWith(mapping.pattern) ? mapping.model : null;
  if (mapping.match === "any") return mapping.model;
  const read = readModelRegex(mapping.pattern);
  const match = read instanceof RegexProblem ? null : read.regex.exec(model);
  return match && expandMatch(mapping.model, match);
}
