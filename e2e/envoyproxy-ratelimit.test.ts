// Limits that a real envoyproxy/ratelimit counts for two gateways, by the configuration that Weir writes for it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Ratelimit, ratelimitBinary } from "../control/src/limits/test/ratelimit.ts";
import { Redis, redisBinary } from "../control/src/limits/test/redis.ts";
import { gatewayBlock } from "./configurations.ts";
import { freePort } from "../envoy/test/ports.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer } from "./http-client.ts";

const path = "/v1/chat/completions";
const message = [{ role: "user", content: "Hello" }];

const configuration = (port: number, file: string, requests = 20): string => `${gatewayBlock}  limitService:
    type: envoyproxy
    address: 127.0.0.1:${port}
    timeout: 2s
    configFile: "${file}"
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
routes:
  - { name: all, models: ["*"], targets: [{ provider: alpha }] }
limits:
  - name: by-tenant
    match: { headers: { x-tenant: "*" } }
    windows: [{ unit: requests, limit: ${requests}, per: day }]
  - name: tokens
    match: { headers: { x-tokens: "*" } }
    windows: [{ unit: totalTokens, limit: 5000, per: day }]
  - { name: all-of-them, match: { headers: { x-shared: "1" } }, windows: [{ unit: requests, limit: 3, per: day }] }
  - { name: only-counted, match: { headers: { x-shadow: "*" } }, windows: [{ unit: requests, limit: 1, per: day }], shadow: true }
  - { name: closed, match: { headers: { x-closed: "*" } }, windows: [{ unit: requests, limit: 9, per: day }], onStoreFailure: closed }
`;

