// Streams: a chunk in is a chunk out, and what is held back is bounded.
import { beforeAll, expect, test } from "vitest";
import type { WasmHost } from "../../../sdk/host/wasm-host.ts";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { loadHost, openAttempt, propertiesOf, requestHeaders } from "./exchange.ts";
import { configuration } from "./fixture.ts";

let host: WasmHost;
let plugin: Plugin;
beforeAll(async () => {
  host = await loadHost();
  plugin = host.startPlugin({ configuration });
});

const asked = '{"model":"a","stream":true,"stream_options":{"include_usage":true}}';
const notAsked = '{"model":"a","stream":true}';

function openStream(body: string): HttpStream {
  const stream = openAttempt(plugin, "openai").sendRequest(requestHeaders({}), body);
  return stream.responseHeaders([
    [":status", "200"],
    ["content-type", "text/event-stream"],
  ]);
}

function sentChunks(stream: HttpStream): string[] {
  return stream.sentDownstream.chunks.map((chunk) => Buffer.from(chunk).toString());
}

test.each([
  ["its request lost nothing", ""],
  ["its request lost something", ',"seed":1'],
])("a stream that loses something counts once where %s", (_, more) => {
  const counter = "weir.requests_with_dropped_fields";
  const before = host.metrics.value(counter);
  const stream = openAttempt(plugin, "claude").sendRequest(
    requestHeaders({}),
    `{"model":"a","stream":true${more},"messages":[{"role":"user","content":"Hi"}]}`,
  );
  stream.responseHeaders([
    [":status", "200"],
    ["content-type", "text/event-stream"],
  ]);
  for (const type of ["server_tool_use", "web_search_tool_result", "server_tool_use"]) {
    stream.responseBody(`data: {"type":"content_block_start","index":0,"content_block":{"type":"${type}"}}\n\n`);
  }
  // It is told before the end, for many clients leave as soon as they have their answer.
  expect(propertiesOf(stream).dropped).toBe(`${more && "seed,"}server_tool_use,web_search_tool_result`);
  expect(host.metrics.value(counter)).toBe(before + 1);
});

const content = (text: string): string => `data: {"choices":[{"delta":{"content":"${text}"}}],"usage":null}\n\n`;
const done = "data: [DONE]\n\n";
const usage = 'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n';

test.each([asked, notAsked])("whole events pass as they come: %s", (body) => {
  const stream = openStream(body);
  const chunks = [content("a"), content("b") + content("c"), ": ping\n\n", content("d")];
  chunks.forEach((chunk, i) => {
    stream.responseBody(chunk);
    expect(sentChunks(stream)).toEqual(chunks.slice(0, i + 1));
  });
});

test("of a stream in which nothing is hidden, half an event passes as well", () => {
  const stream = openStream(asked);
  const chunks = ["data: {", '"choices":[', "],", '"usage":{"prompt_tokens":1}}', "\n", "\n", "data: [DO", "NE]\n\n"];
  for (const chunk of chunks) stream.responseBody(chunk);
  expect(sentChunks(stream)).toEqual(chunks);
});

test("an event waits only as long as it may be the one to hide", () => {
  const stream = openStream(notAsked);
  stream.responseBody('data: {"id":"1",');
  expect(sentChunks(stream)).toEqual([]);
  stream.responseBody('"choices":[{"delta"');
  expect(sentChunks(stream)).toEqual(['data: {"id":"1","choices":[{"delta"']);
  stream.responseBody(':{"content":"x"}}]}\n');
  stream.responseBody("\ndata: [");
  expect(sentChunks(stream).slice(1)).toEqual([':{"content":"x"}}]}\n', "\ndata: ["]);
});

