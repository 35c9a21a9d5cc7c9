// A key is deleted while a stream that it has begun runs on: the stream goes on to its end, the next request is
// refused, and the ledger, the limit and the provider agree on what both have used.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { CounterStatus } from "../control/src/counters/counter-status.ts";
import { openStore, type Store } from "../control/src/store/store.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send } from "./http-client.ts";

const kept = "wk-of-the-key-that-stays";
const deleted = "wk-of-the-key-that-is-deleted";

const configuration = (keys: string): string => `${gatewayBlock}
ledger: {}
consumers: [{ name: ada, keys: [{ name: first, key: ${kept} }${keys}] }]
providers: [{ name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }]
routes: [{ name: all, targets: [{ provider: alpha }] }]
limits: [{ name: each, match: { consumer: "*" }, windows: [{ unit: totalTokens, limit: 1000000, per: week }] }]
`;

let gateway: Gateway;
let store: Store;
beforeAll(async () => {
  gateway = await startGateway(configuration(`, { name: second, key: ${deleted} }`));
  store = await vi.waitFor(() => openStore({ database: join(gateway.stateFolder, "ledger.db") }), 5_000);
});
afterAll(async () => {
  await store?.close();
  await gateway?.stop();
});

const requestOf = (key: string, id: string, more: object = {}, headers: Record<string, string> = {}) => ({
  path: "/v1/chat/completions",
  json: { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], ...more },
  headers: { authorization: `Bearer ${key}`, "x-request-id": id, ...headers },
});

test("in the midst of a stream: what it has used counts, whole and once", { timeout: 60_000 }, async () => {
  const [before, streamed, refused] = [randomUUID(), randomUUID(), randomUUID()];
  const whole = await send(gateway.url, requestOf(kept, before));
  const more = { stream: true, stream_options: { include_usage: true } };
  const slow = { "x-simulate": "words-60, chunk-delay-50" };
  const stream = await open(gateway.url, requestOf(deleted, streamed, more, slow));
  await stream.seen("simulated-2");
  await gateway.configure(configuration(""));
  expect(await send(gateway.url, requestOf(deleted, refused))).toMatchObject({ status: 401 });
  const answer = await stream.whole;
  expect(answer).toMatchObject({ status: 200, complete: true });
  const told = [whole.json, ...answer.events].map((event) => usageOf(event)).reduce((a, b) => a + b, 0);
  expect(told).toBeGreaterThan(60);
  await vi.waitFor(
    async () => {
      const rows = await store.db.selectFrom("requests").selectAll().execute();
      const byId = new Map(rows.map((row) => [row.request_id, row]));
      expect([...byId.keys()].sort()).toEqual([before, streamed, refused].sort());
      expect(byId.get(streamed)).toMatchObject({ key: "second", status: 200, usage_source: "reported", failure: "" });
      expect(byId.get(refused)).toMatchObject({ status: 401, input_tokens: null });
      expect(rows.reduce((sum, row) => sum + Number(row.input_tokens) + Number(row.output_tokens), 0)).toBe(told);
      expect(await counters()).toMatchObject([{ values: { consumer: "ada" }, underWay: 0, windows: [{ used: told }] }]);
    },
    { timeout: 10_000, interval: 200 },
  );
});

function usageOf(event: unknown): number {
  const { usage } = (event ?? {}) as { usage?: { total_tokens: number } | null };
  return usage?.total_tokens ?? 0;
}

async function counters(): Promise<CounterStatus[]> {
  const answer = await fetch(`${gateway.weir.controlUrl}/limits`);
  return ((await answer.json()) as { counters: CounterStatus[] }).counters;
}
