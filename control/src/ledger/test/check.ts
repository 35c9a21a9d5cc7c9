// What must hold of a ledger whatever has happened to it.
import { sql } from "kysely";
import { expect } from "vitest";
import { toBigInt } from "../../store/schema.ts";
import type { Store } from "../../store/store.ts";
import { sumColumns } from "../sums.ts";
import { plainCost } from "./lines.ts";

/** Requests whose id begins so. */
export async function recorded(store: Store): Promise<string[]> {
  const rows = await store.db.selectFrom("requests").select("id").execute();
  return rows.map(({ id }) => id);
}

/** The sums are those of the requests, to the token, and each request has its attempts and its body. */
export async function expectConsistent({ db }: Store, count: number): Promise<void> {
  const total = await db
    .selectFrom("requests")
    .select(({ fn }) => [fn.countAll<string>().as("requests"), fn.sum<string>("cost_nano_usd").as("cost")])
    .executeTakeFirstOrThrow();
  const { attempts } = await db
    .selectFrom("attempts")
    .select(({ fn }) => fn.countAll<string>().as("attempts"))
    .executeTakeFirstOrThrow();
  expect(Number(total.requests)).toBe(count);
  expect(toBigInt(total.cost)).toBe(BigInt(count) * plainCost);
  expect(Number(attempts)).toBe(count);
  const { bodies } = await db
    .selectFrom("bodies")
    .select(({ fn }) => fn.countAll<string>().as("bodies"))
    .executeTakeFirstOrThrow();
  expect(Number(bodies)).toBe(count);
  for (const table of ["usage_hours", "usage_days"]) {
    const columns = sumColumns.map((column) => sql`coalesce(sum(${sql.ref(column)}), 0) as ${sql.ref(column)}`);
    const { rows } = await sql<Record<string, string>>`select ${sql.join(columns)} from ${sql.table(table)}`.execute(
      db,
    );
    const sums = Object.fromEntries(Object.entries(rows[0]!).map(([name, sum]) => [name, toBigInt(sum)]));
    const each = {
      requests: 1n,
      input_tokens: 1000n,
      output_tokens: 200n,
      cache_read_tokens: 400n,
      cost_nano_usd: plainCost,
    };
    for (const [name, value] of Object.entries(each))
      expect(sums[name], `${table}.${name}`).toBe(value * BigInt(count));
  }
}
