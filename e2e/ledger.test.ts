// The ledger and a limit on a real Envoy: a random mix of requests, whole and streamed, good and failing, given up and
// answered by another target, with tokens told, untold and absurd, while the configuration changes. One record of each,
// and of each kind the same tokens in the ledger, in the limit, and where it tells them at the provider.
// LEDGER_REQUESTS and LEDGER_SEED make it shorter, and repeat it.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openStore, type Store } from "../control/src/store/store.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { kinds, ledgerConfiguration, send, type Sent } from "./ledger/mix.ts";
import { oddities, sendOddity, type SentOddity } from "./ledger/oddities.ts";
import { randomFrom } from "./ledger/random.ts";
import { startRestApi, type RestApi } from "./mcp/rest-api.ts";
import { ledgerSums, limitSums } from "./ledger/reconcile.ts";

const count = Number(process.env["LEDGER_REQUESTS"] ?? 10_000);
const seed = Number(process.env["LEDGER_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const clients = 32;
const amount = 1_000_000_000_000;

let gateway: Gateway;
let api: RestApi;
let store: Store;

const configurationOf = (limit: number): string => ledgerConfiguration(limit).replaceAll("@API@", api.url);

beforeAll(async () => {
  api = await startRestApi();
  gateway = await startGateway(configurationOf(amount), { E2E_KEY: "fake-key" });
  store = await vi.waitFor(() => openStore({ database: join(gateway.stateFolder, "ledger.db") }), 5_000);
});
afterAll(async () => {
  await store?.close();
  await gateway?.stop();
  await api?.close();
});

const kindOf = new Map<string, string>();
const all: Sent[] = [];
const odd = new Map<string, SentOddity>();

async function sendOne(kind: string, number: number, words: number): Promise<void> {
  if (!(kind in oddities)) {
    const sent = await send(gateway, { number, kind: kind as Sent["kind"], words });
    kindOf.set(sent.id, kind);
    return void all.push(sent);
  }
  const id = randomUUID();
  kindOf.set(id, kind);
  const headers = { "x-request-id": id, "x-kind": kind, "anthropic-version": "2023-06-01" };
  const text = `Say ${"this and that ".repeat(words)}${number % 7}`;
  const urls = { url: gateway.url, simulatorUrl: gateway.simulator.url };
  odd.set(id, await sendOddity(urls, { kind, text, number, headers }));
}

const sourceName = (source: SentOddity["source"]): string => (source === "none" ? "" : source);

/** Another configuration every now and then, in the middle of whatever is under way. */
async function changeConfiguration(over: AbortSignal): Promise<number> {
  let changes = 0;
  for (; !over.aborted; changes++) {
    await pause(1_500);
    await gateway.configure(configurationOf(amount + (changes % 3)));
  }
  return changes;
}

const idOf = ({ request_id }: { request_id: string }): string => request_id;

/** Whoever leaves soon may have left before Envoy had the request. */
const mayBeGone = (kind: string): boolean => typeof oddities[kind]?.leaves === "number";

async function settled(): Promise<void> {
  await vi.waitFor(
    async () => {
      const ids = new Set((await store.db.selectFrom("requests").select("request_id").execute()).map(idOf));
      const missing = [...kindOf].filter(([id, kind]) => !ids.has(id) && !mayBeGone(kind));
      if (missing.length > 0) throw new Error(`Not recorded: ${missing.length} ${missing[0]} ${gateway.output()}`);
      // What no route is for is no limit's.
      const { "not found": _, ...recorded } = await ledgerSums(store, kindOf);
      const { sums, underWay } = await limitSums(gateway.weir.controlUrl);
      expect(underWay).toBe(0);
      expect(sums).toEqual(recorded);
    },
    { timeout: 30_000, interval: 500 },
  );
}

test(`${count} requests, each recorded once, to the token (LEDGER_SEED=${seed})`, { timeout: 900_000 }, async () => {
  console.log(`LEDGER_SEED=${seed} LEDGER_REQUESTS=${count}`);
  const random = randomFrom(seed);
  const everyKind = [...kinds, ...Object.keys(oddities)];
  const plan = Array.from({ length: count }, (_, number) => ({
    number,
    kind: random.pick(everyKind),
    words: random.below(40) + 1,
  }));
  const work = plan.values();
  const client = async (): Promise<void> => {
    for (const { kind, number, words } of work) await sendOne(kind, number, words);
  };
  const over = new AbortController();
  const changing = changeConfiguration(over.signal);
  await Promise.all(Array.from({ length: clients }, client)).finally(() => over.abort());
  expect(await changing).toBeGreaterThan(0);
  await settled();
  const rows = await store.db.selectFrom("requests").selectAll().execute();
  const byId = new Map(rows.map((row) => [row.request_id, row]));
  expect(byId.size).toBe(rows.length);
  expect(rows.length).toBeGreaterThan(count * 0.9);
  for (const sent of all) expect(byId.get(sent.id), sent.kind).toMatchObject(sent.expected);
  const wrong = [...odd].flatMap(([id, { source, told }]) => {
    const row = byId.get(id);
    if (!row || source === "unknown") return [];
    const tokens = [row.input_tokens, row.output_tokens ?? 0];
    const isRight = row.usage_source === sourceName(source) && (!told || String(tokens) === String(told));
    return isRight ? [] : [{ kind: kindOf.get(id), source: row.usage_source, tokens, told, stream: row.stream }];
  });
  expect(wrong).toEqual([]);
});
