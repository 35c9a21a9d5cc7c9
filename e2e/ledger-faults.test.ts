// Two Envoys that count limits in one Redis, each by a `weir limits` of its own, with ledgers in PostgreSQL and SQLite,
// while all of these go down, hang, lose their lines and come again: the requests of ledger.test.ts, and still of each
// kind the same tokens at the provider, in the ledgers and in the limits. LEDGER_REQUESTS and LEDGER_SEED make it
// shorter, and repeat its requests.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { callerOf, type Caller } from "../control/src/limits/test/ask.ts";
import { CutLine } from "../envoy/test/cut-line.ts";
import { Redis, redisBinary } from "../control/src/limits/test/redis.ts";
import { TestPostgres, whyNoPostgres } from "../control/src/store/test/postgres.ts";
import { openStore, type Store } from "../control/src/store/store.ts";
import { freePort } from "../envoy/test/ports.ts";
import { weir, type TestProcess } from "./child-process.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { causeFaults, type Faulty } from "./ledger/faults.ts";
import { kinds, modelsAndRoutes, send, type Sent } from "./ledger/mix.ts";
import { oddities, sendOddity, type SentOddity } from "./ledger/oddities.ts";
import { randomFrom } from "./ledger/random.ts";
import { countingWindows, ledgerSums, limitSums, redisSums, type Sums } from "./ledger/reconcile.ts";
import { startRestApi, type RestApi } from "./mcp/rest-api.ts";

