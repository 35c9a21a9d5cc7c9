// Limits on a real Envoy with two workers, behind the real control plane: what goes through, what is settled, and what
// the provider was asked.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer, type HttpRequest } from "./http-client.ts";

const configurationOf = (limits: string): string => `${gatewayBlock}
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
  - { name: beta, type: anthropic, baseUrl: "@SIMULATOR@/beta", apiKey: fake-beta-key }
routes:
  - { name: direct, match: { pathPrefix: /direct/v1 }, targets: [{ provider: alpha }] }
  - { name: claude, models: ["claude-*"], targets: [{ provider: beta }] }
  - { name: planned, targets: [{ provider: alpha }], fallbacks: [{ provider: beta, model: claude-sonnet-4-6 }] }
limits:
${limits}`;

/** Counters are kept under a limit's name: each test has one of its own. */
const each = (name: string, windows: string, more = ""): string =>
  `  - { name: ${name}, match: { headers: { x-case: "*" } }, windows: [${windows}]${more} }`;

const limits = [
  each("requests", "{ unit: requests, limit: 50, per: hour }"),
  each("tokens", "{ unit: totalTokens, limit: 100000, per: day }"),
  `  - { name: small, match: { headers: { x-small: "*" } }, windows: [{ unit: totalTokens, limit: 3000, per: hour }] }`,
  `  - { name: bound, match: { headers: { x-bound: "*" } }, outputTokensMax: 20, windows: [{ unit: outputTokens, limit: 1000, per: hour }] }`,
  `  - { name: two, match: { headers: { x-two: "*" } }, windows: [{ unit: concurrentRequests, limit: 2 }] }`,
  `  - { name: watched, match: { headers: { x-watched: "*" } }, shadow: true, windows: [{ unit: requests, limit: 1, per: hour }] }`,
].join("\n");

const messages = [{ role: "user", content: "Hello" }];
const chat = (more: object = {}): object => ({ model: "gpt-4o", messages, ...more });

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway(configurationOf(limits));
});
afterAll(() => gateway?.stop());
beforeEach(() => void (gateway.simulator.requests.length = 0));

const path = "/v1/chat/completions";
const caseOf = (): Record<string, string> => ({ "x-case": randomUUID() });

function ask(headers: Record<string, string>, request: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
  return send(gateway.url, { path, json: chat(), ...request, headers: { ...headers, ...request.headers } });
}

const remaining = (answer: HttpAnswer, what: string): number => Number(answer.headers[`x-ratelimit-remaining-${what}`]);

/** What is left of the tokens, but for what asking sets aside. */
async function tokensLeft(headers: Record<string, string>): Promise<number> {
  const id = randomUUID();
  const answer = await ask(
    { ...headers, "x-request-id": id, "x-simulate": "status-500" },
    { json: chat({ max_tokens: 1 }) },
  );
  // "Hello" is 8 tokens by the gateway's estimate, and 1 is the bound.
  return remaining(answer, "tokens") + reservedByHello + 1;
}
const reservedByHello = 8;

describe("200 requests at once", () => {
  test.each(["/v1/chat/completions", "/direct/v1/chat/completions"])("of which 50 may pass, on %s", async (path) => {
    const headers = caseOf();
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(headers, { path })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(50);
    expect(statuses.filter((status) => status === 429)).toHaveLength(150);
    // A refusal of the gateway's own is no failure of a provider: nothing else was tried.
    expect(gateway.simulator.requests).toHaveLength(50);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.json).toMatchObject({ error: { code: "rate_limit_exceeded", type: "rate_limit_error" } });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(3500);
    expect(refused.headers).toMatchObject({
      "x-ratelimit-limit-requests": "50",
      "x-ratelimit-remaining-requests": "0",
    });
  });

  test("use no more tokens than the limit has", async () => {
    const headers = { "x-small": randomUUID() };
    const json = chat({ max_tokens: 100 });
    const simulate = { "x-simulate": "words-100" };
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask({ ...headers, ...simulate }, { json })));
    const passed = answers.filter(({ status }) => status === 200);
    const used = passed.map(({ json }) => (json as { usage: { total_tokens: number } }).usage.total_tokens);
    const sum = used.reduce((a, b) => a + b, 0);
    expect(sum).toBeLessThanOrEqual(3000);
    expect(sum).toBeGreaterThan(2000);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(200 - passed.length);
  });
});

