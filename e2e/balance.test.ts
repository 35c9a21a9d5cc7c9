// The choice among equals on a real Envoy: by requests under way, by speed; and limits that send on what they have no
// room for, exactly, over all worker threads.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { startCountingProvider, type CountingProvider } from "./balance/counting-provider.ts";
import { gatewayBlock } from "./configurations.ts";
import { underLoad } from "./fallback/load.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer } from "./http-client.ts";
import { explain } from "../control/src/explain/explain.ts";
import { fetchStatus } from "../control/src/cli/fetch-status.ts";

let gateway: Gateway;
let one: CountingProvider;
let two: CountingProvider;
let three: CountingProvider;

function configuration(weight = 1): string {
  const provider = (name: string, { port }: CountingProvider, max = 0) =>
    `  - { name: ${name}, type: vllm, baseUrl: "http://127.0.0.1:${port}/v1", circuitBreaker: { maxConcurrentRequests: ${max}, consecutiveErrors: 0 } }`;
  return [
    `${gatewayBlock}  requestOptions: true`,
    "providers:",
    provider("one", one, 2),
    provider("two", two, 3),
    provider("three", three),
    provider("slow", one),
    provider("quick", two),
    "models: [{ name: dear, price: { input: 5, output: 10 } }, { name: bargain, price: { input: 0.1, output: 0.2 } }]",
    "routes:",
    "  - { name: spread, models: [spread], targets: [{ provider: one }], fallbacks: [{ provider: two }, { provider: three }] }",
    "  - { name: full, models: [full], targets: [{ provider: one }, { provider: two }] }",
    "  - { name: resort, models: [resort], targets: [{ provider: one }], lastResort: { text: Nobody has time. } }",
    `  - { name: busy, models: [busy], targets: [{ provider: slow, weight: ${weight} }, { provider: quick, weight: ${weight} }], balance: leastBusy }`,
    "  - { name: fast, models: [fast], targets: [{ provider: slow }, { provider: quick }], balance: fastest }",
    "  - { name: wished, models: [wished], targets: [{ provider: slow }], fallbacks: [{ provider: quick }] }",
    "  - { name: cheap, models: [cheap], targets: [{ provider: slow, model: dear }, { provider: quick, model: bargain }], balance: cheapest }",
  ].join("\n");
}

beforeAll(async () => {
  [one, two, three] = await Promise.all([startCountingProvider(), startCountingProvider(), startCountingProvider()]);
  gateway = await startGateway(configuration());
});
afterAll(async () => {
  await gateway?.stop();
  for (const provider of [one, two, three]) provider?.close();
});
beforeEach(() => {
  for (const provider of [one, two, three])
    Object.assign(provider, { delayMs: 20, tailMs: 0, status: 200, activeMax: 0, total: 0 });
});

function ask(model: string, stream = false): Promise<HttpAnswer> {
  const json = { model, stream, messages: [{ role: "user", content: "Hello" }] };
  return send(gateway.url, { path: "/v1/chat/completions", json });
}

describe("a limit to concurrent requests", () => {
  test("sends on what there is no room for, and nobody is refused", async () => {
    const outcomes = await underLoad(gateway, "spread", 12, () => pause(2_000));
    expect(outcomes.failures).toEqual([]);
    expect({ one: one.activeMax, two: two.activeMax }).toEqual({ one: 2, two: 3 });
    expect(three.activeMax).toBeGreaterThanOrEqual(7);
    console.log(`limits: ${outcomes.total} requests`, Object.fromEntries(outcomes.counts));
  });

  test("holds where attempts fail and go on, and while the configuration changes", async () => {
    one.status = 500;
    const outcomes = await underLoad(gateway, "spread", 12, async () => {
      for (let change = 0; change < 10; change++) {
        await pause(150);
        await gateway.configure(configuration(2 + (change % 3)));
      }
    });
    expect(outcomes.failures).toEqual([]);
    expect({ one: one.activeMax, two: two.activeMax }).toEqual({ one: 2, two: 3 });
    expect([...outcomes.counts.keys()].sort()).toEqual(["200 by three", "200 by two"]);
  });

  test("is told in the client's form where no target has room, and it is over when they have", async () => {
    one.delayMs = two.delayMs = 300;
    const answers = await Promise.all(Array.from({ length: 9 }, () => ask("full")));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(5).fill(200), ...Array(4).fill(503)]);
    const refused = answers.find(({ status }) => status === 503)!;
    expect(refused.json).toMatchObject({ error: { code: "providers_busy", message: expect.any(String) } });
    expect((await ask("full")).status).toBe(200);
  });

  test("leaves the answer to the last resort", async () => {
    one.delayMs = 300;
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask("resort")));
    const targets = answers.map(({ headers }) => headers["x-weir-target"]).sort();
    expect(targets).toEqual(["last-resort", "last-resort", "one", "one"]);
  });

  test("forgets clients that leave, whenever they do", async () => {
    one.delayMs = 200;
    for (let round = 0; round < 30; round++) {
      const json = { model: "spread", stream: round % 2 === 0, messages: [] };
      const leaving = new AbortController();
      const request = { path: "/v1/chat/completions", json, signal: leaving.signal };
      const answer = open(gateway.url, request).catch(() => null);
      await pause(round * 10);
      leaving.abort();
      await answer;
    }
    one.delayMs = 20;
    await vi.waitFor(async () => expect((await ask("spread")).headers["x-weir-target"]).toBe("one"), 5_000);
    const both = await Promise.all([ask("full"), ask("full"), ask("full"), ask("full"), ask("full")]);
    expect(both.map(({ status }) => status)).toEqual(Array(5).fill(200));
  });
});

