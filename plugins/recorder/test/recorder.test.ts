// The recorder on the Node host: what of which APIs is recorded, of whom, how it is cut, and that nothing else changes.
import { beforeAll, describe, expect, test } from "vitest";
import { bytes, events, json, RecorderHost, type Sent } from "./exchange.ts";

let host: RecorderHost;
beforeAll(async () => void (host = await RecorderHost.start()));

const record = (sent: Sent, configuration: object = {}) => host.configure(configuration)(sent);
const chat = (content: unknown) =>
  json({ model: "m", temperature: 1, messages: [{ role: "user", content }], tools: [{}] });
const answer = json({
  id: "x",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, logprobs: { a: 1 } }],
});

describe("whose", () => {
  const recorded = (configuration: object, sent: Sent): boolean =>
    record({ request: chat("Hello"), answer, ...sent }, configuration).prompt !== null;

  test("routes, by name and by beginning; the one that a plugin has chosen comes first", () => {
    expect(recorded({ routes: ["chat"] }, {})).toBe(true);
    expect(recorded({ routes: ["ch*"] }, {})).toBe(true);
    expect(recorded({ routes: ["other"] }, {})).toBe(false);
    expect(recorded({ routes: ["other"] }, { known: { route: "other" } })).toBe(true);
    expect(recorded({ routes: ["chat"] }, { known: { route: "other" } })).toBe(false);
  });

  test("consumers, and some of them not", () => {
    const known = { consumer: "acme-1" };
    expect(recorded({ consumers: ["acme-*"] }, { known })).toBe(true);
    expect(recorded({ consumers: ["acme"] }, { known })).toBe(false);
    expect(recorded({ consumers: ["acme-*"] }, {})).toBe(false);
    expect(recorded({ exceptConsumers: ["acme-1"] }, { known })).toBe(false);
    expect(recorded({ exceptConsumers: ["acme-1"] }, {})).toBe(true);
  });

  test.each<[string, Sent]>([
    ["another method's path", { path: "/v1/models" }],
    ["what stands below a surface", { path: "/v1/responses/resp_1/cancel" }],
    ["counting", { path: "/v1/messages/count_tokens" }],
    ["a form", { requestType: "multipart/form-data; boundary=x", path: "/v1/images/edits" }],
    ["what is compressed", { requestHeaders: [["content-encoding", "gzip"]] }],
  ])("not %s", (_, sent) => expect(recorded({}, sent)).toBe(false));
});

describe("of requests", () => {
  test.each<[string, string, object, object]>([
    [
      "chat/completions",
      "/v1/chat/completions",
      { model: "m", messages: [{ role: "user", content: [{ type: "text", text: "a" }] }], user: "u" },
      { messages: [{ role: "user", content: [{ type: "text", text: "a" }] }] },
    ],
    ["completions", "/v1/completions", { prompt: ["a", [1, 2]], suffix: "b" }, { prompt: ["a", []], suffix: "b" }],
    ["responses", "/v1/responses", { instructions: "i", input: "a" }, { instructions: "i", input: "a" }],
    [
      "messages",
      "/v1/messages",
      { max_tokens: 9, system: "s", messages: [{ role: "user", content: "a" }], tools: [{ name: "t" }] },
      { system: "s", messages: [{ role: "user", content: "a" }] },
    ],
    [
      "generateContent",
      "/v1beta/models/m:generateContent",
      { contents: [{ parts: [{ text: "a" }] }], systemInstruction: { parts: [] }, generationConfig: {} },
      { contents: [{ parts: [{ text: "a" }] }], systemInstruction: { parts: [] } },
    ],
    ["embeddings", "/v1/embeddings", { input: ["a", "b"], dimensions: 3 }, { input: ["a", "b"] }],
    ["rerank", "/v1/rerank", { query: "q", documents: ["a"], top_n: 1 }, { query: "q", documents: ["a"] }],
    ["images/generations", "/v1/images/generations", { prompt: "a cat", n: 1 }, { prompt: "a cat" }],
    ["audio/speech", "/v1/audio/speech", { input: "Say", voice: "x" }, { input: "Say" }],
  ])("%s", (_, path, request, expected) => {
    expect(JSON.parse(record({ path, request: json(request), answer: json({}) }).prompt!)).toEqual(expected);
  });

  test("pictures and sound are not kept, whatever they are called", () => {
    const base64 = Buffer.alloc(300, "picture").toString("base64");
    const parts = [{ image_url: { url: `data:image/png;base64,${base64}` } }, { data: base64 }, { text: "data: a, b" }];
    expect(JSON.parse(record({ request: chat(parts), answer }).prompt!)).toMatchObject({
      messages: [{ content: [{ image_url: { url: "[binary]" } }, { data: "[binary]" }, { text: "data: a, b" }] }],
    });
  });
});