test("an event that is longer than any usage is not held back", () => {
  const stream = openStream(notAsked);
  const long = `data: {"a":"${"x".repeat(20_000)}`;
  stream.responseBody(long);
  expect(sentChunks(stream)).toEqual([long]);
  stream.responseBody(`","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}\n\n${usage}`, {
    endOfStream: true,
  });
  expect(stream.sentDownstream.text).toBe(
    `${long}","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}\n\n`,
  );
  expect(propertiesOf(stream)).toMatchObject({ input_tokens: "1" });
});

test("an event past the limit passes, and so does all that follows", () => {
  const stream = openStream(notAsked);
  const pieces = [`data: {"a":"`, ...Array.from({ length: 80 }, () => "x".repeat(64 * 1024)), '"}\n\n', usage];
  for (const piece of pieces) stream.responseBody(piece);
  stream.responseBody("", { endOfStream: true });
  expect(stream.sentDownstream.text).toBe(pieces.join(""));
});

test("the time to the first token is measured from the request's end to the first content", () => {
  const stream = openStream(notAsked);
  host.advance(40);
  stream.responseBody('data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n');
  host.advance(2);
  stream.responseBody(content("a"));
  host.advance(100);
  stream.responseBody(content("b"));
  expect(propertiesOf(stream)).toMatchObject({ time_to_first_token_ms: "42" });
});

test("trailers end a stream like a last chunk", () => {
  const stream = openStream(notAsked);
  stream.responseBody(content("a") + usage);
  stream.responseTrailers([["x-end", "1"]]);
  expect(stream.sentDownstream.text).toBe(content("a"));
  expect(stream.sentDownstream.trailers).toEqual([["x-end", "1"]]);
  expect(propertiesOf(stream)).toMatchObject({ input_tokens: "1", output_tokens: "2" });
});

test("a client that leaves in the middle leaves nothing behind", () => {
  const before = host.messages().length;
  for (let i = 0; i < 50; i++) openStream(notAsked).responseBody('data: {"cho').disconnect();
  for (let i = 0; i < 50; i++) openAttempt(plugin, "openai").requestHeaders(requestHeaders({})).disconnect();
  expect(host.messages().length).toBe(before);
  const stream = openStream(notAsked).responseBody(content("a") + done, { endOfStream: true });
  expect(stream.sentDownstream.text).toBe(content("a") + done);
});

test("a piece that follows does not change one that waits", () => {
  const stream = openStream(notAsked);
  stream.responseBody(content("a"));
  stream.responseBody('data: {"choices":[],');
  const other = openStream(notAsked);
  other.responseBody(content("z".repeat(300)));
  other.responseBody(content("y".repeat(300)));
  stream.responseBody('"other":{}}\n\n');
  expect(stream.sentDownstream.text).toBe(`${content("a")}data: {"choices":[],"other":{}}\n\n`);
});

test("where nobody reads it nothing is published, and no usage is asked for", () => {
  const silent = host.startPlugin({ configuration: { ...configuration, silent: true } });
  const stream = openAttempt(silent, "openai").sendRequest(requestHeaders({}), notAsked);
  stream.responseHeaders([
    [":status", "200"],
    ["content-type", "text/event-stream"],
  ]);
  stream.responseBody(content("a")).responseBody("data: [DONE]\n\n", { endOfStream: true });
  expect(JSON.parse(stream.sentUpstream.text)).not.toHaveProperty("stream_options");
  expect(stream.sentDownstream.text).toBe(`${content("a")}data: [DONE]\n\n`);
  expect(propertiesOf(stream)).toEqual({});
});

test("where nobody reads it a client that asks gets the usage, and hears of a stream that was cut", () => {
  const silent = host.startPlugin({ configuration: { ...configuration, silent: true } });
  const stream = openAttempt(silent, "openai").sendRequest(requestHeaders({}), asked);
  stream.responseHeaders([
    [":status", "200"],
    ["content-type", "text/event-stream"],
  ]);
  stream.responseBody(content("a")).responseBody(usage, { endOfStream: true });
  expect(stream.sentDownstream.text).toContain(content("a") + usage);
  expect(stream.sentDownstream.text).toContain("ended before its answer was whole");
});
