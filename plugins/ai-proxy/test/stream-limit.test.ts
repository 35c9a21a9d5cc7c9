// Streams of providers that ignore the bound on their output: ended here, in each client's dialect.
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { loadHost, openAttempt, propertiesOf, requestHeaders } from "./exchange.ts";

const native = ["messages", "streamGenerateContent", "chat/completions", "completions", "responses"];
const configuration = {
  targets: {
    native: { surfaces: native },
    claude: { dialect: "anthropic", surfaces: ["messages"] },
  },
};

let plugin: Plugin;
beforeAll(async () => {
  plugin = (await loadHost()).startPlugin({ configuration });
});

function ask(cluster: string, path: string, body: object, outputLimit = 5): HttpStream {
  const filterState = new Map([["wasm.weir.output_limit", Buffer.from(String(outputLimit))]]);
  filterState.set("wasm.weir.input_estimate", Buffer.from("7"));
  const headers = requestHeaders({ path, headers: { "x-weir-limited": "1", "x-envoy-attempt-count": "1" } });
  const stream = openAttempt(plugin, cluster, filterState);
  stream.sendRequest(headers, JSON.stringify({ model: "m", stream: true, ...body }));
  return stream.responseHeaders([
    [":status", "200"],
    ["content-type", "text/event-stream"],
  ]);
}

const event = (data: object, name = ""): string => `${name && `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
const received = (stream: HttpStream): string => stream.sentDownstream.body.toString();
const eventsOf = (stream: HttpStream) =>
  received(stream)
    .split("\n\n")
    .map((text) => text.replace(/^event: .*\n/, "").replace(/^data: /, ""))
    .filter((text) => text.startsWith("{"))
    .map((text) => JSON.parse(text));

/** Events, each with one more word. */
interface Provider {
  path: string;
  body: object;
  before: string;
  word: (index: number) => string;
}

