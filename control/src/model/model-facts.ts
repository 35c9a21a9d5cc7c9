// What is known of a model at a provider: its limits and its price. The configuration's rows come before those of the
// catalogue; a model that neither has is unknown, and never free.
import { matchesModel } from "./match-model.ts";
import type { Target } from "./model.ts";
import type { Price } from "./price.ts";

export interface ModelFacts {
  /** Tokens of input and output together; null where nobody has told. */
  contextWindow: number | null;
  outputTokensMax: number | null;
  /** Null where it is unknown. */
  price: Price | null;
  /** When the provider ends the model, `YYYY-MM-DD`. */
  shutdownDate: string | null;
  /** A URL, or `configuration`. */
  source: string;
  /** When the source said so; empty for the configuration. */
  date: string;
}

export interface ModelRow extends ModelFacts {
  /** The provider's name of the model, or a prefix: `gpt-4*`. */
  name: string;
  /** Types of providers it holds for; null for each. */
  providers: string[] | null;
  /** Targets it holds for; null for each. */
  targets: string[] | null;
}

export type ModelAt = Pick<Target, "name" | "provider">;

/** The source of what the configuration says. */
export const fromConfiguration = "configuration";

/**
 * Facts about a model by the name that a target's provider has for it. The configuration's rows come first: the one
 * with the very name, then the longest prefix; the catalogue's follow. What one leaves open the next one fills in, but
 * never one price with parts of another.
 */
export function modelFacts(rows: readonly ModelRow[], target: ModelAt, name: string): ModelFacts | null {
  const fitting = indexOf(rows).find(target, namesOf(name));
  return fitting.length === 0 ? null : fitting.map(toFacts).reduce(filledIn);
}

// Only whole dates: `gpt-4.1-2025-04-14`, `claude-haiku-4-5-20251001`, `claude-haiku-4-5@20251001`. A shorter number
// may tell another model, at another price.
const dateSuffix = /[-@](?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])$/;

// Bedrock's inference profiles. https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
const regionPrefix = /^(?:us|us-gov|eu|apac|au|jp|ca|global)\.(?=\w+\.)/;

/** The name as given, then without what providers add to a model's own name. */
function namesOf(name: string): string[] {
  const plain = name.replace(/^models\//, "").replace(regionPrefix, "");
  return [...new Set([name, plain, plain.replace(dateSuffix, "")])];
}

class ModelIndex {
  readonly #exact = new Map<string, ModelRow[]>();
  readonly #prefixes: ModelRow[];

  constructor(rows: readonly ModelRow[]) {
    for (const row of rows.filter((row) => !isPrefix(row))) {
      this.#exact.set(row.name, [...(this.#exact.get(row.name) ?? []), row]);
    }
    this.#prefixes = rows.filter(isPrefix).sort((a, b) => b.name.length - a.name.length);
  }

  /** The best one first. */
  find(target: ModelAt, names: string[]): ModelRow[] {
    const exact = names.flatMap((name) => this.#exact.get(name) ?? []);
    const prefixes = this.#prefixes.filter((row) => names.some((name) => matchesModel(row.name, name)));
    const fitting = [...exact, ...prefixes].filter((row) => isFor(row, target));
    return fitting.sort((a, b) => precision(b) - precision(a));
  }
}

function isPrefix({ name }: ModelRow): boolean {
  return name.endsWith("*");
}

function precision(row: ModelRow): number {
  return (row.source === fromConfiguration ? 4 : 0) + (isPrefix(row) ? 0 : 2) + (row.targets ? 1 : 0);
}

function isFor({ providers, targets }: ModelRow, target: ModelAt): boolean {
  return (providers?.includes(target.provider) ?? true) && (targets?.includes(target.name) ?? true);
}

function toFacts({ name: _name, providers: _providers, targets: _targets, ...facts }: ModelRow): ModelFacts {
  return facts;
}

function filledIn(said: ModelFacts, further: ModelFacts): ModelFacts {
  return {
    ...said,
    contextWindow: said.contextWindow ?? further.contextWindow,
    outputTokensMax: said.outputTokensMax ?? further.outputTokensMax,
    price: said.price ?? further.price,
    shutdownDate: said.shutdownDate ?? further.shutdownDate,
  };
}

const indexes = new WeakMap<readonly ModelRow[], ModelIndex>();

function indexOf(rows: readonly ModelRow[]): ModelIndex {
  const known = indexes.get(rows);
  if (known) return known;
  const index = new ModelIndex(rows);
  indexes.set(rows, index);
  return index;
}
