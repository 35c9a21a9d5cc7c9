// Budgets on a real Envoy: what the provider told of tokens is added up by the ledger, and who has spent a budget is
// refused within seconds, until its period ends or it is raised.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Receiver, webhookSecret } from "../control/src/budget/test/receiver.ts";
import { openStore, type Store } from "../control/src/store/store.ts";
import { toBigInt } from "../control/src/store/schema.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer } from "./http-client.ts";

const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");
const consumer = (name: string, team: string): string =>
  `  - { name: ${name}, team: ${team}, keys: [{ name: main, sha256: "${hashOf(`wk-${name}`)}" }] }`;

/** In nano-dollars for each token, so that a sum is known to the last digit. */
const price = "{ input: 1000, output: 3000 }";
const configuration = (limit: string): string => `${gatewayBlock}
ledger: {}
budgets:
  - { name: teams, match: { team: "*" }, limit: ${limit}, per: month }
  - { name: own-model, match: { consumer: "*", model: costly-upstream }, unit: outputTokens, limit: 1, per: total }
  - { name: watched, match: { consumer: watched }, limit: 0.000001, per: day, soft: true }
webhooks:
  - { name: ops, url: "\${RECEIVER}", secret: "\${WEBHOOK_SECRET}" }
models:
  - { name: "*", price: ${price} }
consumers:
${consumer("search", "one")}
${consumer("ads", "two")}
${consumer("watched", "three")}
providers:
  - name: alpha
    type: openai
    baseUrl: "@SIMULATOR@/v1"
    apiKey: fake-alpha-key
    modelMapping: { costly: costly-upstream }
routes:
  - { name: all, models: ["*"], targets: [{ provider: alpha }] }
`;

let gateway: Gateway;
let receiver: Receiver;
let store: Store;
let now = Date.now();
/** What the provider told of team one's requests, priced. */
let told = 0n;

beforeAll(async () => {
  receiver = await Receiver.start();
  const env = { RECEIVER: receiver.url, WEBHOOK_SECRET: webhookSecret };
  gateway = await startGateway(configuration("0.5"), env, { budgets: { now: () => now, pollMs: 50 } });
  store = await openStore({ database: join(gateway.stateFolder, "ledger.db") });
});
afterAll(async () => {
  await store?.close();
  await gateway?.stop();
  await receiver?.stop();
});

function ask(key: string, model = "cheap", path = "/v1/chat/completions"): Promise<HttpAnswer> {
  const json = { model, max_tokens: 50, messages: [{ role: "user", content: "Say this and that" }] };
  return send(gateway.url, { path, json, headers: { "x-api-key": `wk-${key}`, "anthropic-version": "2023-06-01" } });
}

const isRefused = (key: string, model?: string): Promise<void> =>
  vi.waitFor(async () => expect((await ask(key, model)).status).toBe(429), { timeout: 5_000, interval: 50 });

const isServed = (key: string, model?: string): Promise<void> =>
  vi.waitFor(async () => expect((await ask(key, model)).status).toBe(200), { timeout: 5_000, interval: 50 });

test("a team's budget is spent to the nano-dollar, and the team is told in its clients' words", async () => {
  for (;;) {
    const answer = await ask("search");
    if (answer.status === 429) break;
    expect(answer.status).toBe(200);
    const { usage } = JSON.parse(String(answer.body)) as {
      usage: { prompt_tokens: number; completion_tokens: number };
    };
    told += BigInt(usage.prompt_tokens) * 1_000_000n + BigInt(usage.completion_tokens) * 3_000_000n;
  }
  await vi.waitFor(async () => {
    const { cost } = await store.db
      .selectFrom("usage_days")
      .select(({ fn }) => fn.sum<bigint>("cost_nano_usd").as("cost"))
      .where("team", "=", "one")
      .executeTakeFirstOrThrow();
    expect(toBigInt(cost)).toBe(told);
  }, 5_000);
  expect(told).toBeGreaterThanOrEqual(500_000_000n);
  const answer = await ask("search");
  expect(JSON.parse(String(answer.body))).toMatchObject({
    error: { type: "insufficient_quota", code: "insufficient_quota" },
  });
  const seconds = Number(answer.headers["retry-after"]);
  const date = new Date(now);
  const end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  expect(Math.abs(now + seconds * 1000 - end)).toBeLessThan(60_000);
  expect(JSON.parse(String((await ask("search", "claude", "/v1/messages")).body))).toMatchObject({ type: "error" });
  expect((await ask("ads")).status).toBe(200);
  await vi.waitFor(() => expect(receiver.told).toEqual(expect.arrayContaining(["80 one", "100 one"])), 5_000);
});

test("a budget that is raised is open again, and spent again", async () => {
  await gateway.configure(configuration(`${told / 1_000_000_000n + 1n}`));
  await isServed("search");
  await isRefused("search");
});

test("a budget for a model refuses that model alone, by the provider's name of it", async () => {
  await isServed("ads", "costly");
  await isRefused("ads", "costly");
  const { status, headers } = await ask("ads", "costly-upstream");
  expect([status, headers["retry-after"], headers["x-should-retry"]]).toEqual([429, undefined, "false"]);
  expect((await ask("ads")).status).toBe(200);
  expect((await ask("watched", "costly")).status).toBe(200);
});

test("a soft one refuses nothing, and is told", async () => {
  await isServed("watched");
  await vi.waitFor(() => expect(receiver.told).toContain("100 watched"), 5_000);
  expect((await ask("watched")).status).toBe(200);
});

test("with the budgets goes what refuses, under load and without a failure", async () => {
  await gateway.configure(configuration("0.000001"));
  await isRefused("search");
  await gateway.configure(configuration("0.000001").replace(/^budgets:\n(  .*\n)+?(?=webhooks)/m, ""));
  await isServed("search");
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await ask("search")).status));
  expect(new Set(statuses)).toEqual(new Set([200]));
});

test("the next month begins with nothing spent", async () => {
  await gateway.configure(configuration("0.000001"));
  await isRefused("search");
  now += 32 * 24 * 3_600_000;
  await isServed("search");
});
