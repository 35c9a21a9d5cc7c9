// Usage as a table for people, and as CSV and JSON for programs. Money is exact: every digit of the nano-dollar.
import { tokenColumns, type UsageDimension } from "../store/schema.ts";
import { isOfMessages, type Bucket, type UsageQuery, type UsageRow } from "./query.ts";

export const usageFormats = ["table", "csv", "json"] as const;
export type UsageFormat = (typeof usageFormats)[number];

type Shown = Pick<UsageQuery, "by" | "bucket" | "from" | "to">;

export function formatUsage(rows: UsageRow[], query: Shown, format: UsageFormat): string {
  if (format === "json")
    return JSON.stringify({ from: iso(query.from), to: iso(query.to), rows: rows.map(toJson) }, null, 2);
  return format === "csv" ? toCsv(rows, query) : toTable(rows, query);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

const digitsOfNano = 9;

/** `0.001234567`: dollars, without zeros at the end, with two digits at least. */
export function formatUsd(nanos: bigint): string {
  const digits = nanos.toString().padStart(digitsOfNano + 1, "0");
  const fraction = digits.slice(-digitsOfNano).replace(/0+$/, "");
  return `${digits.slice(0, -digitsOfNano)}.${fraction.padEnd(2, "0")}`;
}

/** What programs get of a row. Tokens are numbers; money is a text, for a floating-point number is no place for it. */
function toJson({ period, at, sums }: UsageRow): Record<string, unknown> {
  const tokens = Object.entries(tokenColumns).map(([kind, column]) => [`${kind}Tokens`, Number(sums[column])]);
  return {
    ...(period !== null && { period: iso(period) }),
    ...at,
    requests: Number(sums.requests),
    failures: Number(sums.failures),
    estimated: Number(sums.estimated),
    unpriced: Number(sums.unpriced),
    ...(Object.fromEntries(tokens) as Record<string, number>),
    requestBytes: Number(sums.request_bytes),
    responseBytes: Number(sums.response_bytes),
    costUsd: formatUsd(sums.cost_nano_usd),
  };
}

function toCsv(rows: UsageRow[], { by, bucket }: Shown): string {
  const kinds = Object.keys(tokenColumns).map((kind) => `${kind}Tokens`);
  const sums = ["requests", "failures", "estimated", "unpriced", ...kinds, "requestBytes", "responseBytes", "costUsd"];
  const columns = [...(bucket === null ? [] : ["period"]), ...by, ...sums];
  const lines = rows.map((row) => {
    const json = toJson(row);
    return columns.map((column) => csvCell(String(json[column] ?? ""))).join(",");
  });
  return [columns.join(","), ...lines].join("\r\n");
}

/** https://www.rfc-editor.org/rfc/rfc4180; a spreadsheet must not take a name that a client made up for a formula. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const shownDigits = 4;
const smallestShown = 100_000n;

function toTable(rows: UsageRow[], { by, bucket }: Shown): string {
  if (rows.length === 0) return "Nothing was used in this time";
  const total = rows.map(({ sums }) => sums);
  const has = (column: "unpriced" | "estimated" | "failures"): boolean => total.some((sums) => sums[column] > 0n);
  const flags = (["failures", "estimated", "unpriced"] as const).filter(has);
  // Messages to MCP servers have no tokens.
  const isSized = isOfMessages(by);
  const used = isSized ? ["received", "sent"] : ["input", "cached", "output", "cost"];
  const names = ["requests", ...flags, ...used];
  const headings = [...(bucket === null ? [] : [bucket]), ...by, ...names].map((name) => name.toUpperCase());
  const lines = rows.map(({ period, at, sums }) => [
    ...(bucket === null ? [] : [periodText(period ?? 0, bucket)]),
    ...by.map((name) => dimensionText(at, name)),
    ...[sums.requests, ...flags.map((flag) => sums[flag])].map(grouped),
    ...(isSized ? [sums.request_bytes, sums.response_bytes].map(grouped) : tokensOf(sums)),
  ]);
  return align([headings, ...lines], headings.length - names.length);
}

function tokensOf(sums: UsageRow["sums"]): string[] {
  const counts = [sums.input_tokens, sums.cache_read_tokens, sums.output_tokens];
  return [...counts.map(grouped), costText(sums.cost_nano_usd, sums.unpriced)];
}

function dimensionText(at: UsageRow["at"], name: UsageDimension): string {
  return at[name] === "" || at[name] === undefined ? "-" : at[name].replaceAll(/\p{Cc}/gu, "?");
}

function periodText(period: number, bucket: Bucket): string {
  const text = iso(period);
  return { hour: `${text.slice(0, 13).replace("T", " ")}h`, day: text.slice(0, 10), month: text.slice(0, 7) }[bucket];
}

function grouped(count: bigint): string {
  return count.toLocaleString("en-US");
}

/** At least so much where some of it has no known price. */
function costText(nanos: bigint, unpriced: bigint): string {
  if (nanos > 0n && nanos < smallestShown) return unpriced > 0n ? "<$0.0001 +?" : "<$0.0001";
  const [whole = "0", fraction = ""] = formatUsd(nanos).split(".");
  const shown = `$${grouped(BigInt(whole))}.${fraction.slice(0, shownDigits).padEnd(2, "0")}`;
  return unpriced > 0n ? `${shown} +?` : shown;
}

function align(rows: string[][], texts: number): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const pad = (cell: string, column: number): string =>
    column < texts ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  return rows.map((cells) => cells.map(pad).join("  ").trimEnd()).join("\n");
}
