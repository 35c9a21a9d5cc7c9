// The contexts of models, as the plugins are told of them: a table for all targets whose models have the same.
import { modelTable } from "../../model/model-table.ts";
import type { Model, Target } from "../../model/model.ts";
import type { ProtoJson } from "../resources.ts";

/** What has the same context: names of models, one on each line. */
interface Row extends ProtoJson {
  tokens: number;
  own?: true;
  names: string;
}

/** A larger one is larger than any body. */
const tokensMax = 2 ** 31 - 1;

export class ContextWindows {
  readonly #model: Model;
  readonly #tables = new Map<string, number>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** For the configuration of the target: the number of its table. */
  of(target: Target): ProtoJson {
    const rows = rowsOf(this.#model, target);
    if (rows.length === 0) return {};
    const table = JSON.stringify(rows);
    if (!this.#tables.has(table)) this.#tables.set(table, this.#tables.size);
    return { contextWindows: this.#tables.get(table)! };
  }

  /** For the whole configuration, when all targets have theirs. */
  get tables(): ProtoJson {
    if (this.#tables.size === 0) return {};
    return { contextWindows: [...this.#tables.keys()].map((table) => JSON.parse(table) as Row[]) };
  }
}

function rowsOf(model: Model, target: Target): Row[] {
  const rows = new Map<string, Row>();
  for (const { name, isOwn, facts } of modelTable(model.models, target)) {
    const tokens = facts.contextWindow;
    if (tokens === null || tokens > tokensMax) continue;
    const key = `${tokens} ${isOwn}`;
    const row = rows.get(key);
    rows.set(key, { tokens, ...(isOwn && { own: true as const }), names: row ? `${row.names}\n${name}` : name });
  }
  return [...rows.values()];
}
