// The catalogue's entries in the database, so that a control plane that is started anew, or another one of the fleet,
// tells the same times.
import type { Kysely } from "kysely";
import type { MarketEntry } from "../model/market.ts";
import type { Schema } from "../store/schema.ts";
import type { KnownEntry } from "./catalogue.ts";

export async function loadEntries(db: Kysely<Schema>, catalogue: string): Promise<KnownEntry[]> {
  const rows = await db.selectFrom("market_entries").selectAll().where("catalogue", "=", catalogue).execute();
  return rows.map((row) => ({
    entry: JSON.parse(row.body) as MarketEntry,
    publishedAt: timeOf(row.published_at),
    updatedAt: timeOf(row.updated_at),
    statusChangedAt: timeOf(row.status_changed_at),
  }));
}

/** Another control plane may have seen the same change a moment ago: then its times stay. */
export async function saveEntries(db: Kysely<Schema>, catalogue: string, entries: KnownEntry[]): Promise<void> {
  for (const { entry, publishedAt, updatedAt, statusChangedAt } of entries) {
    const { name, version } = entry.server;
    const changed = {
      body: JSON.stringify(entry),
      updated_at: Date.parse(updatedAt),
      status_changed_at: Date.parse(statusChangedAt),
    };
    await db
      .insertInto("market_entries")
      .values({ catalogue, name, version, published_at: Date.parse(publishedAt), ...changed })
      .onConflict((conflict) =>
        conflict
          .columns(["catalogue", "name", "version"])
          .doUpdateSet(changed)
          .where("market_entries.body", "!=", changed.body),
      )
      .execute();
  }
}

function timeOf(ms: number | bigint | string): string {
  return new Date(Number(ms)).toISOString();
}
