// Both databases hold the same tables, take the same queries, and read whole numbers back exactly.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CutLine } from "../../../envoy/test/cut-line.ts";
import { toBigInt, tokenColumns } from "./schema.ts";
import { openStore, type Store } from "./store.ts";
import { TestPostgres, whyNoPostgres } from "./test/postgres.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-store-"));
const withoutPostgres = whyNoPostgres();
let postgres: TestPostgres | null = null;

beforeAll(async () => {
  if (!withoutPostgres) postgres = await TestPostgres.start();
}, 60_000);

afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const addresses = {
  sqlite: async (name: string) => join(folder, "made on the way", `${name}.db`),
  postgres: (name: string) => postgres!.database(name),
};

test("a line to PostgreSQL that breaks in the midst of a query fails that, and the next goes on", async ({ skip }) => {
  if (withoutPostgres) skip(withoutPostgres);
  const line = await CutLine.to(await addresses.postgres("behind_a_line"));
  const store = await openStore({ database: line.url });
  try {
    const slow = sql`select pg_sleep(20)`.execute(store.db).catch((error: Error) => error.message);
    await setTimeout(200);
    line.cut();
    expect(await slow).toMatch(/terminated|reset/);
    expect((await sql<{ one: number }>`select 1 as one`.execute(store.db)).rows).toEqual([{ one: 1 }]);
  } finally {
    await store.close();
    await line.close();
  }
});

describe.each(["sqlite", "postgres"] as const)("%s", (kind) => {
  async function withStore(name: string, use: (store: Store, database: string) => Promise<void>): Promise<void> {
    const database = await addresses[kind](name);
    const store = await openStore({ database });
    try {
      await use(store, database);
    } finally {
      await store.close();
    }
  }

  const fileRow = (fingerprint: string, position: bigint) => ({
    ...{ fingerprint, position, path: "/log", lines: 0, unreadable: 0, updated_at: 1 },
  });

  test("whole numbers are exact, beyond what a number holds too", async ({ skip }) => {
    if (kind === "postgres" && withoutPostgres) skip(withoutPostgres);
    await withStore("exact", async ({ db }) => {
      await db
        .insertInto("ledger_files")
        .values([fileRow("a", 2n ** 62n), fileRow("b", 2n ** 61n + 1n)])
        .execute();
      const { total } = await db
        .selectFrom("ledger_files")
        .select(sql<string | number | bigint>`sum(position)`.as("total"))
        .executeTakeFirstOrThrow();
      expect(toBigInt(total)).toBe(2n ** 62n + 2n ** 61n + 1n);
    });
  });

  test("tables of an earlier version get what is new, and keep what they hold", async ({ skip }) => {
    if (kind === "postgres" && withoutPostgres) skip(withoutPostgres);
    await withStore("earlier", async ({ db }, database) => {
      for (const table of ["tool_hours", "tool_days"] as const) await db.schema.dropTable(table).execute();
      for (const name of ["request_bytes", "response_bytes"]) {
        for (const table of ["requests", "usage_hours", "usage_days", "tag_hours", "tag_days"] as const)
          await db.schema.alterTable(table).dropColumn(name).execute();
      }
      for (const name of ["server", "method", "tool"])
        await db.schema.alterTable("requests").dropColumn(name).execute();
      await db.schema.dropTable("bodies").execute();
      await sql`delete from kysely_migration where name >= '008'`.execute(db);
      const texts = ["organization", "team", "user", "consumer", "key", "route", "surface", "provider", "target"];
      const at = Object.fromEntries([...texts, "model"].map((name) => [name, "x"]));
      const counts = ["requests", "failures", "estimated", "unpriced", "cost_nano_usd", "duration_ms"];
      const sums = Object.fromEntries([...counts, ...Object.values(tokenColumns)].map((name) => [name, 7]));
      await db
        .insertInto("usage_days")
        .values({ period: 1, ...at, ...sums } as never)
        .execute();
      const again = await openStore({ database });
      expect(await again.db.selectFrom("usage_days").selectAll().execute()).toHaveLength(1);
      const { requests, request_bytes } = await again.db.selectFrom("usage_days").selectAll().executeTakeFirstOrThrow();
      expect([toBigInt(requests), toBigInt(request_bytes)]).toEqual([7n, 0n]);
      expect(await again.db.selectFrom("tool_days").selectAll().execute()).toEqual([]);
      await again.close();
    });
  });

  test("a transaction that fails leaves nothing", async ({ skip }) => {
    if (kind === "postgres" && withoutPostgres) skip(withoutPostgres);
    await withStore("atomic", async ({ db }) => {
      const failing = db.transaction().execute(async (trx) => {
        await trx.insertInto("ledger_files").values(fileRow("a", 1n)).execute();
        throw new Error("on purpose");
      });
      await expect(failing).rejects.toThrow("on purpose");
      expect(await db.selectFrom("ledger_files").selectAll().execute()).toEqual([]);
    });
  });

  test("it opens again with what it held, and by two at the same time", async ({ skip }) => {
    if (kind === "postgres" && withoutPostgres) skip(withoutPostgres);
    await withStore("again", async ({ db }, database) => {
      await db.insertInto("ledger_files").values(fileRow("a", 1n)).execute();
      const others = await Promise.all([openStore({ database }), openStore({ database })]);
      for (const other of others) {
        expect(await other.db.selectFrom("ledger_files").select("fingerprint").execute()).toEqual([
          { fingerprint: "a" },
        ]);
        await other.close();
      }
    });
  });
});

test("a file of SQLite that was deleted under it is no longer current", async () => {
  const database = join(folder, "deleted.db");
  const store = await openStore({ database });
  expect(store.isCurrent).toBe(true);
  rmSync(database);
  expect(store.isCurrent).toBe(false);
  await store.close();
  expect(existsSync(database)).toBe(false);
});

test("what is no database is refused, and left as it is", async () => {
  await expect(openStore({ database: import.meta.filename })).rejects.toThrow("not a database");
});
