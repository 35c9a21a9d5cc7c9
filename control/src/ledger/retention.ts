// Deletes what has become too old, a little at a time: others want to write meanwhile.
import { sql, type Kysely } from "kysely";
import type { Retention } from "../model/ledger.ts";
import type { Schema } from "../store/schema.ts";
import type { Store } from "../store/store.ts";
import { dayMs, hourMs, periodOf } from "./sums.ts";

const rowsAtOnce = 2_000;

/** Gives how many requests were deleted. */
export async function deleteOld(
  { db }: Store,
  { requestsMs, hoursMs, daysMs, bodiesMs }: Retention,
  now: number,
): Promise<number> {
  let requests = 0;
  const ages = [bodiesMs, requestsMs].filter((age) => age > 0);
  if (ages.length > 0) await deleteBefore(db, { table: "bodies", column: "started_at" }, now - Math.min(...ages));
  if (requestsMs > 0) {
    await deleteBefore(db, { table: "attempts", column: "requested_at" }, now - requestsMs);
    requests = await deleteBefore(db, { table: "requests", column: "started_at" }, now - requestsMs);
  }
  // A period is old when its end is.
  for (const table of ["usage_hours", "tag_hours", "tool_hours"] as const) {
    if (hoursMs > 0) await deletePeriods(db, table, periodOf(now - hoursMs, hourMs));
  }
  for (const table of ["usage_days", "tag_days", "tool_days"] as const) {
    if (daysMs > 0) await deletePeriods(db, table, periodOf(now - daysMs, dayMs));
  }
  return requests;
}

async function deletePeriods(
  db: Kysely<Schema>,
  table: `${"usage" | "tag" | "tool"}_${"hours" | "days"}`,
  before: number,
): Promise<void> {
  await sql`delete from ${sql.table(table)} where period < ${before}`.execute(db);
}

interface Aged {
  table: "requests" | "attempts" | "bodies";
  column: "started_at" | "requested_at";
}

async function deleteBefore(db: Kysely<Schema>, { table, column }: Aged, before: number): Promise<number> {
  const key = sql.raw(table === "requests" ? "id" : "request");
  const oldest = sql`select ${key} from ${sql.table(table)} where ${sql.ref(column)} < ${before} limit ${rowsAtOnce}`;
  for (let total = 0; ;) {
    const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)} where ${key} in (${oldest})`.execute(db);
    total += Number(numAffectedRows);
    if (numAffectedRows === 0n) return total;
  }
}
