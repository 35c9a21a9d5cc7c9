// Sums by hour and day, kept up as requests come in: what is asked for most is never added up again.
import { sql, type Insertable, type Transaction } from "kysely";
import {
  dimensionNames,
  tokenColumns,
  type Dimensions,
  type RequestTable,
  type Schema,
  type TokenColumn,
  type UsageTable,
} from "../store/schema.ts";

const tokens = Object.values(tokenColumns);

export const sumColumns = [
  "requests",
  "failures",
  "estimated",
  "unpriced",
  ...tokens,
  "cost_nano_usd",
  "duration_ms",
] as const satisfies (keyof UsageTable)[];
export type SumColumn = (typeof sumColumns)[number];

type Sums = Record<SumColumn, bigint>;

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
const periods = { usage_hours: hourMs, usage_days: dayMs } as const;

/** PostgreSQL takes 65,535 parameters in a statement, SQLite half of it. */
const rowsMax = 500;

export async function addToSums(trx: Transaction<Schema>, requests: Insertable<RequestTable>[]): Promise<void> {
  for (const [table, ms] of Object.entries(periods)) {
    const rows = sumUp(requests, ms);
    for (let at = 0; at < rows.length; at += rowsMax) {
      await upsert(trx, table as keyof typeof periods, rows.slice(at, at + rowsMax));
    }
  }
}

function sumUp(requests: Insertable<RequestTable>[], ms: number): Insertable<UsageTable>[] {
  const sums = new Map<string, { at: Dimensions & { period: number }; sums: Sums }>();
  for (const request of requests) {
    const at = { period: periodOf(Number(request.started_at), ms), ...dimensionsOf(request) };
    const key = JSON.stringify(Object.values(at));
    const known = sums.get(key) ?? { at, sums: zeros() };
    add(known.sums, request);
    sums.set(key, known);
  }
  // Two who write must meet the rows in one order, or each would wait for the other.
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { at, sums }]) => ({ ...at, ...sums }));
}

/** When the hour or day of a time begins, in UTC. */
export function periodOf(time: number, ms: number): number {
  return Math.floor(time / ms) * ms;
}

function dimensionsOf(request: Insertable<RequestTable>): Dimensions {
  return Object.fromEntries(dimensionNames.map((name) => [name, request[name]])) as unknown as Dimensions;
}

function zeros(): Sums {
  return Object.fromEntries(sumColumns.map((column) => [column, 0n])) as Sums;
}

function add(sums: Sums, request: Insertable<RequestTable>): void {
  sums.requests += 1n;
  if (isFailure(request)) sums.failures += 1n;
  if (request.usage_source === "estimated") sums.estimated += 1n;
  if (request.usage_source !== "" && request.priced === 0) sums.unpriced += 1n;
  for (const column of [...tokens, "cost_nano_usd", "duration_ms"] as const)
    sums[column] += BigInt(request[column] ?? 0);
}

function isFailure({ status, failure, client_gone }: Insertable<RequestTable>): boolean {
  return status >= 400 || failure !== "" || (status === 0 && client_gone === 0);
}

async function upsert(
  trx: Transaction<Schema>,
  table: keyof typeof periods,
  rows: Insertable<UsageTable>[],
): Promise<void> {
  const sum = (column: SumColumn | TokenColumn) =>
    sql<number>`${sql.ref(`${table}.${column}`)} + ${sql.ref(`excluded.${column}`)}`;
  const added = Object.fromEntries(sumColumns.map((column) => [column, sum(column)]));
  await trx
    .insertInto(table)
    .values(rows)
    .onConflict((conflict) => conflict.columns(["period", ...dimensionNames]).doUpdateSet(added))
    .execute();
}