describe("of answers", () => {
  test("what was said, without its tokens' own list", () => {
    const { prompt, answer: recorded, told, got } = record({ request: chat("Hello"), answer });
    expect(prompt).toBe('{"messages":[{"role":"user","content":"Hello"}]}');
    expect(recorded).toBe('{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"}}]}');
    expect(told).toEqual({});
    expect(got).toBe(Buffer.from(answer[0]!).toString());
  });

  test.each<[string, string, Uint8Array[], unknown]>([
    [
      "chat/completions, two choices and tools",
      "/v1/chat/completions",
      events(
        { choices: [{ index: 0, delta: { role: "assistant", content: "" } }] },
        { choices: [{ index: 0, delta: { reasoning_content: "Hm" } }] },
        { choices: [{ index: 1, delta: { content: "One" } }] },
        { choices: [{ index: 0, delta: { content: "Two" } }] },
        { choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { name: "f", arguments: "" } }] } }] },
        { choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: "{}" } }] } }] },
        { choices: [], usage: { total_tokens: 1 } },
        "[DONE]",
      ),
      [{ thinking: "Hm" }, { choice: 1, text: "One" }, { text: "Two" }, { tool: "f", arguments: "{}" }],
    ],
    [
      "completions",
      "/v1/completions",
      events({ choices: [{ text: "a" }] }, { choices: [{ text: "b" }] }),
      [{ text: "ab" }],
    ],
    [
      "responses",
      "/v1/responses",
      events(
        { type: "response.created", response: { error: null } },
        { type: "response.reasoning_summary_text.delta", output_index: 0, delta: "Hm" },
        { type: "response.output_text.delta", output_index: 1, delta: "He" },
        { type: "response.output_text.delta", output_index: 1, delta: "llo" },
        { type: "response.output_item.added", output_index: 2, item: { type: "function_call", name: "f" } },
        { type: "response.function_call_arguments.delta", output_index: 2, delta: '{"a":1}' },
        { type: "response.output_item.done", output_index: 2, item: { type: "function_call", name: "f" } },
        { type: "response.audio.delta", delta: "AAAA" },
        { type: "response.completed", response: { error: null, output: [] } },
      ),
      [{ thinking: "Hm" }, { text: "Hello" }, { tool: "f", arguments: '{"a":1}' }],
    ],
    [
      "messages",
      "/v1/messages",
      events(
        { type: "message_start", message: { content: [] } },
        { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
        { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Hm" } },
        { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "xyz" } },
        { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Hi" } },
        { type: "content_block_start", index: 2, content_block: { type: "tool_use", name: "f", input: {} } },
        { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"a":' } },
        { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: "2}" } },
        { type: "message_delta", delta: { stop_reason: "end_turn" } },
      ),
      [{ thinking: "Hm" }, { text: "Hi" }, { tool: "f", arguments: '{"a":2}' }],
    ],
    [
      "streamGenerateContent",
      "/v1beta/models/m:streamGenerateContent?alt=sse",
      events(
        { candidates: [{ content: { parts: [{ text: "Hm", thought: true }] } }] },
        { candidates: [{ content: { parts: [{ text: "He" }] } }] },
        { candidates: [{ content: { parts: [{ text: "y" }, { functionCall: { name: "f", args: { a: 1 } } }] } }] },
        { candidates: [{ content: { parts: [{ functionCall: { name: "g", args: {} } }] } }] },
      ),
      [{ thinking: "Hm" }, { text: "Hey" }, { tool: "f", arguments: '{"a":1}' }, { tool: "g", arguments: "{}" }],
    ],
  ])("a stream of %s", (_, path, stream, expected) => {
    const recorded = record({ path, request: json({}), answer: stream, answerType: "text/event-stream" });
    expect(JSON.parse(recorded.answer!)).toEqual(expected);
    expect(recorded.told).toEqual({});
    expect(recorded.got).toBe(Buffer.from(stream[0]!).toString());
  });

  test("a stream that ends with trailers is whole", () => {
    const stream = events({ choices: [{ delta: { content: "This is it" } }] });
    const { answer: recorded, told } = record({ answer: stream, answerType: "text/event-stream", trailers: true });
    expect(JSON.parse(recorded!)).toEqual([{ text: "This is it" }]);
    expect(told).toEqual({});
  });

  test("an error in the midst of a stream is one, and what came before it may be half", () => {
    const stream = events(
      { choices: [{ delta: { content: "This is it, and th" } }] },
      { error: { message: "The provider broke off", type: "server_error" } },
    );
    const { answer: recorded, told } = record({ answer: stream, answerType: "text/event-stream" });
    expect(JSON.parse(recorded!)).toEqual([{ text: "This is it, and " }, { error: "The provider broke off" }]);
    expect(told).toEqual({ answerTruncated: true });
  });

  test.each<[string, Sent]>([
    ["vectors", { path: "/v1/embeddings", answer: json({ data: [{ embedding: [1, 2] }] }) }],
    ["sound", { path: "/v1/audio/speech", answer: [Buffer.alloc(100)], answerType: "audio/mpeg" }],
    ["what is compressed", { answer, answerHeaders: [["content-encoding", "gzip"]] }],
  ])("not %s", (_, sent) => expect(record({ request: chat("Hi"), ...sent }).answer).toBeNull());

  test("a list of Gemini's, and an error", () => {
    const list = json([{ candidates: [{ content: { parts: [{ text: "a" }] } }], usageMetadata: {} }]);
    expect(record({ path: "/v1beta/models/m:streamGenerateContent", answer: list }).answer).toBe(
      '[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}]',
    );
    expect(record({ status: "429", answer: json({ error: { message: "Slow down" } }) }).answer).toBe(
      '{"error":{"message":"Slow down"}}',
    );
  });
});

