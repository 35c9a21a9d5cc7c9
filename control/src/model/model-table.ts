// What is known of a target's models, as rows for who has nothing but a name to find them by: the plugins
// (dialects/surfaces/assembly/model-table.ts). A row says all that `modelFacts` says of its name.
import { fromConfiguration, modelFacts, type ModelAt, type ModelFacts, type ModelRow } from "./model-facts.ts";

export interface TableRow {
  /** A name, or a prefix with a star. */
  name: string;
  /** Whether the configuration says so itself: that comes before what is closer to the name. */
  isOwn: boolean;
  facts: ModelFacts;
}

export function modelTable(rows: readonly ModelRow[], target: ModelAt): TableRow[] {
  const prefixes = rows.filter(({ name }) => name.endsWith("*"));
  const names = new Set(rows.filter((row) => isFor(row, target)).map(({ name }) => name));
  return [...names].flatMap((name) => {
    const facts = name.endsWith("*")
      ? modelFacts(prefixesOf(prefixes, name), target, name.slice(0, -1))
      : modelFacts(rows, target, name);
    return facts ? [{ name, isOwn: facts.source === fromConfiguration, facts }] : [];
  });
}

function isFor({ providers, targets }: ModelRow, target: ModelAt): boolean {
  return (providers?.includes(target.provider) ?? true) && (targets?.includes(target.name) ?? true);
}

/** Those that hold whatever `prefix` holds. */
function prefixesOf(prefixes: readonly ModelRow[], prefix: string): ModelRow[] {
  const stem = prefix.slice(0, -1);
  return prefixes.filter(({ name }) => stem.startsWith(name.slice(0, -1)));
}