const count = Number(process.env["LEDGER_REQUESTS"] ?? 10_000);
const seed = Number(process.env["LEDGER_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const clients = 64;
const amount = 1_000_000_000_000;
const unreachable = "weir_limit_store_unreachable";
const withoutPostgres = whyNoPostgres();
if (withoutPostgres) console.warn(`Both ledgers are in SQLite: ${withoutPostgres}`);

/** `closed` counts in Redis or refuses; `local` counts in Envoy what it cannot count there. */
const stores = ["closed", "local"] as const;
type StoreName = (typeof stores)[number];

const limitsAt = (limit: number): string =>
  stores
    .map((store) => {
      const match = `match: { headers: { x-kind: "*", x-store: ${store} } }`;
      return `  - { name: ${store}, ${match}, onStoreFailure: ${store}, windows: [${windowsAt(limit)}] }\n`;
    })
    .join("");
/** In one line. */
const windowsAt = (limit: number): string =>
  countingWindows(limit)
    .split("\n")
    .flatMap((line) => (line.includes("- {") ? [line.replace(/^\s*- /, "")] : []))
    .join(", ");

interface Side {
  line: CutLine;
  port: number;
  service: TestProcess;
  gateway: Gateway;
  caller: Caller;
  /** The ledger, straight. */
  store: Store;
}

const sides: Side[] = [];
let redis: Redis;
let api: RestApi;
let postgres: Faulty["postgres"] = null;

const configurationOf = ({ port }: { port: number }, database: string | null, limit = amount): string =>
  `${gatewayBlock}  limitService: { address: "127.0.0.1:${port}", timeout: 1s, domain: test }
ledger: ${database ? `{ database: "${database}" }` : "{}"}
limits:
${limitsAt(limit)}${modelsAndRoutes}`.replaceAll("@API@", api.url);

function startService(line: CutLine, port: number): TestProcess {
  return weir(["limits", "--redis", line.url, "--redis-timeout", "800", "--listen", `127.0.0.1:${port}`]);
}

async function startSide(number: number): Promise<Side> {
  const [line, port] = [await CutLine.to(redis.url), await freePort()];
  const service = startService(line, port);
  await service.said(/Counting limits at/);
  const database = number === 0 && postgres ? postgres.line.url : null;
  const gateway = await startGateway(configurationOf({ port }, database), { E2E_KEY: "fake-key" });
  const straight = database ? postgres!.url : join(gateway.stateFolder, "ledger.db");
  const store = await vi.waitFor(() => openStore({ database: straight }), 10_000);
  return { line, port, service, gateway, caller: callerOf(port), store };
}

async function restartService(number: number, downMs: number): Promise<void> {
  const side = sides[number]!;
  side.service.signal("SIGKILL");
  await side.service.exited;
  await pause(downMs);
  side.service = startService(side.line, side.port);
  await side.service.said(/Counting limits at/, 60_000);
}

let changes = 0;
async function configure(number: number): Promise<void> {
  const side = sides[number]!;
  const database = number === 0 && postgres ? postgres.line.url : null;
  await side.gateway.configure(configurationOf(side, database, amount - (++changes % 3)));
}

interface Told {
  kind: string;
  store: StoreName;
  side: number;
  expected: Record<string, unknown>;
}

const told = new Map<string, Told>();

async function sendOne(planned: { number: number; kind: string; words: number; store: StoreName }): Promise<void> {
  const { number, kind, words, store } = planned;
  const side = number % sides.length;
  const { gateway } = sides[side]!;
  if (!(kind in oddities)) {
    const headers = { "x-store": store };
    const sent = await send(gateway, { number, kind: kind as Sent["kind"], words, headers });
    return void told.set(sent.id, { kind, store, side, expected: sent.expected });
  }
  const id = randomUUID();
  const headers = { "x-request-id": id, "x-kind": kind, "x-store": store, "anthropic-version": "2023-06-01" };
  const text = `Say ${"this and that ".repeat(words)}${number % 7}`;
  const urls = { url: gateway.url, simulatorUrl: gateway.simulator.url };
  told.set(id, { kind, store, side, expected: {} });
  const sent = await sendOddity(urls, { kind, text, number, headers });
  told.set(id, { kind, store, side, expected: expectedOf(sent) });
}

function expectedOf({ source, told: tokens }: SentOddity): Record<string, unknown> {
  if (source === "unknown") return {};
  const usage = { usage_source: source === "none" ? "" : source };
  if (!tokens) return usage;
  // What has no output is null in one place, and 0 in the other.
  return { ...usage, input_tokens: tokens[0], ...(tokens[1] > 0 && { output_tokens: tokens[1] }) };
}

type SumsByKind = Record<string, Sums>;

/** Whoever leaves soon may have left before Envoy had the request, or before it was let through. */
const mayBeGone = (kind: string): boolean => typeof oddities[kind]?.leaves === "number";

function added(all: SumsByKind[]): SumsByKind {
  const sums: SumsByKind = {};
  for (const [kind, sum] of all.flatMap((one) => Object.entries(one))) {
    const former = sums[kind] ?? { requests: 0, inputTokens: 0, outputTokens: 0, totalTokens: 0, cachedTokens: 0 };
    sums[kind] = Object.fromEntries(
      Object.entries(sum).map(([unit, used]) => [unit, Number(used) + former[unit as keyof Sums]]),
    ) as unknown as Sums;
  }
  for (const [kind, sum] of Object.entries(sums)) if (mayBeGone(kind)) sum.requests = 0;
  return sums;
}

async function recorded(store: StoreName): Promise<SumsByKind> {
  const kindOf = new Map([...told].flatMap(([id, one]) => (one.store === store ? [[id, one.kind]] : [])));
  return added(await Promise.all(sides.map((side) => ledgerSums(side.store, kindOf))));
}

async function counted(store: StoreName): Promise<{ sums: SumsByKind; underWay: number }> {
  const kindNames = [...new Set([...told.values()].map(({ kind }) => kind))];
  const inEnvoys = await Promise.all(sides.map(({ gateway }) => limitSums(gateway.weir.controlUrl, store)));
  const all = [await redisSums(sides[0]!.caller, store, kindNames), ...inEnvoys];
  return {
    sums: added(all.map(({ sums }) => sums)),
    underWay: all.reduce((sum, { underWay }) => sum + underWay, 0),
  };
}

async function rowsById() {
  const rows = await Promise.all(sides.map(({ store }) => store.db.selectFrom("requests").selectAll().execute()));
  return rows.map((of) => new Map(of.map((row) => [row.request_id, row])));
}

async function settled(): Promise<void> {
  await vi.waitFor(
    async () => {
      const ids = (await rowsById()).map((rows) => new Set(rows.keys()));
      const missing = [...told].filter(([id, { side, kind }]) => !ids[side]!.has(id) && !mayBeGone(kind));
      expect(missing.slice(0, 3)).toEqual([]);
      for (const store of stores) {
        // What no route is for is no limit's.
        const { "not found": _, ...ledgers } = await recorded(store);
        const { sums, underWay } = await counted(store);
        const { "not found": __, ...limits } = sums;
        expect(limits, store).toEqual(ledgers);
        expect(underWay, store).toBe(0);
      }
    },
    { timeout: 120_000, interval: 1_000 },
  );
}

/** What Redis still has of reservations: those that are open, and those of which something had to be told again. */
async function reservations(): Promise<{ open: number; over: number }> {
  const { createClient } = await import("@redis/client");
  const client = await createClient({ url: redis.url }).connect();
  const keys = await client.keys("{weir:test}:open:*");
  const values = keys.length > 0 ? await client.mGet(keys) : [];
  client.destroy();
  const over = values.filter((value) => value === "over").length;
  return { open: values.length - over, over };
}

describe.skipIf(redisBinary === null)("a fleet in which everything fails", () => {
  beforeAll(async () => {
    [redis, api] = [await Redis.start(), await startRestApi()];
    if (!withoutPostgres) {
      const server = await TestPostgres.start();
      const url = await server.database("ledger");
      postgres = { server, url, line: await CutLine.to(url) };
    }
    for (let number = 0; number < 2; number++) sides.push(await startSide(number));
  });
  afterAll(async () => {
    for (const { gateway, service, store, line } of sides) {
      await store.close();
      await gateway.stop();
      await service.stop();
      await line.close();
    }
    await postgres?.line.close();
    await postgres?.server.stop();
    await redis?.remove();
    await api?.close();
  });

  test(`${count} requests, to the token (LEDGER_SEED=${seed})`, { timeout: 900_000 }, async () => {
    const random = randomFrom(seed);
    const everyKind = [...kinds, ...Object.keys(oddities)];
    const plan = Array.from({ length: count }, (_, number) => ({
      number,
      kind: random.pick(everyKind),
      words: random.below(40) + 1,
      store: random.pick(stores),
    }));
    const work = plan.values();
    const client = async (): Promise<void> => {
      // Refused at once there would be none left while something is down.
      for (const planned of work) await Promise.all([sendOne(planned), pause(60)]);
    };
    const over = new AbortController();
    const lines = sides.map(({ line }) => line);
    const causing = causeFaults({ redis, lines, restartService, configure, postgres }, random, over.signal);
    const asking = Promise.all(Array.from({ length: clients }, client)).finally(() => over.abort());
    const [faults] = await Promise.all([causing, asking]);
    await settled();
    const rows = await rowsById();
    const all = rows.flatMap((of) => [...of.values()]);
    const isRefused = (row: { response_code_details: string } | undefined) =>
      row?.response_code_details === unreachable;
    const { over: repeated, open } = await reservations();
    const refused = all.filter(isRefused).length;
    console.log(`LEDGER_SEED=${seed} LEDGER_REQUESTS=${count}`, { refused, repeated, ...faults });
    for (const [id, { side, expected, kind }] of told) {
      const row = rows[side]!.get(id);
      if (row && !isRefused(row)) expect(row, kind).toMatchObject(numbers(expected, row));
    }
    expect(open).toBe(0);
    expect(repeated).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
    expect(all.length - refused).toBeGreaterThan(count / 2);
  });
});

/** PostgreSQL gives large whole numbers as texts. */
function numbers(expected: Record<string, unknown>, row: object): Record<string, unknown> {
  const isText = (name: string): boolean => typeof (row as Record<string, unknown>)[name] === "string";
  return Object.fromEntries(
    Object.entries(expected).map(([name, value]) => [
      name,
      typeof value === "number" && isText(name) ? String(value) : value,
    ]),
  );
}
