// Times of the catalogue in both databases: a control plane that is started anew, or another one, tells the same.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MarketEntry } from "../model/market.ts";
import { openStore, type Store } from "../store/store.ts";
import { TestPostgres, whyNoPostgres } from "../store/test/postgres.ts";
import { Catalogue, type KnownEntry } from "./catalogue.ts";
import { loadEntries, saveEntries } from "./kept-entries.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-market-"));
const withoutPostgres = whyNoPostgres();
let postgres: TestPostgres | null = null;
beforeAll(async () => {
  if (!withoutPostgres) postgres = await TestPostgres.start();
}, 60_000);
afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const entryOf = (version: string, description = "Searches"): MarketEntry => ({
  server: { name: "com.example/search", version, description },
  status: "active",
  statusMessage: null,
  isPinned: false,
});
const day = (number: number) => new Date(Date.UTC(2026, 0, number));

describe.each(["sqlite", "postgres"] as const)("%s", (kind) => {
  const withStore = async (name: string, use: (store: Store) => Promise<void>): Promise<void> => {
    const database = kind === "sqlite" ? join(folder, `${name}.db`) : await postgres!.database(name);
    const store = await openStore({ database });
    try {
      await use(store);
    } finally {
      await store.close();
    }
  };

  /** What a control plane does that is started on `when`. */
  const start = async ({ db }: Store, entries: MarketEntry[], when: Date, name = "com.example") => {
    const catalogue = new Catalogue();
    catalogue.restore(await loadEntries(db, name));
    await saveEntries(db, name, catalogue.update({ entries }, when));
    return loadEntries(db, name);
  };
  const timesOf = (known: KnownEntry[], version: string) => {
    const { publishedAt, updatedAt, statusChangedAt } = known.find(({ entry }) => entry.server.version === version)!;
    return [publishedAt, updatedAt, statusChangedAt].map((time) => Number(time.slice(8, 10)));
  };

  test("times outlive the process; what changes meanwhile is new, what goes is deleted", async ({ skip }) => {
    if (kind === "postgres" && withoutPostgres) skip(withoutPostgres);
    await withStore("anew", async (store) => {
      await start(store, [entryOf("1.0.0"), entryOf("2.0.0")], day(1));
      const same = await start(store, [entryOf("1.0.0"), entryOf("2.0.0")], day(2));
      expect([timesOf(same, "1.0.0"), timesOf(same, "2.0.0")]).toEqual([
        [1, 1, 1],
        [1, 1, 1],
      ]);
      const changed = await start(store, [entryOf("2.0.0", "Searches better")], day(3));
      expect([timesOf(changed, "1.0.0"), timesOf(changed, "2.0.0")]).toEqual([
        [1, 3, 3],
        [1, 3, 1],
      ]);
      expect(changed.find(({ entry }) => entry.server.version === "1.0.0")!.entry.status).toBe("deleted");
    });
  });

  test("of two that see the same at the same time the first is believed", async ({ skip }) => {
    if (kind === "postgres" && withoutPostgres) skip(withoutPostgres);
    await withStore("pair", async ({ db }) => {
      const [one, other] = [new Catalogue(), new Catalogue()];
      const first = one.update({ entries: [entryOf("1.0.0")] }, day(1));
      const second = other.update({ entries: [entryOf("1.0.0")] }, day(2));
      await saveEntries(db, "com.example", first);
      await saveEntries(db, "com.example", second);
      expect(timesOf(await loadEntries(db, "com.example"), "1.0.0")).toEqual([1, 1, 1]);
    });
  });

  test("another gateway's catalogue in the same database is its own", async ({ skip }) => {
    if (kind === "postgres" && withoutPostgres) skip(withoutPostgres);
    await withStore("two", async (store) => {
      await start(store, [entryOf("1.0.0")], day(1));
      const other = await start(store, [entryOf("2.0.0")], day(2), "org.example");
      expect(other.map(({ entry }) => entry.server.version)).toEqual(["2.0.0"]);
      const known = await loadEntries(store.db, "com.example");
      expect(known.map(({ entry }) => [entry.server.version, entry.status])).toEqual([["1.0.0", "active"]]);
    });
  });
});
