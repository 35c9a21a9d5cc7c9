// What limits have to say of money, of tools and of contexts, on a real Envoy behind the real control plane.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer, type HttpRequest } from "./http-client.ts";
import { startRestApi, type RestApi } from "./mcp/rest-api.ts";

const configurationOf = (api: string): string => `${gatewayBlock}
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
  - { name: beta, type: anthropic, baseUrl: "@SIMULATOR@/beta", apiKey: fake-beta-key }
routes:
  - { name: direct, match: { pathPrefix: /direct/v1 }, targets: [{ provider: alpha }] }
  - { name: claude, models: ["claude-*"], targets: [{ provider: beta }] }
  - { name: planned, targets: [{ provider: alpha }], fallbacks: [{ provider: beta, model: claude-sonnet-4-6 }] }
mcpServers:
  - name: weather
    baseUrl: ${api}
    timeout: 2s
    tools:
      - name: forecast
        args: [{ name: city, position: path }]
        requestTemplate: { url: "/weather/{city}" }
      - { name: slow, requestTemplate: { url: /slow } }
limits:
${limits}`;

const limits = [
  `  - { name: money, match: { headers: { x-money: "*" } }, windows: [{ unit: cost, limit: 0.01, per: day }] }`,
  `  - { name: priced, match: { headers: { x-priced: "*" } }, windows: [{ unit: cost, limit: 0.01, per: day }], onUnknownPrice: refuse }`,
  `  - { name: tools, match: { route: weather, headers: { x-tools: "*" } }, windows: [{ unit: requests, limit: 2, per: hour }, { unit: concurrentRequests, limit: 1 }] }`,
].join("\n");

const messages = [{ role: "user", content: "Hello" }];
const chat = (more: object = {}): object => ({ model: "gpt-4o", messages, ...more });
const path = "/v1/chat/completions";

let api: RestApi;
let gateway: Gateway;
beforeAll(async () => {
  api = await startRestApi();
  gateway = await startGateway(configurationOf(api.url));
});
afterAll(async () => {
  await gateway?.stop();
  await api?.close();
});
beforeEach(() => void (gateway.simulator.requests.length = 0));

function ask(headers: Record<string, string>, request: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
  return send(gateway.url, { path, json: chat(), ...request, headers: { ...headers, ...request.headers } });
}

const remaining = (answer: HttpAnswer, what: string): number => Number(answer.headers[`x-ratelimit-remaining-${what}`]);

describe("a prompt that no context holds", () => {
  const words = (count: number) => [{ role: "user", content: "word ".repeat(count) }];

  test.each([
    ["/direct/v1/chat/completions", { model: "gpt-4o", messages: words(130_000) }, "context_length_exceeded"],
    [
      "/v1/messages",
      { model: "claude-haiku-4-5", max_tokens: 9, messages: words(210_000) },
      "prompt is too long: 210000",
    ],
  ])("is refused on %s before anybody is asked", async (path, json, error) => {
    const answer = await ask({}, { path, json });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(error);
    expect(gateway.simulator.requests).toEqual([]);
  });

  test("goes to the next target where that one's model holds it", async () => {
    const id = randomUUID();
    const answer = await ask(
      { "x-request-id": id },
      { json: { model: "gpt-4o", max_tokens: 5, messages: words(150_000) } },
    );
    expect(answer.status).toBe(200);
    expect(gateway.simulator.requests.map(({ path }) => path)).toEqual(["/beta/messages"]);
    expect(gateway.simulator.requests[0]?.headers["authorization"]).toBeUndefined();
    const attempts = JSON.parse(String((await gateway.logEntry(id))["weir.attempts"]));
    expect(attempts).toMatchObject([{ target: "beta", status: 200 }]);
  });
});

