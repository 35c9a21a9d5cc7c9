// Bodies: their limit, trailers behind them, and large ones.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { loadHost, openAttempt, propertiesOf, requestHeaders } from "./exchange.ts";
import { configuration } from "./fixture.ts";

const limit = 4096;
const mebibyte = 1024 * 1024;
let plugin: Plugin;
let large: Plugin;
beforeAll(async () => {
  const host = await loadHost();
  plugin = host.startPlugin({ configuration });
  large = host.startPlugin({ configuration: { ...configuration, bodyBytesMax: 32 * mebibyte } });
});

function bodyOf(size: number): string {
  const head = '{"model":"public","a":"';
  return `${head}${"x".repeat(size - head.length - 2)}"}`;
}

describe("the limit", () => {
  test("lets a body of exactly its size pass", () => {
    const stream = openAttempt(plugin, "openai").sendRequest(requestHeaders({}), bodyOf(limit));
    expect(stream.sentUpstream.ended).toBe(true);
  });

  test("is kept while a body of unknown length comes, at the first byte past it", () => {
    const stream = openAttempt(plugin, "openai").requestHeaders(requestHeaders({}));
    stream.requestBody(bodyOf(limit));
    expect(stream.localReply).toBeNull();
    stream.requestBody("x");
    expect(stream.localReply).toMatchObject({ status: 413, details: "weir_request_too_large" });
    stream.requestBody("y", { endOfStream: true });
    expect(stream.sentUpstream.headers).toBeNull();
  });

  test("is kept without a byte of the body where its length is announced", () => {
    const headers = requestHeaders({ headers: { "content-length": String(limit + 1) } });
    expect(openAttempt(plugin, "openai").requestHeaders(headers).localReply).toMatchObject({ status: 413 });
  });
});

test("a request may end with trailers", () => {
  const stream = openAttempt(plugin, "openai").requestHeaders(requestHeaders({}));
  stream
    .requestBody('{"model":')
    .requestBody('"public"}')
    .requestTrailers([["x-end", "1"]]);
  expect(stream.sentUpstream.text).toBe('{"model":"upstream"}');
  expect(stream.sentUpstream.trailers).toEqual([["x-end", "1"]]);
});

test("a refused request may end with trailers", () => {
  const stream = openAttempt(plugin, "openai").requestHeaders(requestHeaders({}));
  stream.requestBody("{").requestTrailers([["x-end", "1"]]);
  expect(stream.localReply).toMatchObject({ status: 400 });
  expect(stream.sentUpstream.headers).toBeNull();
});

test("a body of 32 MiB is edited", () => {
  const body = bodyOf(32 * mebibyte);
  const stream = openAttempt(large, "openai").sendRequest(requestHeaders({}), body);
  expect(stream.sentUpstream.text === body.replace("public", "upstream")).toBe(true);
});

test("megabytes of an answer pass unheld, and its usage is found behind them", () => {
  const stream = openAttempt(plugin, "openai").sendRequest(requestHeaders({}), '{"model":"a"}');
  stream.responseHeaders([
    [":status", "200"],
    ["content-type", "application/json"],
  ]);
  const pieces = ['{"data":[{"b64_json":"', ...Array.from({ length: 64 }, () => "x".repeat(65_536)), '"},'];
  pieces.push("[", ...Array.from({ length: 64 }, () => "-0.12345678,".repeat(1000)), "0]],");
  for (const [i, piece] of pieces.entries()) {
    stream.responseBody(piece);
    expect(stream.sentDownstream.chunks.length).toBe(i + 1);
  }
  stream.responseBody('"usage":{"input_tokens":5,"output_tokens":6}}', { endOfStream: true });
  expect(propertiesOf(stream)).toMatchObject({ input_tokens: "5", output_tokens: "6" });
});

test("an error past a mebibyte gives its status alone", () => {
  const stream = openAttempt(plugin, "openai").sendRequest(requestHeaders({}), '{"model":"a"}');
  stream.responseHeaders([[":status", "400"]]);
  for (let i = 0; i < 40; i++) stream.responseBody("x".repeat(65_536));
  stream.responseBody("x", { endOfStream: true });
  expect(JSON.parse(stream.sentDownstream.text).error.message).toBe("The provider answered with status 400");
});

test("an error may end with trailers", () => {
  const stream = openAttempt(plugin, "openai").sendRequest(requestHeaders({}), '{"model":"a"}');
  stream
    .responseHeaders([[":status", "400"]])
    .responseBody("no")
    .responseTrailers([["x-end", "1"]]);
  expect(JSON.parse(stream.sentDownstream.text).error.message).toBe("no");
});
