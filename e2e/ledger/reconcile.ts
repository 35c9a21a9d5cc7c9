// The same tokens three ways: what the ledger has of each kind of request, what the limit has counted of it, and what
// the provider told. The limit is read as an operator reads it, at the control plane.
import type { CounterStatus } from "../../control/src/counters/counter-status.ts";
import type { Caller } from "../../control/src/limits/test/ask.ts";
import type { Store } from "../../control/src/store/store.ts";

export interface Sums {
  requests: number;
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  cachedTokens: number;
}

/** A limit that counts everything, each kind for itself, and refuses nothing. */
export const countingLimit = (amount: number): string => `
  - name: by-kind
    match: { headers: { x-kind: "*" } }
${countingWindows(amount)}`;

/** Of a limit that counts each unit for itself. */
export const countingWindows = (amount: number): string => `    windows:
${Object.keys(nothing)
  .map((unit) => `      - { unit: ${unit}, limit: ${amount}, per: month }`)
  .join("\n")}
      - { unit: concurrentRequests, limit: 100000 }
`;

const nothing: Sums = { requests: 0, inputTokens: 0, outputTokens: 0, totalTokens: 0, cachedTokens: 0 };

/** What the ledger has of the requests with these ids, by their kinds. */
export async function ledgerSums(store: Store, kindOf: Map<string, string>): Promise<Record<string, Sums>> {
  const rows = await store.db
    .selectFrom("requests")
    .select(["request_id", "input_tokens", "output_tokens", "cache_read_tokens", "response_code_details"])
    .execute();
  const sums: Record<string, Sums> = {};
  for (const row of rows) {
    const kind = kindOf.get(row.request_id);
    // What is refused since it cannot be counted is not.
    if (kind === undefined || row.response_code_details === "weir_limit_store_unreachable") continue;
    const sum = (sums[kind] ??= { ...nothing });
    const [input, output] = [Number(row.input_tokens ?? 0), Number(row.output_tokens ?? 0)];
    sum.requests++;
    sum.inputTokens += input;
    sum.outputTokens += output;
    sum.totalTokens += input + output;
    sum.cachedTokens += Number(row.cache_read_tokens ?? 0);
  }
  return sums;
}

export interface Counted {
  sums: Record<string, Sums>;
  underWay: number;
}

/** What a limit has counted, by kind; and how many requests are not settled. */
export async function limitSums(controlUrl: string, name = "by-kind"): Promise<Counted> {
  const { counters } = (await (await fetch(`${controlUrl}/limits`)).json()) as { counters: CounterStatus[] };
  const own = counters.filter(({ limit }) => limit === name);
  const sums = own.map(({ values, windows }): [string, Sums] => {
    const used = windows.filter(({ unit }) => unit in nothing).map(({ unit, used }) => [unit, used]);
    return [values["header x-kind"]!, Object.fromEntries(used) as Sums];
  });
  return { sums: Object.fromEntries(sums), underWay: own.reduce((sum, { underWay }) => sum + underWay, 0) };
}

/** As `limitSums`, of what Redis has counted, asked as an Envoy asks. */
export async function redisSums(caller: Caller, limit: string, kinds: string[]): Promise<Counted> {
  const max = 1_000_000_000_000;
  const counted: Counted = { sums: {}, underWay: 0 };
  for (const kind of kinds) {
    const of = { limit, counter: Buffer.from(kind).toString("base64"), hits: 0 };
    const windows = Object.keys(nothing).map((unit) => ({ ...of, window: `${unit}/month/calendar`, max }));
    const { rows } = await caller.ask(...windows, { ...of, window: "concurrentRequests", max });
    // Let through, time, wall, and four numbers for each window, of which the first is what is left.
    const used = [...windows.keys(), windows.length].map((window) => max - rows[0]![3 + 4 * window]!);
    counted.underWay += used.pop()!;
    const sum = Object.fromEntries(Object.keys(nothing).map((unit, i) => [unit, used[i]!]));
    counted.sums[kind] = sum as unknown as Sums;
  }
  return counted;
}
