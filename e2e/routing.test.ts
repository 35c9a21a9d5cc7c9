// Routing on a real Envoy: weights, stickiness, canaries, copies, circuit breakers and health checks. And no request
// fails while a target comes and goes, or while weights change.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { underLoad } from "./fallback/load.ts";
import { freePort } from "../envoy/test/ports.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer, type HttpRequest } from "./http-client.ts";

let gateway: Gateway;
let flappingPort: number;
let checked: Server;
let isHealthy = true;

/** A server whose health check fails on demand. */
async function startServer(port = 0): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === "/health") return void response.writeHead(isHealthy ? 200 : 503).end();
    response.setHeader("content-type", "application/json").end('{"choices":[{"message":{"content":"own"}}]}');
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

/** As a server does that is told to stop: what it has begun it ends, and it takes nothing more. */
async function stopServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  await closed;
}

const key = 'apiKey: "${E2E_KEY}"';

function configuration(weights: [number, number] = [3, 1]): string {
  const { port } = checked.address() as AddressInfo;
  return `${gatewayBlock}
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/alpha/v1", ${key} }
  - { name: beta, type: openai, baseUrl: "@SIMULATOR@/beta/v1", ${key} }
  - { name: claude, type: anthropic, baseUrl: "@SIMULATOR@/claude/v1", ${key}, modelMapping: { "*": claude-copy } }
  - name: pool
    type: openai
    baseUrl: "@SIMULATOR@/pool/v1"
    apiKeys: [{ key: "\${E2E_POOL_KEY}-a", name: a, weight: 2 }, { key: "\${E2E_POOL_KEY}-b", name: b }]
  - name: flapping
    type: vllm
    baseUrl: http://127.0.0.1:${flappingPort}/v1
    circuitBreaker: { ejectionTime: 100ms, ejectionTimeMax: 100ms }
  - name: breaking
    type: openai
    baseUrl: "@SIMULATOR@/breaking/v1"
    ${key}
    circuitBreaker: { consecutiveErrors: 3, statuses: [429], ejectionTime: 60s, whenOpen: refuse }
  - name: checked
    type: vllm
    baseUrl: http://127.0.0.1:${port}/v1
    healthCheck: { path: /health, interval: 100ms, timeout: 1s, unhealthyAfter: 1 }
routes:
  - { name: canary-header, match: { headers: { x-canary: "1" } }, models: [split], targets: [{ provider: claude }] }
  - { name: canary-cookie, match: { cookies: { canary: "1" } }, models: [split], targets: [{ provider: claude }] }
  - { name: canary-query, match: { query: { canary: "1" } }, models: [split], targets: [{ provider: claude }] }
  - name: split
    models: [split]
    targets: [{ provider: alpha, weight: ${weights[0]} }, { provider: beta, weight: ${weights[1]} }]
  - { name: turns, models: [turns], targets: [{ provider: alpha }, { provider: beta }], balance: roundRobin }
  - name: sticky
    models: [sticky]
    targets: [{ provider: alpha }, { provider: beta }, { provider: pool }]
    affinity: { by: header, name: x-session }
  - { name: pool, models: [pool], targets: [{ provider: pool }] }
  - { name: flap, models: [flap], targets: [{ provider: flapping }], fallbacks: [{ provider: beta }] }
  - { name: limited, models: [limited], targets: [{ provider: breaking, model: simulate-status-429 }] }
  - { name: behind, models: [behind], targets: [{ provider: breaking }], fallbacks: [{ provider: beta }] }
  - { name: checked, models: [checked], targets: [{ provider: checked }], fallbacks: [{ provider: beta }] }
  - { name: copied, models: [copied], targets: [{ provider: alpha }], mirror: { provider: claude } }
  - { name: direct, match: { pathPrefix: /direct/v1 }, targets: [{ provider: alpha }], mirror: { provider: claude } }
  - name: last
    models: [last]
    targets: [{ provider: alpha, model: simulate-status-500 }]
    lastResort: { text: "Nobody is there." }
`;
}