test("leastBusy sends each request to the target with the fewest under way", async () => {
  one.delayMs = 300;
  const outcomes = await underLoad(gateway, "busy", 8, () => pause(3_000));
  expect(outcomes.failures).toEqual([]);
  expect(two.total).toBeGreaterThan(4 * one.total);
  expect(Math.abs(one.activeMax - two.activeMax)).toBeLessThanOrEqual(2);
});

test("cheapest takes the model with the lowest price, and the next one when it fails", async () => {
  const { attempts } = explain(gateway.weir.model, { path: "/v1/chat/completions", model: "cheap" });
  expect(attempts.map(({ target }) => target)).toEqual(["quick", "slow"]);
  expect((await ask("cheap")).headers).toMatchObject({ "x-weir-target": "quick", "x-weir-model": "bargain" });
  two.status = 500;
  expect((await ask("cheap")).headers).toMatchObject({ "x-weir-target": "slow", "x-weir-model": "dear" });
});

test("a wish for speed goes by what is measured: first tokens, or tokens in a time", async () => {
  // The one begins sooner, the other has ended sooner.
  Object.assign(one, { delayMs: 5, tailMs: 150 });
  Object.assign(two, { delayMs: 50, tailMs: 0 });
  const servedBy = async (wish: object): Promise<string> => {
    const json = { model: "wished", stream: true, messages: [{ role: "user", content: "Hello" }], ...wish };
    const answer = await send(gateway.url, { path: "/v1/chat/completions", json });
    expect(answer.status).toBe(200);
    return String(answer.headers["x-weir-target"]);
  };
  const count = async (wish: object, target: string): Promise<number> => {
    const all: string[] = [];
    for (let i = 0; i < 24; i++) all.push(await servedBy(wish));
    return all.filter((one) => one === target).length;
  };
  for (const wish of [{ provider: { sort: "latency" } }, { providerOptions: { gateway: { sort: "ttft" } } }]) {
    await count(wish, "slow");
    expect(await count(wish, "slow")).toBeGreaterThan(17);
  }
  for (const wish of [
    { provider: { sort: { by: "throughput" } } },
    { providerOptions: { gateway: { sort: "tps" } } },
  ]) {
    await count(wish, "quick");
    expect(await count(wish, "quick")).toBeGreaterThan(17);
  }
  expect(await servedBy({})).toBe("slow");
  const { targets } = await fetchStatus(gateway.weir.controlUrl);
  const request = { path: "/v1/chat/completions", body: { model: "wished", stream: true, provider: { sort: "tps" } } };
  const { plan } = explain(gateway.weir.model, { ...request, now: targets! });
  const usual = Object.fromEntries(plan!.choice.map(({ target, now }) => [target, now?.usualMs]));
  // A hundred tokens, of which there is one.
  expect(usual["slow"]).toBeGreaterThan(14_000);
  expect(usual["quick"]).toBeGreaterThan(4_000);
  expect(usual["quick"]).toBeLessThan(14_000);
});

test("fastest follows the first tokens, and finds a target again that has recovered", async () => {
  const share = async (): Promise<number> => {
    const before = { one: one.total, two: two.total };
    for (let i = 0; i < 10; i++) {
      const answers = await Promise.all(Array.from({ length: 4 }, () => ask("fast", true)));
      expect(answers.map(({ status }) => status)).toEqual(Array(4).fill(200));
    }
    return (one.total - before.one) / (one.total + two.total - before.one - before.two);
  };
  one.delayMs = 60;
  two.delayMs = 2;
  await share();
  expect(await share()).toBeLessThan(0.3);
  [one.delayMs, two.delayMs] = [2, 60];
  await vi.waitFor(async () => expect(await share()).toBeGreaterThan(0.7), { timeout: 30_000, interval: 0 });
  // A target that fails at once is not the fastest.
  one.status = 500;
  await share();
  const before = one.total;
  await share();
  expect(one.total - before).toBeLessThan(12);
  one.status = 200;
  await vi.waitFor(async () => expect(await share()).toBeGreaterThan(0.7), { timeout: 30_000, interval: 0 });
}, 90_000);
