// The same tokens three ways: what the ledger has of each kind of request, what the limit has counted of it, and what
// the provider told. The limit is read as an operator reads it, at the control plane.
import type { CounterStatus } from "../../control/src/counters/counter-status.ts";
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
    windows:
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
    .select(["request_id", "input_tokens", "output_tokens", "cache_read_tokens"])
    .execute();
  const sums: Record<string, Sums> = {};
  for (const row of rows) {
    const kind = kindOf.get(row.request_id);
    if (kind === undefined) continue;
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

/** What the limit has counted, by kind; and how many requests are not settled. */
export async function limitSums(controlUrl: string): Promise<{ sums: Record<string, Sums>; underWay: number }> {
  const { counters } = (await (await fetch(`${controlUrl}/limits`)).json()) as { counters: CounterStatus[] };
  const own = counters.filter(({ limit }) => limit === "by-kind");
  const sums = own.map(({ values, windows }): [string, Sums] => {
    const used = windows.filter(({ unit }) => unit in nothing).map(({ unit, used }) => [unit, used]);
    return [values["header x-kind"]!, Object.fromEntries(used) as Sums];
  });
  return { sums: Object.fromEntries(sums), underWay: own.reduce((sum, { underWay }) => sum + underWay, 0) };
}
