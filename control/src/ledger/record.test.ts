// A line of the log as a record: every field where it belongs, and nothing absurd taken for true.
import { expect, test } from "vitest";
import { readEntry, salvageEntry } from "./entry.ts";
import { toRecord } from "./record.ts";
import { line, models, plainCost } from "./test/lines.ts";

function recordOf(given: Record<string, unknown> = {}) {
  return toRecord(readEntry(line("1", given))!, models);
}

test("a plain request", () => {
  const { request, attempts } = recordOf();
  expect(request).toMatchObject({
    id: "1",
    started_at: Date.UTC(2026, 10, 25, 10, 30, 0, 123),
    request_id: "client-1",
    consumer: "acme",
    team: "search",
    organization: "",
    target: "openai/first",
    model: "known",
    requested_model: "fast",
    response_model: "known-2026-01-01",
    stream: 1,
    status: 200,
    input_tokens: 1000,
    output_tokens: 200,
    cache_read_tokens: 400,
    reasoning_tokens: null,
    usage_source: "reported",
    priced: 1,
    cost_nano_usd: plainCost,
    tokens_per_second: 200,
    client_gone: 0,
    fallback: 0,
    limits: "",
  });
  expect(JSON.parse(request.price!)).toEqual(models[0]!.price);
  expect(attempts).toEqual([
    {
      ...{ request: "1", number: 1, requested_at: request.started_at, target: "openai/first", provider: "openai" },
      ...{ provider_key: "first", model: "known", status: 200, duration_ms: 1200, reason: "" },
    },
  ]);
});

test("what was asked and answered, where it is in the line", () => {
  const { body, request } = recordOf();
  expect(body).toEqual({
    request: "1",
    started_at: request.started_at,
    prompt: '{"messages":[{"role":"user","content":"Hello, [email]"}]}',
    answer: '[{"text":"Hi"}]',
    prompt_truncated: 0,
    answer_truncated: 1,
    redacted: '["emails"]',
  });
  const without = { "weir.prompt": undefined, "weir.answer": undefined, "weir.recorded": undefined };
  expect(recordOf(without).body).toBeNull();
  const long = JSON.stringify({ prompt: "世".repeat(20_000) });
  const absurd = { ...without, "weir.prompt": `${long}\0\uD800`, "weir.recorded": '["emails"]' };
  expect(recordOf(absurd).body).toMatchObject({ prompt: `${long}\uFFFD`, answer: null, redacted: "[]" });
});

test("attempts as the plan tells them", () => {
  const attempts = [
    { target: "a", provider: "openai", model: "x", status: 503, ms: 12, reason: "status" },
    { target: "b/second", provider: "anthropic", model: "y", status: 200, ms: 900 },
  ];
  const record = recordOf({ "weir.attempts": JSON.stringify(attempts), "weir.target": "b/second" });
  expect(record.request).toMatchObject({ attempt_count: 2, fallback: 1, target: "b/second" });
  expect(record.attempts.map(({ target, provider_key, status }) => [target, provider_key, status])).toEqual([
    ["a", "", 503],
    ["b/second", "second", 200],
  ]);
});

test.each([
  ["negative", "-1"],
  ["huge", "99999999999999999999"],
  ["beyond 2^40", String(2 ** 40 + 1)],
  ["no number", "many"],
  ["fraction", 1.5],
  ["list", [1]],
  ["infinite", Infinity],
])("a count that is %s was not told", (_, absurd) => {
  const { request } = recordOf({ "gen_ai.usage.input_tokens": absurd, "gen_ai.usage.output_tokens": absurd });
  expect(request).toMatchObject({
    input_tokens: null,
    output_tokens: null,
    usage_source: "",
    cost_nano_usd: null,
    priced: 0,
  });
});

test("a model without a price is flagged, and its cost is left open", () => {
  const { request } = recordOf({ "weir.provider_model": "unknown", "gen_ai.response.model": "" });
  expect(request).toMatchObject({ priced: 0, price: null, cost_nano_usd: null, input_tokens: 1000 });
});

