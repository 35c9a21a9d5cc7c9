// Whose token counts they are that are published: the provider's, or an estimate.
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { loadHost, openAttempt, propertiesOf, requestHeaders } from "./exchange.ts";
import { configuration } from "./fixture.ts";

let plugin: Plugin;
beforeAll(async () => {
  plugin = (await loadHost()).startPlugin({ configuration: { ...configuration, bodyBytesMax: 100_000 } });
});

const eventStream: [string, string][] = [
  [":status", "200"],
  ["content-type", "text/event-stream"],
];
const json: [string, string][] = [
  [":status", "200"],
  ["content-type", "application/json"],
];
const content = (text: string): string => `data: {"choices":[{"delta":{"content":"${text}"}}]}\n\n`;
const finish = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n';

const chatPath = "/v1/chat/completions";

function ask(body: object, known: Record<string, string> = {}, path = chatPath, target = "openai"): HttpStream {
  const filterState = new Map(Object.entries(known).map(([name, value]) => [`wasm.weir.${name}`, Buffer.from(value)]));
  const headers = { "x-weir-limited": "1", "x-envoy-attempt-count": "1" };
  const request = requestHeaders({ headers, path });
  return openAttempt(plugin, target, filterState).sendRequest(request, JSON.stringify({ model: "a", ...body }));
}

const stream = (known = {}): HttpStream => ask({ stream: true }, known).responseHeaders(eventStream);

describe("a stream", () => {
  test("that tells its tokens has them reported", () => {
    const told = stream().responseBody(content("Hello")).responseBody(finish);
    told.responseBody('data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}\n\ndata: [DONE]\n\n');
    expect(propertiesOf(told)).toMatchObject({ usage_source: "reported", input_tokens: "5", output_tokens: "2" });
  });

  test("is estimated while it grows, for a client that leaves", () => {
    const open = stream({ input_estimate: "77" });
    expect(propertiesOf(open)).not.toHaveProperty("usage_source");
    open.responseBody(content("Hello"));
    expect(propertiesOf(open)).toMatchObject({ usage_source: "estimated", input_tokens: "77", output_tokens: "1" });
    for (let i = 0; i < 100; ++i) open.responseBody(content(" word"));
    const grown = Number(propertiesOf(open)["output_tokens"]);
    expect(grown).toBeGreaterThan(75);
    expect(grown).toBeLessThan(110);
  });

  test.each([
    ["ends", (open: HttpStream) => open.responseBody(finish + "data: [DONE]\n\n", { endOfStream: true })],
    ["breaks off", (open: HttpStream) => open.responseBody("", { endOfStream: true })],
  ])("that tells nothing is estimated when it %s", (_how, end) => {
    const open = stream({ input_estimate: "77" });
    for (let i = 0; i < 5; ++i) open.responseBody(content(" word"));
    end(open);
    expect(propertiesOf(open)).toMatchObject({ usage_source: "estimated", input_tokens: "77", output_tokens: "5" });
  });

  test("is estimated with what comes with log probabilities, too", () => {
    const chosen = { token: "word", logProbability: -0.1 };
    const candidate = {
      content: { parts: [{ text: " word" }], role: "model" },
      logprobsResult: { chosenCandidates: [chosen], topCandidates: [{ candidates: [chosen] }] },
      index: 0,
    };
    const request = { stream: true, logprobs: true, messages: [{ role: "user", content: "Hi" }] };
    const open = ask(request, { input_estimate: "77" }, chatPath, "google").responseHeaders(eventStream);
    for (let i = 0; i < 5; ++i) open.responseBody(`data: ${JSON.stringify({ candidates: [candidate] })}\n\n`);
    open.responseBody("", { endOfStream: true });
    expect(open.sentDownstream.text).toContain('"logprobs":{');
    expect(propertiesOf(open)).toMatchObject({ usage_source: "estimated", output_tokens: "5" });
  });

  test("without a limit's estimate counts its prompt by its size, pictures left out", () => {
    const picture = { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(40_000)}` } };
    const open = ask({ stream: true, messages: [{ role: "user", content: [picture] }] }).responseHeaders(eventStream);
    open.responseBody(content("A cat"));
    const input = Number(propertiesOf(open)["input_tokens"]);
    expect(input).toBeGreaterThan(900);
    expect(input).toBeLessThan(1200);
  });
});

describe("a whole answer", () => {
  test.each([
    ["negative", { prompt_tokens: -5, completion_tokens: -1 }],
    ["huge", { prompt_tokens: 9e15, completion_tokens: 1e300 }],
    ["text", { prompt_tokens: "5", completion_tokens: "2" }],
    ["nothing", null],
  ])("whose usage is %s is estimated", (_what, usage) => {
    const answer = {
      choices: [{ message: { role: "assistant", content: "Hello there, you" }, finish_reason: "stop" }],
      usage,
    };
    const open = ask({}, { input_estimate: "77" }).sendResponse(json, JSON.stringify(answer));
    const { output_tokens: output, ...others } = propertiesOf(open);
    expect(others).toMatchObject({ usage_source: "estimated", input_tokens: "77" });
    expect(Number(output)).toBeGreaterThanOrEqual(3);
    expect(Number(output)).toBeLessThanOrEqual(5);
  });

  test("of the Responses API that tells nothing is estimated by its texts, each once", () => {
    const output = [
      { type: "reasoning", summary: [{ type: "summary_text", text: "One two" }] },
      { type: "message", content: [{ type: "output_text", text: "three four" }] },
      { type: "function_call", name: "five", arguments: '{"a":1}' },
    ];
    const open = ask({}, { input_estimate: "77" }, "/v1/responses");
    open.sendResponse(json, JSON.stringify({ object: "response", status: "completed", text: { format: {} }, output }));
    const { output_tokens: counted, ...others } = propertiesOf(open);
    expect(others).toMatchObject({ usage_source: "estimated", input_tokens: "77" });
    expect(Number(counted)).toBeGreaterThanOrEqual(5);
    expect(Number(counted)).toBeLessThanOrEqual(12);
  });

  test("keeps no part that is larger than the whole", () => {
    const usage = { prompt_tokens: 5, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 50 } };
    const open = ask({}).sendResponse(json, JSON.stringify({ choices: [], usage }));
    expect(propertiesOf(open)).toMatchObject({ usage_source: "reported", input_tokens: "5" });
    expect(propertiesOf(open)).not.toHaveProperty("cached_tokens");
  });
});

test("an error tells of no tokens", () => {
  const open = ask({}, { input_estimate: "77" });
  open.sendResponse(
    [
      [":status", "503"],
      ["content-type", "application/json"],
    ],
    '{"error":{"message":"No"}}',
  );
  expect(propertiesOf(open)).not.toHaveProperty("usage_source");
});

test.each<[object, object]>([
  [{ max_tokens: 100 }, { max_tokens: 20 }],
  [{ max_tokens: 10 }, { max_tokens: 10 }],
  [
    { max_tokens: 100, max_completion_tokens: 10 },
    { max_tokens: 20, max_completion_tokens: 10 },
  ],
  [{}, { max_completion_tokens: 20 }],
  [{ max_completion_tokens: null }, { max_completion_tokens: 20 }],
  [{ max_completion_tokens: "many" }, { max_completion_tokens: "many" }],
])("a bound on the output makes of %j what the provider gets", (asked, sent) => {
  const open = ask(asked, { output_tokens_max: "20" });
  expect(JSON.parse(open.sentUpstream.text)).toEqual({ model: expect.any(String) as string, ...sent });
  expect(open.sentUpstream.header("x-weir-limited")).toBeUndefined();
});