const chunk = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1700000000, model: "m-1" };
const chat: Provider = {
  path: "/v1/chat/completions",
  body: { messages: [{ role: "user", content: "Hi" }] },
  before: event({ ...chunk, choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] }),
  word: (i) => event({ ...chunk, choices: [{ index: 0, delta: { content: `w${i} ` }, finish_reason: null }] }),
};
const completions: Provider = {
  path: "/v1/completions",
  body: { prompt: "Hi" },
  before: "",
  word: (i) =>
    event({
      id: "cmpl-1",
      object: "text_completion",
      created: 1,
      model: "m-1",
      choices: [{ index: 0, text: `w${i} ` }],
    }),
};
const messages: Provider = {
  path: "/v1/messages",
  body: { max_tokens: 1000, messages: [{ role: "user", content: "Hi" }] },
  before:
    event(
      { type: "message_start", message: { id: "msg_1", model: "m-1", usage: { input_tokens: 11, output_tokens: 1 } } },
      "message_start",
    ) +
    event(
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "" } },
      "content_block_start",
    ) +
    event({ type: "content_block_stop", index: 0 }, "content_block_stop") +
    event({ type: "content_block_start", index: 1, content_block: { type: "text", text: "" } }, "content_block_start"),
  word: (i) =>
    event(
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: `w${i} ` } },
      "content_block_delta",
    ),
};
const gemini: Provider = {
  path: "/v1beta/models/m:streamGenerateContent?alt=sse",
  body: { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
  before: "",
  word: (i) =>
    event({
      candidates: [{ content: { role: "model", parts: [{ text: `w${i} ` }] }, index: 0 }],
      modelVersion: "m-1",
      responseId: "r1",
    }),
};
const item = { item_id: "msg_1", output_index: 0, content_index: 0 };
const responses: Provider = {
  path: "/v1/responses",
  body: { input: "Hi" },
  before:
    event(
      {
        type: "response.created",
        sequence_number: 0,
        response: {
          id: "resp_1",
          object: "response",
          created_at: 1700000000,
          status: "in_progress",
          model: "m-1",
          output: [],
        },
      },
      "response.created",
    ) +
    event(
      {
        type: "response.output_item.added",
        sequence_number: 1,
        output_index: 0,
        item: { id: "msg_1", type: "message", status: "in_progress", role: "assistant", content: [] },
      },
      "response.output_item.added",
    ) +
    event(
      {
        type: "response.content_part.added",
        sequence_number: 2,
        ...item,
        part: { type: "output_text", text: "", annotations: [] },
      },
      "response.content_part.added",
    ),
  word: (i) =>
    event(
      { type: "response.output_text.delta", sequence_number: 3 + i, ...item, delta: `w${i} ` },
      "response.output_text.delta",
    ),
};

const providers: [string, Provider][] = Object.entries({ chat, completions, messages, gemini, responses });

/** What a provider sends that ignores every bound. */
const endless = ({ before, word }: Provider): string => before + Array.from({ length: 40 }, (_, i) => word(i)).join("");

describe.each(providers)("a stream of %s", (name, provider) => {
  test("passes as it is up to its limit", () => {
    const stream = ask("native", provider.path, provider.body, 40);
    stream.responseBody(endless(provider));
    if (name !== "responses") expect(received(stream)).toBe(endless(provider));
    expect(received(stream)).toContain("w39");
    expect(propertiesOf(stream)["finish"]).toBeUndefined();
  });

  test.each([1, 3, 7, 50, 1000])("is ended behind it, cut in pieces of %d bytes", (size) => {
    const stream = ask("native", provider.path, provider.body);
    const bytes = Buffer.from(endless(provider));
    for (let at = 0; at < bytes.length; at += size) stream.responseBody(bytes.subarray(at, at + size));
    stream.responseBody("", { endOfStream: true });
    const text = received(stream);
    // The sixth word is the first that is too much; a piece passes as a whole, and its next event is the last.
    expect(text).toContain("w5 ");
    const seen = [...text.matchAll(/w(\d+) /g)].map(([, i]) => Number(i));
    expect(Math.max(...seen)).toBeLessThanOrEqual(size > 100 ? 20 : 6);
    expect(propertiesOf(stream)).toMatchObject({
      finish: "length",
      usage_source: "estimated",
      input_tokens: name === "messages" ? "11" : "7",
    });
    expectEnded(name, stream);
  });
});

function expectEnded(name: string, stream: HttpStream): void {
  const events = eventsOf(stream);
  const output = Number(propertiesOf(stream)["output_tokens"]);
  const last = events.at(-1);
  expect(output).toBeGreaterThan(5);
  switch (name) {
    case "chat":
      expect(received(stream).endsWith("\n\ndata: [DONE]\n\n")).toBe(true);
      expect(last).toMatchObject({ ...chunk, choices: [{ index: 0, delta: {}, finish_reason: "length" }] });
      break;
    case "completions":
      expect(received(stream).endsWith("\n\ndata: [DONE]\n\n")).toBe(true);
      expect(last).toMatchObject({ id: "cmpl-1", model: "m-1", choices: [{ index: 0, finish_reason: "length" }] });
      break;
    case "messages":
      expect(events.slice(-3)).toMatchObject([
        { type: "content_block_stop", index: 1 },
        { type: "message_delta", delta: { stop_reason: "max_tokens" }, usage: { output_tokens: output } },
        { type: "message_stop" },
      ]);
      break;
    case "gemini":
      expect(last).toMatchObject({
        candidates: [{ finishReason: "MAX_TOKENS" }],
        usageMetadata: { promptTokenCount: 7, candidatesTokenCount: output },
        modelVersion: "m-1",
        responseId: "r1",
      });
      break;
    default:
      expect(last).toMatchObject({
        type: "response.incomplete",
        response: {
          id: "resp_1",
          status: "incomplete",
          incomplete_details: { reason: "max_output_tokens" },
          usage: { input_tokens: 7, output_tokens: output },
          output: [
            { type: "message", content: [{ type: "output_text", text: expect.stringMatching(/^w0 w1 w2 w3 w4 w5 /) }] },
          ],
        },
      });
  }
}

test("a usage chunk stands before the end where the client asks for one", () => {
  const body = { ...chat.body, stream_options: { include_usage: true }, n: 2 };
  const stream = ask("native", chat.path, body, 10);
  for (const word of Array.from({ length: 40 }, (_, i) => chat.word(i))) stream.responseBody(word);
  const events = eventsOf(stream);
  expect(events.slice(-3)).toMatchObject([
    { choices: [{ index: 0, finish_reason: "length" }] },
    { choices: [{ index: 1, finish_reason: "length" }] },
    { choices: [], usage: { prompt_tokens: 7, completion_tokens: Number(propertiesOf(stream)["output_tokens"]) } },
  ]);
});

test("a translated stream is ended in the same way", () => {
  const stream = ask("claude", chat.path, { ...chat.body, stream_options: { include_usage: true } });
  stream.responseBody(endless(messages));
  const events = eventsOf(stream);
  const output = Number(propertiesOf(stream)["output_tokens"]);
  expect(events.slice(-2)).toMatchObject([
    { choices: [{ index: 0, delta: {}, finish_reason: "length" }] },
    { choices: [], usage: { prompt_tokens: 11, completion_tokens: output } },
  ]);
  expect(received(stream).endsWith("\n\ndata: [DONE]\n\n")).toBe(true);
  expect(received(stream)).toContain("w5 ");
  expect(received(stream)).not.toContain("w6 ");
  stream.responseBody(messages.word(99), { endOfStream: true });
  expect(received(stream)).not.toContain("w99");
  expect(propertiesOf(stream)).toMatchObject({ finish: "length", usage_source: "estimated", input_tokens: "11" });
});

test("a provider that ends by itself is left to its own end", () => {
  const stream = ask("native", chat.path, chat.body);
  const end = event({ ...chunk, choices: [{ index: 0, delta: { content: "w5 w6 w7 " }, finish_reason: "length" }] });
  const told = event({ ...chunk, choices: [], usage: { prompt_tokens: 3, completion_tokens: 5 } });
  const whole = chat.before + [0, 1, 2, 3, 4].map(chat.word).join("") + end;
  stream.responseBody(whole).responseBody(`${told}data: [DONE]\n\n`, { endOfStream: true });
  expect(received(stream)).toBe(`${whole}data: [DONE]\n\n`);
  expect(propertiesOf(stream)).toMatchObject({ finish: "length", usage_source: "reported", output_tokens: "5" });
});