test("a deployment is priced by the model that answered", () => {
  const { request } = recordOf({ "weir.provider_model": "my-deployment" });
  expect(request).toMatchObject({ priced: 1, model: "my-deployment", cost_nano_usd: plainCost });
});

test("what the gateway has counted itself is told apart", () => {
  expect(recordOf({ "weir.usage_source": "estimated" }).request).toMatchObject({
    usage_source: "estimated",
    priced: 1,
  });
});

test("a message to an MCP server is told by its method and tool, and its failure counts as one", () => {
  const tool = { "weir.surface": "", "mcp.method.name": "tools/call", "gen_ai.tool.name": "search" };
  expect(recordOf(tool).request).toMatchObject({ surface: "tools/call search", failure: "" });
  expect(recordOf({ ...tool, "weir.mcp_error": "tool" }).request).toMatchObject({
    surface: "tools/call search",
    failure: "tool",
  });
  expect(recordOf({ ...tool, "weir.mcp_error": "-32602" }).request).toMatchObject({
    surface: "tools/call",
    failure: "-32602",
  });
});

test("of a message to an MCP server it is told which one, the method, the tool, and how large it was", () => {
  const tool = {
    ...{
      "weir.surface": "",
      "weir.mcp_server": "issues",
      "mcp.method.name": "tools/call",
      "gen_ai.tool.name": "search",
    },
    ...{ "http.request.body.size": 120, "http.response.body.size": "4096" },
  };
  const asked = { server: "issues", method: "tools/call", tool: "search" };
  expect(recordOf(tool).request).toMatchObject({ ...asked, request_bytes: 120, response_bytes: 4096 });
  expect(recordOf({ ...tool, "weir.mcp_error": "tool" }).request).toMatchObject(asked);
  expect(recordOf({ ...tool, "weir.mcp_error": "-32602" }).request).toMatchObject({ ...asked, tool: "" });
  expect(recordOf({ ...tool, "weir.mcp_error": "-32601" }).request).toMatchObject({ method: "other", tool: "" });
  expect(recordOf().request).toMatchObject({ server: "", method: "", tool: "", request_bytes: null });
});

test("asking how many tokens a prompt has uses none", () => {
  const { request } = recordOf({ "weir.surface": "messages/count_tokens" });
  expect(request).toMatchObject({ input_tokens: null, usage_source: "", cost_nano_usd: null });
});

test("a client that has gone, limits that fired, a stream that broke", () => {
  const limits = JSON.stringify(["team-daily", "shadow"]);
  const given = {
    "envoy.response_flags": "UF,DC",
    "weir.limits": limits,
    "weir.failure": "cut",
    "weir.reserved_tokens": "77",
  };
  expect(recordOf(given).request).toMatchObject({ client_gone: 1, limits, failure: "cut", reserved_tokens: 77 });
});

test("texts are cut, and hold nothing that a database refuses", () => {
  const { request } = recordOf({ "request.id": `a\0${"b".repeat(5000)}`, "weir.limits": '["a\\u0000b"]' });
  expect(request.request_id).toBe(`a${"b".repeat(511)}`);
  expect(request.limits).toBe('["ab"]');
});

test.each([
  "",
  "null",
  "[]",
  "{}",
  "12",
  '{"weir.id":"1"}',
  '{"timestamp":"2026-11-25T10:30:00Z"}',
  '{"weir.id":"1","time',
])("%j is no entry", (text) => {
  expect(readEntry(text)).toBeNull();
  expect(salvageEntry(text)).toBeNull();
});

test("of a line that a dying Envoy began, and the next one went on with, the whole entry is kept", () => {
  const whole = line("2");
  for (let cut = 1; cut < whole.length; cut += 7) {
    const torn = line("1").slice(0, cut) + whole;
    expect(readEntry(torn)?.id ?? salvageEntry(torn)?.id, String(cut)).toBe("2");
  }
});
