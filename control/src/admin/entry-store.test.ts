// What the admin API stores, on both databases: changes with their lines in the audit log, seen by the next Weir and by
// others that share the database.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { StoredEntry } from "../config/stored-entries.ts";
import { openStore, type Store } from "../store/store.ts";
import { TestPostgres, whyNoPostgres } from "../store/test/postgres.ts";
import { readAudit, readEntries, writeChange } from "./entry-store.ts";
import { EntryWatch } from "./entry-watch.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-admin-"));
const withoutPostgres = whyNoPostgres();
let postgres: TestPostgres | null = null;
beforeAll(async () => void (postgres = withoutPostgres ? null : await TestPostgres.start()), 60_000);
afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const actor = { name: "ops", address: "127.0.0.1", mayReadBodies: false };
const sha256 = "ab".repeat(32);
const key = (name: string): Parameters<typeof writeChange>[1] => ({
  ...{ section: "keys", name: `search/${name}`, action: "create", body: { name, consumer: "search", sha256 } },
});
let databases = 0;

// Without PostgreSQL the tests of the store say so.
describe.each(withoutPostgres ? (["sqlite"] as const) : (["sqlite", "postgres"] as const))("%s", (kind) => {
  let database = "";
  let store: Store;
  const watches: EntryWatch[] = [];

  beforeEach(async () => {
    database = kind === "sqlite" ? join(folder, `${++databases}.db`) : await postgres!.database(`a${++databases}`);
    store = await openStore({ database });
  });
  afterEach(async () => {
    for (const watch of watches.splice(0)) await watch.stop();
    await store.close();
  });

  test("each change is there with its line in the log, hashes shortened", async () => {
    await writeChange(store, key("ci"), actor);
    await writeChange(store, { ...key("ci"), action: "update", body: { name: "ci", disabled: true } }, actor);
    await writeChange(store, { ...key("ci"), action: "delete", body: null }, actor);
    expect(await readEntries(store)).toEqual([]);
    const lines = await readAudit(store, { limit: 10 });
    expect(lines.map(({ number, action, before, after }) => [number, action, before, after])).toEqual([
      [3, "delete", { name: "ci", disabled: true }, null],
      [2, "update", { name: "ci", consumer: "search", sha256: "abababab…" }, { name: "ci", disabled: true }],
      [1, "create", null, { name: "ci", consumer: "search", sha256: "abababab…" }],
    ]);
    expect(await readAudit(store, { before: 2, limit: 10 })).toHaveLength(1);
  });

  test("many at once lose nothing, and count up without a gap", async () => {
    const names = Array.from({ length: 8 }, (_, n) => `k${n}`);
    const second = await openStore({ database });
    await Promise.all(names.map((name, n) => writeChange(n % 2 ? store : second, key(name), actor)));
    await second.close();
    expect(await readEntries(store)).toHaveLength(8);
    const numbers = (await readAudit(store, { limit: 100 })).map(({ number }) => number);
    expect(numbers).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test("the next Weir knows it at its start, and others soon", async () => {
    await writeChange(store, key("ci"), actor);
    const seen: StoredEntry[][] = [];
    const watch = new EntryWatch({ database, onChange: (entries) => seen.push(entries), pollMs: 20 });
    watches.push(watch);
    expect((await watch.start()).map(({ name }) => name)).toEqual(["search/ci"]);
    await writeChange(store, key("more"), actor);
    await vi.waitFor(() => expect(seen.at(-1)?.map(({ name }) => name)).toEqual(["search/ci", "search/more"]));
    expect(seen).toHaveLength(1);
  });
});

test("what a look has read before this process's own change does not come into force after it", async () => {
  const database = join(folder, "overtaken.db");
  const store = await openStore({ database });
  await writeChange(store, key("ci"), actor);
  const seen: string[][] = [];
  const onChange = (entries: StoredEntry[]): void => void seen.push(entries.map(({ name }) => name));
  const watch = new EntryWatch({ database, onChange, pollMs: 10 });
  await watch.start();
  const open = await watch.store();
  // The look is held between its two questions, as a slow database would hold it.
  const seenAtLook: number[] = [];
  vi.spyOn(watch, "store").mockImplementation(async () => {
    seenAtLook.push(seen.length);
    if (seenAtLook.length === 1) {
      await writeChange(store, key("more"), actor);
      watch.overtake([]);
    }
    return open;
  });
  await vi.waitFor(() => expect(seen).toEqual([["search/ci", "search/more"]]));
  expect(seenAtLook.slice(0, 2)).toEqual([0, 0]);
  await watch.stop();
  await store.close();
});

test("a database that is gone leaves what is known, and is told once", async () => {
  const database = join(folder, "nowhere", "admin.db");
  const store = await openStore({ database });
  await writeChange(store, key("ci"), actor);
  await store.close();
  const said: string[] = [];
  const onSaid = (message: string): void => void said.push(message);
  const onChange = (): void => onSaid("changed");
  const watch = new EntryWatch({ database, onChange, onTrouble: onSaid, onRecovery: onSaid, pollMs: 10 });
  expect(await watch.start()).toHaveLength(1);
  const { db } = await watch.store();
  await db.schema.alterTable("audit").renameTo("hidden").execute();
  await vi.waitFor(() => expect(said).toEqual([expect.stringContaining("cannot be read")]));
  await db.schema.alterTable("hidden").renameTo("audit").execute();
  await vi.waitFor(() => expect(said.at(-1)).toContain("can be read again"));
  expect(said).toHaveLength(2);
  await watch.stop();
});