describe("money", () => {
  /** US dollars that are left, as the refusal of a request says that never fits. */
  async function moneyLeft(headers: Record<string, string>): Promise<number> {
    const { status, text } = await ask(headers, { json: chat({ max_tokens: 100_000 }) });
    expect(status).toBe(429);
    return Number(/reached: ([\d.]+) USD left/.exec(text)?.[1]);
  }

  test("is settled by the prices of what has answered", async () => {
    const headers = { "x-money": randomUUID() };
    const id = randomUUID();
    const answer = await ask(
      { ...headers, "x-request-id": id, "x-simulate": "words-30" },
      { json: chat({ max_tokens: 90 }) },
    );
    expect(answer.status).toBe(200);
    const entry = await gateway.logEntry(id);
    const { "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output } = entry;
    // gpt-4o: 2.50 and 10 US dollars per million.
    const first = (Number(input) * 2.5 + Number(output) * 10) / 1e6;
    expect(await moneyLeft(headers)).toBeCloseTo(0.01 - first, 9);
    const other = randomUUID();
    const json = { model: "claude-sonnet-4-6", max_tokens: 90, stream: true, messages };
    await ask({ ...headers, "x-request-id": other, "x-simulate": "words-30" }, { path: "/v1/messages", json });
    const last = await gateway.logEntry(other);
    const second =
      (Number(last["gen_ai.usage.input_tokens"]) * 3 + Number(last["gen_ai.usage.output_tokens"]) * 15) / 1e6;
    expect(second).toBeGreaterThan(0.0004);
    expect(await moneyLeft(headers)).toBeCloseTo(0.01 - first - second, 9);
  });

  test("of 100 requests at once passes the limit by nothing", async () => {
    const headers = { "x-money": randomUUID(), "x-simulate": "words-50" };
    const json = chat({ max_tokens: 50 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(headers, { json })));
    const passed = answers.filter(({ status }) => status === 200).length;
    // Each costs 0.0005 and the prompt.
    expect(passed).toBeGreaterThan(10);
    expect(passed).toBeLessThanOrEqual(20);
  });

  test("of an unknown model is told to be uncounted, or refused", async () => {
    const headers = { "x-money": randomUUID() };
    const id = randomUUID();
    const json = chat({ model: "unheard-of-1" });
    expect((await ask({ ...headers, "x-request-id": id }, { json })).status).toBe(200);
    expect((await gateway.logEntry(id))["weir.unpriced_limits"]).toBe('["money"]');
    expect(await moneyLeft(headers)).toBe(0.01);
    const refused = await ask({ "x-priced": randomUUID() }, { json });
    expect(refused.status).toBe(403);
    expect(refused.json).toMatchObject({ error: { code: "price_unknown" } });
  });
});

describe("calls of tools", () => {
  const call = (headers: Record<string, string>, name: string, args: object = {}) =>
    ask(headers, {
      path: "/mcp/weather",
      json: { jsonrpc: "2.0", id: 7, method: "tools/call", params: { name, arguments: args } },
    });

  test("count as requests, and are refused in the form of the protocol", async () => {
    const headers = { "x-tools": randomUUID() };
    for (const left of [1, 0]) {
      const answer = await call(headers, "forecast", { city: "Rome" });
      expect(answer.json).toMatchObject({ id: 7, result: { content: [{ type: "text" }] } });
      expect(remaining(answer, "requests")).toBe(left);
    }
    const refused = await call(headers, "forecast", { city: "Rome" });
    expect(refused.status).toBe(429);
    expect(refused.json).toMatchObject({
      jsonrpc: "2.0",
      error: { code: -32000, message: expect.stringContaining("2 requests per hour") },
    });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(3500);
  });

  test("count while the API is asked", async () => {
    const headers = { "x-tools": randomUUID() };
    const slow = call(headers, "slow");
    await vi.waitFor(() => expect(api.requests.some(({ url }) => url === "/slow")).toBe(true));
    expect((await call(headers, "forecast", { city: "Rome" })).status).toBe(429);
    await slow;
    expect((await call(headers, "forecast", { city: "Rome" })).status).toBe(200);
  });
});
