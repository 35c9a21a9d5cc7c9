// Limits that two Envoys share: two gateways, each with a `weir limits` of its own, on one real Redis.
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFailed, test, vi } from "vitest";
import { callerOf, type Caller } from "../control/src/limits/test/ask.ts";
import { Redis, redisBinary } from "../control/src/limits/test/redis.ts";
import { type TestProcess, weir } from "./child-process.ts";
import { gatewayBlock } from "./configurations.ts";
import { freePort } from "../envoy/test/ports.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer } from "./http-client.ts";

const token = "fake-token-of-the-limit-service";
const path = "/v1/chat/completions";

const configuration = (port: number): string => `${gatewayBlock}  limitService:
    address: 127.0.0.1:${port}
    timeout: 2s
    token: "\${E2E_LIMITS_TOKEN}"
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
routes:
  - { name: all, models: ["*"], targets: [{ provider: alpha }] }
limits:
  - name: by-tenant
    match: { headers: { x-tenant: "*" } }
    windows: [{ unit: requests, limit: 20, per: hour }, { unit: concurrentRequests, limit: 1000 }]
  - name: tokens
    match: { headers: { x-tokens: "*" } }
    windows: [{ unit: totalTokens, limit: 5000, per: day }]
  - { name: open, match: { headers: { x-open: "*" } }, windows: [{ unit: requests, limit: 1, per: day }], onStoreFailure: open }
  - { name: closed, match: { headers: { x-closed: "*" } }, windows: [{ unit: requests, limit: 5, per: day }], onStoreFailure: closed }
`;

interface Side {
  gateway: Gateway;
  service: TestProcess;
  port: number;
  caller: Caller;
}

function startService(redis: Redis, port: number): TestProcess {
  const args = ["limits", "--redis", redis.url, "--listen", `127.0.0.1:${port}`];
  return weir(args, { env: { WEIR_LIMITS_TOKEN: token } });
}