beforeAll(async () => {
  flappingPort = await freePort();
  checked = await startServer();
  gateway = await startGateway(configuration(), { E2E_KEY: "fake-key", E2E_POOL_KEY: "fake-pool-key" });
});
afterAll(async () => {
  await gateway?.stop();
  checked?.close();
});

function ask(model: string, more: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
  const json = { model, messages: [{ role: "user", content: "Hello" }] };
  return send(gateway.url, { path: "/v1/chat/completions", json, ...more });
}

async function targetsOf(count: number, model: string, more?: Partial<HttpRequest>): Promise<string[]> {
  const targets: string[] = [];
  for (let i = 0; i < count; i++) targets.push(String((await ask(model, more)).headers["x-weir-target"]));
  return targets;
}

function countOf(list: string[], one: string): number {
  return list.filter((other) => other === one).length;
}

describe("the choice of a target", () => {
  test("goes by weight", async () => {
    const targets = await targetsOf(200, "split");
    // Three in four of 200, give or take six times the standard deviation.
    expect(countOf(targets, "alpha")).toBeGreaterThan(113);
    expect(countOf(targets, "alpha")).toBeLessThan(187);
    expect(countOf(targets, "alpha") + countOf(targets, "beta")).toBe(200);
  });

  test("takes turns, with roundRobin, on each worker thread", async () => {
    const targets = await targetsOf(100, "turns");
    expect(Math.abs(countOf(targets, "alpha") - 50)).toBeLessThanOrEqual(2);
  });

  test("sticks to what requests have in common, and spreads what differs", async () => {
    const first = new Set<string>();
    for (let session = 0; session < 12; session++) {
      const targets = new Set(await targetsOf(5, "sticky", { headers: { "x-session": `session-${session}` } }));
      expect(targets.size).toBe(1);
      first.add([...targets][0]!);
    }
    expect(first.size).toBeGreaterThan(1);
  });

  test("spreads over the keys of a pool", async () => {
    gateway.simulator.requests.length = 0;
    const targets = await targetsOf(60, "pool");
    expect(new Set(targets)).toEqual(new Set(["pool/a", "pool/b"]));
    expect(countOf(targets, "pool/a")).toBeGreaterThan(countOf(targets, "pool/b"));
    const keys = new Set(gateway.simulator.requests.map(({ headers }) => headers.authorization));
    expect(keys).toEqual(new Set(["Bearer fake-pool-key-a", "Bearer fake-pool-key-b"]));
  });

  test.each([
    ["a header", { headers: { "x-canary": "1" } }],
    ["a cookie", { headers: { cookie: "other=2; canary=1" } }],
    ["a query parameter", { path: "/v1/chat/completions?x=y&canary=1" }],
  ])("a canary goes by %s", async (_, more) => {
    expect((await ask("split", more)).headers["x-weir-target"]).toBe("claude");
    expect((await ask("split")).headers["x-weir-target"]).not.toBe("claude");
  });
});

describe("who served the request", () => {
  test("is told by a planned route and by a direct one alike", async () => {
    expect((await ask("last")).headers).toMatchObject({ "x-weir-target": "last-resort", "x-weir-attempts": "2" });
    expect((await ask("gpt-x", { path: "/direct/v1/chat/completions" })).headers).toMatchObject({
      "x-weir-target": "alpha",
      "x-weir-provider": "openai",
      "x-weir-model": "gpt-x",
      "x-weir-attempts": "1",
    });
  });

  test("the access log names every attempt", async () => {
    const id = "e2e-attempts";
    await ask("last", { headers: { "x-request-id": id } });
    const entry = await gateway.logEntry(id);
    expect(entry).toMatchObject({ "weir.route": "last", "weir.attempt_count": 2 });
    const attempts = JSON.parse(String(entry["weir.attempts"])) as object[];
    expect(attempts).toMatchObject([{ target: "alpha", status: 500 }, { target: "last-resort" }]);
  });

  test("a last resort answers in the client's form, streamed where that is asked for", async () => {
    expect(await ask("last")).toMatchObject({
      status: 200,
      json: { choices: [{ message: { content: "Nobody is there." } }] },
    });
    const stream = await ask("last", { json: { model: "last", stream: true, messages: [] } });
    expect(stream.text).toMatch(/Nobody is there\.[\s\S]*data: \[DONE\]\n\n$/);
  });
});