describe("tokens", () => {
  test("are settled to what the provider told, of all surfaces", async () => {
    const headers = caseOf();
    const asked: Partial<HttpRequest>[] = [
      { json: chat({ max_tokens: 500 }) },
      { json: chat({ stream: true }) },
      { json: chat({ model: "claude-sonnet-4-6" }) },
      { path: "/v1/messages", json: { model: "claude-sonnet-4-6", max_tokens: 400, messages } },
      { path: "/v1/messages", json: { model: "gpt-4o", max_tokens: 400, messages, stream: true } },
      { path: "/v1/responses", json: { model: "gpt-4o", input: "Hello" } },
      { path: "/v1/embeddings", json: { model: "gpt-4o", input: "Hello" } },
      { path: "/v1beta/models/gpt-4o:generateContent", json: { contents: [{ parts: [{ text: "Hello" }] }] } },
    ];
    let told = 0;
    for (const request of asked) {
      const id = randomUUID();
      const answer = await ask({ ...headers, "x-request-id": id }, request);
      expect(answer.status).toBe(200);
      const entry = await gateway.logEntry(id);
      expect(entry["weir.usage_source"]).toBe("reported");
      told += Number(entry["gen_ai.usage.input_tokens"]) + Number(entry["gen_ai.usage.output_tokens"] ?? 0);
    }
    expect(told).toBeGreaterThan(50);
    expect(await tokensLeft(headers)).toBe(100_000 - told);
  });

  test.each([
    ["before the answer", "hang", null],
    ["within the stream", "words-400, chunk-delay-10", "simulated-40"],
    ["once it has all", "words-5, chunk-delay-300", '"completion_tokens":5'],
  ])("are settled where the client leaves %s", async (_when, simulate, seen) => {
    const headers = caseOf();
    const id = randomUUID();
    const json = chat({
      stream: true,
      max_tokens: 5000,
      ...(simulate.includes("words-5,") && { stream_options: { include_usage: true } }),
    });
    const all = { ...headers, "x-request-id": id, "x-simulate": simulate };
    if (seen) {
      const stream = await open(gateway.url, { path, headers: all, json });
      await stream.seen(seen);
      stream.leave();
    } else {
      await expect(send(gateway.url, { path, headers: all, json, signal: AbortSignal.timeout(300) })).rejects.toThrow();
    }
    const entry = await gateway.logEntry(id);
    const used = Number(entry["gen_ai.usage.input_tokens"] ?? 0) + Number(entry["gen_ai.usage.output_tokens"] ?? 0);
    await vi.waitFor(async () => expect(await tokensLeft(headers)).toBe(100_000 - used));
    if (seen === null) expect(used).toBe(0);
    if (seen === "simulated-40") {
      expect(entry["weir.usage_source"]).toBe("estimated");
      expect(used).toBeGreaterThan(40);
      expect(used).toBeLessThan(400);
    }
  });

  test.each(["status-503", "drop", "drop-after-headers", "status-429", "empty-body"])(
    "come back where the provider fails with %s",
    async (fault) => {
      const headers = caseOf();
      await ask(
        { ...headers, "x-simulate": fault },
        { path: "/direct/v1/chat/completions", json: chat({ max_tokens: 900 }) },
      );
      expect(await tokensLeft(headers)).toBe(100_000);
    },
  );

  test("of a stream that breaks off are estimated", async () => {
    const headers = caseOf();
    const id = randomUUID();
    await ask(
      { ...headers, "x-request-id": id, "x-simulate": "drop-mid-stream, words-100" },
      { json: chat({ stream: true }) },
    );
    const entry = await gateway.logEntry(id);
    expect(entry["weir.usage_source"]).toBe("estimated");
    const used = Number(entry["gen_ai.usage.input_tokens"]) + Number(entry["gen_ai.usage.output_tokens"]);
    expect(await tokensLeft(headers)).toBe(100_000 - used);
  });
});