describe.skipIf(redisBinary === null)("limits of a fleet", () => {
  let redis: Redis;
  const sides: Side[] = [];
  let number = 0;
  beforeAll(async () => {
    redis = await Redis.start();
    for (let i = 0; i < 2; i++) {
      const port = await freePort();
      const service = startService(redis, port);
      const caller = callerOf(port, { token });
      const side: Side = { gateway: null as never, service, port, caller };
      sides.push(side);
      // Its own word: another process may have taken the port since it was free, and would answer as well.
      await service.said(/Counting limits at/);
      // An Envoy that finds nobody there leaves the address alone for a while.
      await untilUp(side);
      side.gateway = await startGateway(configuration(port), { E2E_LIMITS_TOKEN: token });
    }
  });
  afterAll(async () => {
    for (const { gateway, service } of sides) {
      await gateway?.stop();
      await service.stop();
    }
    await redis?.remove();
  });

  beforeEach(() => {
    onTestFailed(() => {
      for (const { gateway, service } of sides) console.log(`${gateway?.output()}\n${service.output}`);
    });
  });

  const untilUp = ({ caller }: Side): Promise<unknown> =>
    vi.waitFor(() => caller.ask({ window: "requests/day/calendar", max: 1, hits: 0 }), {
      timeout: 20_000,
      interval: 100,
    });
  const value = (): string => `value-${number++}`;

  function ask(side: Side, headers: Record<string, string>, json: object = {}): Promise<HttpAnswer> {
    const body = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], ...json };
    return send(side.gateway.url, { path, json: body, headers });
  }

  test("200 requests at once to both Envoys: as many are served as the limit says", async () => {
    const headers = { "x-tenant": value() };
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => ask(sides[i % 2]!, headers)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(180);
    expect(refused[0]).toMatchObject({ json: { error: { code: "rate_limit_exceeded" } } });
    expect(Number(refused[0]?.headers["retry-after"])).toBeGreaterThan(3000);
    expect(refused[0]?.text).toContain("The limit by-tenant of 20 requests per hour is reached: 0 left");
  });

  test("what a request has used is what is counted, whole or streamed, and other Envoys see it", async () => {
    const headers = { "x-tokens": value() };
    const remaining = async (side: Side): Promise<number> =>
      Number((await ask(side, headers, { max_tokens: 1 })).headers["x-ratelimit-remaining-tokens"]);
    const whole = await ask(sides[0]!, headers, { max_tokens: 1000 });
    const { usage } = whole.json as { usage: { total_tokens: number } };
    expect(whole.status).toBe(200);
    // Set aside: the estimate and the bound of the request. Settled: what was used.
    await vi.waitFor(async () => expect(await remaining(sides[1]!)).toBeGreaterThan(5000 - usage.total_tokens - 300));
    const second = await remaining(sides[1]!);
    const first = await open(sides[0]!.gateway.url, {
      path,
      headers: { ...headers, "x-simulate": "words-40, chunk-delay-20" },
      json: { model: "gpt-4o", stream: true, max_tokens: 2000, messages: [{ role: "user", content: "Hello" }] },
    });
    await first.seen("simulated-2");
    expect(await remaining(sides[1]!)).toBeLessThan(second - 1900);
    expect(await first.whole).toMatchObject({ status: 200, complete: true });
    await vi.waitFor(async () => expect(await remaining(sides[1]!)).toBeGreaterThan(second - 500));
  });

  test("a client that leaves in the midst keeps nothing set aside", async () => {
    const headers = { "x-tokens": value(), "x-simulate": "words-200, chunk-delay-20" };
    const json = { model: "gpt-4o", stream: true, max_tokens: 4500, messages: [{ role: "user", content: "Hello" }] };
    const stream = await open(sides[0]!.gateway.url, { path, headers, json });
    await stream.seen("simulated-2");
    const asking = { "x-tokens": headers["x-tokens"] };
    expect((await ask(sides[1]!, asking, { max_tokens: 1000 })).status).toBe(429);
    stream.leave();
    await vi.waitFor(async () => expect((await ask(sides[1]!, asking, { max_tokens: 1000 })).status).toBe(200));
  });

  test(
    "a service is killed: each limit does as it says; it is there again: all is as before",
    { timeout: 40_000 },
    async () => {
      const [side] = sides as [Side];
      const tenant = value();
      const [openValue, closedValue] = [value(), value()];
      expect(await ask(side, { "x-open": openValue })).toMatchObject({ status: 200 });
      expect(await ask(side, { "x-open": openValue })).toMatchObject({ status: 429 });
      side.service.signal("SIGKILL");
      await side.service.exited;
      const statuses = async (headers: Record<string, string>, times: number): Promise<number[]> => {
        const answers: number[] = [];
        for (let i = 0; i < times; i++) answers.push((await ask(side, headers)).status);
        return answers;
      };
      expect(await statuses({ "x-open": openValue }, 3)).toEqual([200, 200, 200]);
      expect(await ask(side, { "x-closed": closedValue })).toMatchObject({
        status: 503,
        json: { error: { code: "limit_store_unreachable" } },
      });
      const local = await statuses({ "x-tenant": tenant }, 23);
      expect(local.filter((status) => status === 200)).toHaveLength(20);
      side.service = startService(redis, side.port);
      await untilUp(side);
      await vi.waitFor(async () => expect((await ask(side, { "x-closed": closedValue })).status).toBe(200), {
        timeout: 15_000,
      });
      expect(await ask(side, { "x-open": openValue })).toMatchObject({ status: 429 });
    },
  );

  test("Redis hangs: no request waits for longer than it should", { timeout: 30_000 }, async () => {
    const [side] = sides as [Side];
    const headers = { "x-open": value() };
    redis.freeze();
    try {
      const startedAt = performance.now();
      expect(await ask(side, headers)).toMatchObject({ status: 200 });
      expect(performance.now() - startedAt).toBeLessThan(3500);
    } finally {
      redis.thaw();
    }
    // What Redis has done for it afterwards is given back.
    await vi.waitFor(async () => expect((await ask(side, { "x-closed": value() })).status).toBe(200), {
      timeout: 15_000,
    });
  });

  test("Redis is restarted: both Envoys go on with what was counted, together", { timeout: 40_000 }, async () => {
    const headers = { "x-tenant": value() };
    const passed = async (count: number): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: count }, (_, i) => ask(sides[i % 2]!, headers)));
      return answers.filter(({ status }) => status === 200).length;
    };
    expect(await passed(12)).toBe(12);
    // What it has answered is on its disk a second later.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await redis.stop();
    await redis.start();
    for (const side of sides) {
      await vi.waitFor(async () => expect((await ask(side, { "x-closed": value() })).status).toBe(200), {
        timeout: 15_000,
      });
    }
    expect(await passed(30)).toBe(8);
  });

  test("the token is in no log and no view of the configuration", async () => {
    const { gateway } = sides[0]!;
    const views = ["/config", "/status", "/metrics"].map((view) =>
      fetch(gateway.weir.controlUrl + view).then((response) => response.text()),
    );
    const said = [...(await Promise.all(views)), gateway.output(), JSON.stringify(gateway.weir.model)].join("\n");
    expect(said).toContain("limit.127.0.0.1.");
    expect(said).not.toContain(token);
  });
});