test.each(["/v1", "/direct/v1"])(
  "a copy below %s is translated, has its own key, and no client sees it",
  async (root) => {
    gateway.simulator.requests.length = 0;
    const headers = { authorization: "Bearer client" };
    const answer = await ask("copied", { path: `${root}/chat/completions`, headers });
    expect(answer).toMatchObject({ status: 200, headers: { "x-weir-target": "alpha" } });
    const copy = await vi.waitFor(() => {
      const found = gateway.simulator.requests.find(({ path }) => path === "/claude/v1/messages");
      if (!found) throw new Error("There is no copy");
      return found;
    });
    expect(copy.headers).toMatchObject({ "x-api-key": "fake-key", "anthropic-version": "2023-06-01" });
    expect(JSON.parse(copy.body.toString())).toMatchObject({ model: "claude-copy", max_tokens: expect.any(Number) });
    expect(JSON.stringify(copy.headers)).not.toMatch(/client|x-forwarded|x-envoy|x-weir/);
  },
);

describe("a target that fails", () => {
  test("is left alone after errors that the circuit breaker counts, and weir status says so", async () => {
    expect((await ask("behind")).headers["x-weir-target"]).toBe("breaking");
    const failed = [];
    for (let i = 0; i < 3; i++) failed.push((await ask("limited")).status);
    expect(failed).toEqual([429, 429, 429]);
    // Envoy ejects on its main thread: a worker may send a request or two more before it hears of it.
    await vi.waitFor(async () => expect((await ask("limited")).status).not.toBe(429), 5_000);
    await vi.waitFor(async () => expect((await ask("behind")).headers["x-weir-target"]).toBe("beta"), 5_000);
    const status = (await (await fetch(`${gateway.weir.controlUrl}/status`)).json()) as { targets: object[] };
    expect(status.targets).toContainEqual(expect.objectContaining({ target: "breaking", state: "refusing" }));
  });

  test("gets no request while its health check fails, and the next target answers at once", async () => {
    expect((await ask("checked")).headers["x-weir-target"]).toBe("checked");
    isHealthy = false;
    await vi.waitFor(async () => expect((await ask("checked")).headers["x-weir-target"]).toBe("beta"), 5_000);
    const before = performance.now();
    expect(await targetsOf(10, "checked")).toEqual(Array(10).fill("beta"));
    expect(performance.now() - before).toBeLessThan(3_000);
    isHealthy = true;
    await vi.waitFor(async () => expect((await ask("checked")).headers["x-weir-target"]).toBe("checked"), 5_000);
  });

  test("fails no request while it comes and goes under load", async () => {
    const outcomes = await underLoad(gateway, "flap", 4, async () => {
      for (let round = 0; round < 8; round++) {
        const server = await startServer(flappingPort);
        await pause(400);
        await stopServer(server);
        await pause(200);
      }
    });
    expect(outcomes.failures).toEqual([]);
    expect([...outcomes.counts.keys()].sort()).toEqual(["200 by beta", "200 by flapping"]);
    console.log(`flapping: ${outcomes.total} requests`, Object.fromEntries(outcomes.counts));
  });
});

test("no request fails and no stream ends while the weights change 100 times", async () => {
  const words = 450;
  const stream = open(gateway.url, {
    path: "/v1/chat/completions",
    headers: { "x-simulate": `words-${words}, chunk-delay-30` },
    json: { model: "split", stream: true, messages: [{ role: "user", content: "Hello" }] },
  });
  const outcomes = await underLoad(gateway, "split", 3, async () => {
    for (let change = 0; change < 100; change++) await gateway.configure(configuration([change % 7, (change % 5) + 1]));
  });
  expect(outcomes.failures).toEqual([]);
  const { complete, text } = await (await stream).whole;
  expect({ complete, isEnded: text.endsWith("data: [DONE]\n\n") }).toEqual({ complete: true, isEnded: true });
  console.log(`weights: ${outcomes.total} requests`, Object.fromEntries(outcomes.counts));
});