describe("a bound on the output", () => {
  test.each<[string, object, string, object]>([
    [path, chat(), "/v1/chat/completions", { max_completion_tokens: 20 }],
    [path, chat({ max_tokens: 5000 }), "/v1/chat/completions", { max_tokens: 20 }],
    [path, chat({ model: "claude-sonnet-4-6" }), "/beta/messages", { max_tokens: 20 }],
    ["/v1/messages", { model: "claude-sonnet-4-6", max_tokens: 99, messages }, "/beta/messages", { max_tokens: 20 }],
    ["/v1/responses", { model: "gpt-4o", input: "Hello" }, "/v1/responses", { max_output_tokens: 20 }],
    [
      "/v1beta/models/gpt-4o:generateContent",
      { contents: [{ parts: [{ text: "Hello" }] }] },
      "/v1/chat/completions",
      { max_completion_tokens: 20 },
    ],
  ])("is told to the provider of %s %j", async (path, json, at, expected) => {
    const answer = await ask({ "x-bound": randomUUID() }, { path, json });
    expect(answer.status).toBe(200);
    const [sent] = gateway.simulator.requests;
    expect(sent?.path).toBe(at);
    expect(JSON.parse(sent!.body.toString())).toMatchObject(expected);
    expect(JSON.stringify(sent?.headers)).not.toContain("x-weir");
  });

  test.each([
    ["chat", path, chat({ stream: true, stream_options: { include_usage: true } }), '"finish_reason":"length"'],
    ["of another dialect", path, chat({ model: "claude-sonnet-4-6", stream: true }), '"finish_reason":"length"'],
    ["messages", "/v1/messages", { model: "claude-sonnet-4-6", max_tokens: 99, stream: true, messages }, "max_tokens"],
    ["responses", "/v1/responses", { model: "gpt-4o", stream: true, input: "Hello" }, "response.incomplete"],
  ])("ends a stream whose provider ignores it: %s", async (_name, path, json, end) => {
    const id = randomUUID();
    const headers = {
      "x-bound": randomUUID(),
      "x-request-id": id,
      "x-simulate": "ignore-bound, words-60, chunk-delay-2",
    };
    const answer = await ask(headers, { path, json });
    expect(answer.complete).toBe(true);
    expect(answer.text).toContain("simulated-18");
    expect(answer.text).not.toContain("simulated-30");
    expect(answer.text).toContain(end);
    const entry = await gateway.logEntry(id);
    expect(entry).toMatchObject({ "weir.usage_source": "estimated", "gen_ai.response.finish_reasons": "length" });
    // What was received is settled: what is left says so.
    const output = Number(entry["gen_ai.usage.output_tokens"]);
    expect(output).toBeGreaterThan(20);
    const next = await ask({ "x-bound": headers["x-bound"] }, { json: chat() });
    expect(remaining(next, "tokens")).toBe(1000 - output - 20);
  });

  test("ends the answer properly", async () => {
    const headers = { "x-bound": randomUUID(), "x-simulate": "words-50" };
    const answer = await ask(headers, { json: chat({ stream: true, stream_options: { include_usage: true } }) });
    expect(answer.complete).toBe(true);
    expect(answer.text).toContain('"finish_reason":"length"');
    expect(answer.text).toContain('"completion_tokens":20');
    expect(answer.events.at(-1)).toBe("[DONE]");
  });

  test("holds at the next target as well", async () => {
    const headers = { "x-bound": randomUUID(), "x-simulate": "status-503" };
    await ask(headers);
    expect(gateway.simulator.requests.map(({ path }) => path)).toEqual(["/v1/chat/completions", "/beta/messages"]);
    expect(JSON.parse(gateway.simulator.requests[1]!.body.toString())).toMatchObject({ max_tokens: 20 });
  });
});

test("no more requests at once than may be under way", async () => {
  const headers = { "x-two": randomUUID(), "x-simulate": "words-3, chunk-delay-200" };
  const streams = await Promise.all(
    [1, 2].map(() => open(gateway.url, { path, headers, json: chat({ stream: true }) })),
  );
  expect((await ask(headers)).status).toBe(429);
  streams[0]!.leave();
  await vi.waitFor(async () => expect((await ask({ ...headers, "x-simulate": "words-1" })).status).toBe(200));
  await Promise.all(streams.map(({ whole }) => whole));
});

test("a limit in shadow mode is told in the log, and refuses nothing", async () => {
  const headers = { "x-watched": randomUUID() };
  expect((await ask(headers)).status).toBe(200);
  const id = randomUUID();
  expect((await ask({ ...headers, "x-request-id": id })).status).toBe(200);
  expect((await gateway.logEntry(id))["weir.limits"]).toBe('["watched"]');
});

test("counts outlive a change of the configuration, and streams settle by the one they began with", async () => {
  const headers = caseOf();
  const id = randomUUID();
  const stream = await open(gateway.url, {
    path,
    headers: { ...headers, "x-request-id": id, "x-simulate": "words-20, chunk-delay-50" },
    json: chat({ stream: true, max_tokens: 5000 }),
  });
  await stream.seen("simulated-2");
  await gateway.configure(configurationOf(limits.replace("limit: 100000", "limit: 200000")));
  await stream.whole;
  const entry = await gateway.logEntry(id);
  const used = Number(entry["gen_ai.usage.input_tokens"]) + Number(entry["gen_ai.usage.output_tokens"]);
  await vi.waitFor(async () => expect(await tokensLeft(headers)).toBe(200_000 - used), { timeout: 5_000 });
  await gateway.configure(configurationOf(limits));
});