describe.skipIf(redisBinary === null || !ratelimitBinary)("limits of a fleet in envoyproxy/ratelimit", () => {
  const root = mkdtempSync(join(tmpdir(), "weir-ratelimit-"));
  const file = join(root, "config", "weir.yaml");
  const gateways: Gateway[] = [];
  let redis: Redis;
  let ratelimit: Ratelimit;
  let port: number;
  let number = 0;
  const start = (): Promise<Ratelimit> => Ratelimit.start({ redis: new URL(redis.url).host, root, port });
  beforeAll(async () => {
    redis = await Redis.start();
    port = await freePort();
    // The configuration is written by the gateways, so they are first.
    for (let i = 0; i < 2; i++) gateways.push(await startGateway(configuration(port, file)));
    ratelimit = await start();
    await vi.waitFor(async () => expect((await ask(0, { "x-closed": value() })).status).toBe(200), waiting);
    await vi.waitFor(async () => expect((await ask(1, { "x-closed": value() })).status).toBe(200), waiting);
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop();
    await ratelimit?.stop();
    await redis?.remove();
    rmSync(root, { recursive: true, force: true });
  });

  const waiting = { timeout: 20_000, interval: 100 };
  const value = (): string => `value-${number++}`;
  const ask = (gateway: number, headers: Record<string, string>, json: object = {}): Promise<HttpAnswer> =>
    send(gateways[gateway]!.url, { path, json: { model: "gpt-4o", messages: message, ...json }, headers });
  const statuses = async (headers: Record<string, string>, times: number): Promise<number[]> => {
    const answers: number[] = [];
    for (let i = 0; i < times; i++) answers.push((await ask(i % 2, headers)).status);
    return answers;
  };

  test("200 requests at once to both Envoys: as many are served as the limit says", async () => {
    const headers = { "x-tenant": value() };
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => ask(i % 2, headers)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(180);
    expect(refused[0]).toMatchObject({ json: { error: { code: "rate_limit_exceeded" } } });
    expect(refused[0]?.text).toContain("The limit by-tenant of 20 requests per day is reached: 0 left");
    expect(Number(refused[0]?.headers["retry-after"])).toBeGreaterThan(0);
    // Each value counts by itself.
    expect(await ask(0, { "x-tenant": value() })).toMatchObject({
      status: 200,
      headers: { "x-ratelimit-limit-requests": "20", "x-ratelimit-remaining-requests": "19" },
    });
  });

  test("tokens are charged when a request is over, whole or streamed, to the token", async () => {
    const headers = { "x-tokens": value() };
    const left = async (): Promise<number> =>
      Number((await ask(1, headers, { max_tokens: 5000 })).headers["x-ratelimit-remaining-tokens"]);
    const whole = await ask(0, headers, { max_tokens: 100 });
    const { usage } = whole.json as { usage: { total_tokens: number } };
    expect(whole.status).toBe(200);
    // A request that asks for more than what is left is refused, and so charges nothing.
    await vi.waitFor(async () => expect(await left()).toBe(5000 - usage.total_tokens));
    const streaming = { model: "gpt-4o", stream: true, stream_options: { include_usage: true }, messages: message };
    const stream = await open(gateways[0]!.url, { path, headers, json: streaming });
    const text = (await stream.whole).text;
    const streamed = Number(/"total_tokens":(\d+)/.exec(text)?.[1]);
    await vi.waitFor(async () => expect(await left()).toBe(5000 - usage.total_tokens - streamed));
  });

  test("what is too much for what is left is refused before a provider is asked", async () => {
    const headers = { "x-tokens": value() };
    const refused = await ask(0, headers, { max_tokens: 6000 });
    expect(refused).toMatchObject({ status: 429, headers: { "x-should-retry": "false" } });
    expect(refused.text).toContain("The limit tokens of 5000 totalTokens per day is reached: 5000 left");
  });

  test("a limit without counters of its own, and one that only counts", async () => {
    expect(await statuses({ "x-shared": "1" }, 5)).toEqual([200, 200, 200, 429, 429]);
    expect(await statuses({ "x-shadow": value() }, 3)).toEqual([200, 200, 200]);
  });

  test("a changed limit is in the service's configuration at once, and holds", async () => {
    const headers = { "x-tenant": value() };
    await gateways[0]!.configure(configuration(port, file, 2));
    await gateways[1]!.configure(configuration(port, file, 2));
    expect(readFileSync(file, "utf8")).toContain("requests_per_unit: 2\n");
    await vi.waitFor(async () => {
      const fresh = await ask(0, { "x-tenant": value() });
      expect(fresh.headers["x-ratelimit-remaining-requests"]).toBe("1");
    }, waiting);
    expect(await statuses(headers, 4)).toEqual([200, 200, 429, 429]);
  });

  test("a limit that the service does not know is counted as if it could not be reached", async () => {
    const more = `  - { name: unheard, match: { headers: { x-new: "*" } }, windows: [{ unit: requests, limit: 1, per: day }] }\n`;
    // Another place, which the service does not read.
    const elsewhere = configuration(port, join(root, "elsewhere", "weir.yaml"), 2) + more;
    await gateways[1]!.configure(elsewhere);
    const headers = { "x-new": value() };
    expect((await ask(1, headers)).status).toBe(200);
    expect((await ask(1, headers)).status).toBe(429);
    await gateways[1]!.configure(configuration(port, file, 2));
  });

  test(
    "the service is killed: each limit does as it says; it is there again: all is as before",
    { timeout: 40_000 },
    async () => {
      const headers = { "x-tenant": value() };
      expect(await statuses(headers, 3)).toEqual([200, 200, 429]);
      await ratelimit.stop();
      expect(await ask(0, { "x-closed": value() })).toMatchObject({
        status: 503,
        json: { error: { code: "limit_store_unreachable" } },
      });
      const local = value();
      const answers = [];
      for (let i = 0; i < 3; i++) answers.push((await ask(0, { "x-tenant": local })).status);
      expect(answers).toEqual([200, 200, 429]);
      ratelimit = await start();
      await vi.waitFor(async () => expect((await ask(0, { "x-closed": value() })).status).toBe(200), waiting);
      expect((await ask(0, headers)).status).toBe(429);
    },
  );
});
