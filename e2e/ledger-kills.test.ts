// Weir and its Envoy killed outright while requests run: what was answered is recorded, each request once with what was
// said in it, and nothing else. What Envoy holds in memory when it is killed is lost with it; that is a tenth of a
// second.
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { openStore } from "../control/src/store/store.ts";
import { childrenOf, isRunning, weir, type TestProcess } from "./child-process.ts";
import { freePort } from "../envoy/test/ports.ts";
import { send } from "./http-client.ts";

const base = mkdtempSync(join(tmpdir(), "weir-e2e-"));
const started: TestProcess[] = [];
let folder = "";
let port = 0;

beforeEach(async () => {
  folder = mkdtempSync(join(base, "case-"));
  port = await freePort();
  writeFileSync(join(folder, "weir.yaml"), configuration);
});
afterEach(async () => {
  for (const process of started.splice(0)) await process.stop();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const configuration = `
ledger: { record: { redact: [emails] } }
models: [{ name: priced, price: { input: 1, output: 2 } }]
providers: [{ name: simulated, type: simulated }]
routes: [{ name: all, targets: [{ provider: simulated }] }]
`;

async function run(): Promise<TestProcess> {
  const args = ["run", join(folder, "weir.yaml"), "--port", String(port), "--concurrency", "2"];
  const process = weir(args, { env: { WEIR_STATE: join(folder, "state") } });
  started.push(process);
  await process.said(/Ctrl-C stops it/, 60_000);
  return process;
}

interface Asked {
  id: string;
  /** When the whole answer was there; null where there was none. */
  answeredAt: number | null;
}

/** Requests without a pause, from eight places, until `during` is over. */
async function underLoad(during: () => Promise<void>): Promise<Asked[]> {
  const asked: Asked[] = [];
  const over = new AbortController();
  const client = async (number: number): Promise<void> => {
    for (let count = number; !over.signal.aborted; count++) asked.push(await ask(count % 2 === 0));
  };
  const clients = Array.from({ length: 8 }, (_, number) => client(number));
  await during().finally(() => over.abort());
  await Promise.all(clients);
  return asked;
}

async function ask(stream: boolean): Promise<Asked> {
  const id = randomUUID();
  const json = { model: "priced", stream, messages: [{ role: "user", content: `Hello from ${id}` }] };
  const request = { path: "/v1/chat/completions", json, headers: { "x-request-id": id } };
  const answer = await send(`http://127.0.0.1:${port}`, request).catch(() => null);
  // Nobody listens for a moment, and this is no race.
  if (!answer) await pause(20);
  return { id, answeredAt: answer?.status === 200 && answer.complete ? performance.now() : null };
}

function envoyOf(process: TestProcess): number {
  const envoy = childrenOf(process.pid).find((pid) => /envoy/.test(readFileSync(`/proc/${pid}/comm`, "utf8")));
  if (!envoy) throw new Error("Weir has no Envoy");
  return envoy;
}

/** How often each request is recorded, once Weir has ended in order. */
async function recorded(process: TestProcess): Promise<Map<string, number>> {
  process.signal("SIGTERM");
  expect(await process.exited).toEqual({ code: 0, signal: null });
  const store = await openStore({ database: join(folder, "state", "ledger.db") });
  const rows = await store.db
    .selectFrom("requests")
    .leftJoin("bodies", "bodies.request", "requests.id")
    .select(["request_id", "status", "prompt", "answer"])
    .execute();
  await store.close();
  // What was said is there with the rest, and is that request's own.
  const silent = rows.filter(({ status, prompt, answer, request_id: id }) => {
    return status === 200 && !(prompt?.includes(id) && answer);
  });
  expect(silent).toEqual([]);
  const counts = new Map<string, number>();
  for (const { request_id: id } of rows) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** Each once, and none that nobody has asked for. */
function expectOnce(counts: Map<string, number>, asked: Asked[]): void {
  const ids = new Set(asked.map(({ id }) => id));
  expect([...counts.keys()].filter((id) => !ids.has(id))).toEqual([]);
  expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
}

test("Weir killed under load, three times: every answered request is recorded once", { timeout: 240_000 }, async () => {
  const asked: Asked[] = [];
  for (let life = 0; life < 3; life++) {
    const process = await run();
    const envoy = envoyOf(process);
    asked.push(
      ...(await underLoad(async () => {
        await pause(700 + 200 * life);
        process.signal("SIGKILL");
        // Its guard ends Envoy, in order.
        await vi.waitFor(() => expect(isRunning(envoy)).toBe(false), { timeout: 20_000, interval: 20 });
      })),
    );
  }
  const last = await run();
  const counts = await recorded(last);
  expectOnce(counts, asked);
  const answered = asked.filter(({ answeredAt }) => answeredAt !== null);
  expect(answered.length).toBeGreaterThan(20);
  expect(answered.filter(({ id }) => !counts.has(id))).toEqual([]);
});

/** Its flush interval, and what a busy machine adds. */
const heldMs = 1_500;

test("Envoy killed under load, twice: only its last moments are missing", { timeout: 240_000 }, async () => {
  const process = await run();
  const killedAt: number[] = [];
  const asked = await underLoad(async () => {
    for (let kill = 0; kill < 2; kill++) {
      await pause(2_500);
      killedAt.push(performance.now());
      globalThis.process.kill(envoyOf(process), "SIGKILL");
      await vi.waitFor(() => expect(process.output.match(/Envoy serves again/g)).toHaveLength(kill + 1), 30_000);
    }
    await pause(500);
  });
  const counts = await recorded(process);
  expectOnce(counts, asked);
  const isLate = (at: number): boolean => killedAt.some((killed) => at > killed - heldMs && at < killed + 100);
  const safe = asked.filter(({ answeredAt }) => answeredAt !== null && !isLate(answeredAt));
  expect(safe.length).toBeGreaterThan(20);
  expect(safe.filter(({ id }) => !counts.has(id))).toEqual([]);
});

test("a second Weir does not write the same log", { timeout: 120_000 }, async () => {
  await run();
  const args = ["run", join(folder, "weir.yaml"), "--port", String(await freePort())];
  const second = weir(args, { env: { WEIR_STATE: join(folder, "state") } });
  started.push(second);
  expect(await second.exited).toEqual({ code: 1, signal: null });
  expect(second.output).toMatch(/Another Weir writes .*requests\.jsonl\. Give this one a WEIR_STATE/);
});
