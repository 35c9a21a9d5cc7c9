// What was used, by any dimension and period, from the sums.
import { sql } from "kysely";
import { messageDimensionNames, toBigInt, type Schema, type UsageDimension } from "../store/schema.ts";
import type { Store } from "../store/store.ts";
import { dayMs, hourMs, periodOf, sumColumns, type SumColumn } from "./sums.ts";

export const buckets = ["hour", "day", "month"] as const;
export type Bucket = (typeof buckets)[number];

export interface UsageQuery {
  /** What to tell apart; none for the total. */
  by: UsageDimension[];
  /** Milliseconds since 1970. The hours that hold them count as a whole. */
  from: number;
  to: number;
  /** Null for the whole time together. UTC. */
  bucket: Bucket | null;
  /** Only what has these values. */
  where: Partial<Record<UsageDimension, string>>;
}

export interface UsageRow {
  /** When the bucket begins; null where there are none. */
  period: number | null;
  at: Partial<Record<UsageDimension, string>>;
  sums: Record<SumColumn, bigint>;
}

/** Why what is asked for cannot be told together; null where it can. */
export function usageProblem(asked: readonly string[]): string | null {
  const isBoth = asked.includes("tag") && isOfMessages(asked);
  return isBoth ? `${messageDimensionNames.join(", ")} cannot be told by tag` : null;
}

/** By time, then by cost and tokens, the most first. */
export async function queryUsage(store: Store, query: UsageQuery): Promise<UsageRow[]> {
  const rows = new Map<string, UsageRow>();
  for (const found of await select(store, query)) {
    const period = query.bucket === null ? null : bucketOf(Number(toBigInt(found["period"] ?? 0)), query.bucket);
    const at = Object.fromEntries(query.by.map((name) => [name, String(found[name])]));
    const key = JSON.stringify([period, ...Object.values(at)]);
    const row = rows.get(key) ?? { period, at, sums: zeros() };
    for (const column of sumColumns) row.sums[column] += toBigInt(found[column] ?? 0);
    rows.set(key, row);
  }
  return [...rows.values()].sort(byTimeAndCost);
}

type Found = Record<string, string | number | bigint>;

async function select({ db }: Store, { by, from, to, bucket, where }: UsageQuery): Promise<Found[]> {
  const asked = [...by, ...Object.keys(where)];
  const kind = asked.includes("tag") ? "tag" : isOfMessages(asked) ? "tool" : "usage";
  const table = tableFor({ from, to, bucket }, kind);
  const columns = [...(bucket === null ? [] : ["period"]), ...by];
  const conditions = Object.entries(where).map(([name, value]) => sql`and ${sql.ref(name)} = ${value}`);
  const named = columns.map((name) => sql.ref(name));
  const sums = sumColumns.map((column) => sql`sum(${sql.ref(column)}) as ${sql.ref(column)}`);
  const group = named.length > 0 ? sql`group by ${sql.join(named)}` : sql``;
  const { rows } = await sql<Found>`
    select ${sql.join([...named, ...sums])} from ${sql.table(table)}
    where period >= ${periodOf(from, hourMs)} and period < ${to} ${sql.join(conditions, sql` `)} ${group}
  `.execute(db);
  // Without a group SQL gives a row even for nothing.
  return rows.filter((row) => row["requests"] !== null);
}

/** Days where they are as exact: there are fewer of them, and they are kept for longer. */
function tableFor(
  { from, to, bucket }: Pick<UsageQuery, "from" | "to" | "bucket">,
  kind: "usage" | "tag" | "tool",
): keyof Schema {
  const isWholeDays = from % dayMs === 0 && to % dayMs === 0;
  return bucket !== "hour" && isWholeDays ? `${kind}_days` : `${kind}_hours`;
}

/** Whether only messages to MCP servers have what is asked for. */
export function isOfMessages(dimensions: readonly string[]): boolean {
  return messageDimensionNames.some((name) => dimensions.includes(name));
}

function bucketOf(period: number, bucket: Bucket): number {
  const date = new Date(period);
  if (bucket === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  return periodOf(period, bucket === "day" ? dayMs : hourMs);
}

function zeros(): Record<SumColumn, bigint> {
  return Object.fromEntries(sumColumns.map((column) => [column, 0n])) as Record<SumColumn, bigint>;
}

function byTimeAndCost(a: UsageRow, b: UsageRow): number {
  const { sums: left } = a;
  const { sums: right } = b;
  return (
    (a.period ?? 0) - (b.period ?? 0) ||
    compare(right.cost_nano_usd, left.cost_nano_usd) ||
    compare(right.input_tokens + right.output_tokens, left.input_tokens + left.output_tokens) ||
    compare(right.requests, left.requests) ||
    JSON.stringify(a.at).localeCompare(JSON.stringify(b.at))
  );
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
