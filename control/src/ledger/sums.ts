// Sums by hour and day, kept up as requests come in: what is asked for most is never added up again.
import { sql, type Insertable, type Transaction } from "kysely";
import {
  dimensionNames,
  messageDimensionNames,
  tokenColumns,
  type Dimensions,
  type MessageDimensions,
  type RequestTable,
  type Schema,
  type TokenColumn,
  type UsageTable,
} from "../store/schema.ts";
import { tagsOf } from "./tags.ts";

const tokens = Object.values(tokenColumns);

export const sumColumns = [
  "requests",
  "failures",
  "estimated",
  "unpriced",
  ...tokens,
  "cost_nano_usd",
  "duration_ms",
  "request_bytes",
  "response_bytes",
] as const satisfies (keyof UsageTable)[];
export type SumColumn = (typeof sumColumns)[number];

type Sums = Record<SumColumn, bigint>;

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** What a request counts for in a table: once for each of these. */
type Share = { tag?: string } & Partial<MessageDimensions>;

interface SumTable {
  ms: number;
  /** Dimensions besides those of every request. */
  more: readonly (keyof Share)[];
  sharesOf: (request: Insertable<RequestTable>) => Share[];
}

const asOne = { more: [], sharesOf: () => [{}] };
const byTag = { more: ["tag"], sharesOf: tagShares } as const;
const byTool = { more: messageDimensionNames, sharesOf: toolShares };
const tables = {
  usage_hours: { ms: hourMs, ...asOne },
  usage_days: { ms: dayMs, ...asOne },
  tag_hours: { ms: hourMs, ...byTag },
  tag_days: { ms: dayMs, ...byTag },
  tool_hours: { ms: hourMs, ...byTool },
  tool_days: { ms: dayMs, ...byTool },
} satisfies Record<string, SumTable>;
type Table = keyof typeof tables;

/** PostgreSQL takes 65,535 parameters in a statement, SQLite half of it. */
const rowsMax = 500;

export async function addToSums(trx: Transaction<Schema>, requests: Insertable<RequestTable>[]): Promise<void> {
  for (const [table, { ms, sharesOf }] of Object.entries<SumTable>(tables)) {
    const counted = requests.flatMap((request) => sharesOf(request).map((share) => ({ request, share })));
    const rows = sumUp(counted, ms);
    for (let at = 0; at < rows.length; at += rowsMax) {
      await upsert(trx, table as Table, rows.slice(at, at + rowsMax));
    }
  }
}

interface Counted {
  request: Insertable<RequestTable>;
  share: Share;
}

/** A request counts for each of its tags. */
function tagShares(request: Insertable<RequestTable>): Share[] {
  return tagsOf({ tags: request.tags ?? "" }).map((tag) => ({ tag }));
}

/** Only what was asked of an MCP server counts. */
function toolShares({ server = "", method = "", tool = "" }: Insertable<RequestTable>): Share[] {
  return server === "" ? [] : [{ server, method, tool }];
}

function sumUp(counted: Counted[], ms: number): Insertable<UsageTable>[] {
  const sums = new Map<string, { at: Dimensions & Share & { period: number }; sums: Sums }>();
  for (const { request, share } of counted) {
    const period = periodOf(Number(request.started_at), ms);
    const at = { period, ...dimensionsOf(request), ...share };
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
  for (const column of [...tokens, "cost_nano_usd", "duration_ms", "request_bytes", "response_bytes"] as const)
    sums[column] += BigInt(request[column] ?? 0);
}

function isFailure({ status, failure, client_gone }: Insertable<RequestTable>): boolean {
  return status >= 400 || failure !== "" || (status === 0 && client_gone === 0);
}

async function upsert(trx: Transaction<Schema>, table: Table, rows: Insertable<UsageTable>[]): Promise<void> {
  const sum = (column: SumColumn | TokenColumn) =>
    sql<number>`${sql.ref(`${table}.${column}`)} + ${sql.ref(`excluded.${column}`)}`;
  const added = Object.fromEntries(sumColumns.map((column) => [column, sum(column)]));
  const key = ["period", ...dimensionNames, ...tables[table].more];
  await trx
    // The rows have the dimensions that the table has.
    .insertInto(table as "usage_hours")
    .values(rows)
    .onConflict((conflict) => conflict.columns(key as (keyof UsageTable)[]).doUpdateSet(added))
    .execute();
}