describe("how much", () => {
  test("0 is nothing", () => {
    const { prompt, answer: recorded } = record({ request: chat("Hi"), answer }, { promptBytesMax: 0 });
    expect([prompt, recorded !== null]).toEqual([null, true]);
    expect(record({ request: chat("Hi"), answer }, { answerBytesMax: 0 }).answer).toBeNull();
  });

  test("whatever the cap, what is recorded is JSON, and no longer", () => {
    const request = chat([{ text: 'é世😀 "\\' }, { list: [true, null, { a: "b" }] }, { text: "the end" }]);
    const stream = events(...["Hello ", "wörld 世界 ", "😀"].map((content) => ({ choices: [{ delta: { content } }] })));
    for (let cap = 1; cap < 200; cap++) {
      const recorded = record(
        { request, answer: stream, answerType: "text/event-stream" },
        { promptBytesMax: cap, answerBytesMax: cap },
      );
      for (const text of [recorded.prompt, recorded.answer]) {
        if (text !== null) JSON.parse(text);
        expect(Buffer.byteLength(text ?? "")).toBeLessThanOrEqual(cap);
        expect(text ?? "").not.toContain("\uFFFD");
      }
      if (recorded.prompt !== null)
        expect(recorded.told.promptTruncated ?? false).toBe(cap < Buffer.byteLength(fullPrompt(request)));
    }
  });

  /** What is recorded where it is not cut. */
  const fullPrompt = (request: Uint8Array[]): string => record({ request, answer }).prompt!;

  test("a body that is not there to its end is marked", () => {
    const { prompt, told } = record({ request: [bytes('{"messages":[{"role":"user","content":"Write to my fri')] });
    expect(prompt).toBe('{"messages":[{"role":"user","content":"Write to my "}]}');
    expect(told).toEqual({ promptTruncated: true });
  });
});

test.each<[string, object, RegExp]>([
  ["a class that is not known", { redact: ["everything"] }, /redact must be a list/],
  ["a pattern that is none", { redactAlso: [{ name: "x", pattern: "(" }] }, /redactAlso\[0\] must be a text or/],
  ["a cap that is none", { promptBytesMax: -1 }, /promptBytesMax must be a whole number/],
])("a configuration with %s is refused", (_, configuration, expected) => {
  expect(() => host.configure(configuration)).toThrow();
  expect(host.host.logs.map(({ message }) => message).join("\n")).toMatch(expected);
});
