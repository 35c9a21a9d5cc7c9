// What a relayed answer says of a failure reaches log and metrics as that of an HTTP API's tool does, and the client
// gets the answer as it came.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { callIn, multiplexOf, openSession, proxyOf, startRelay } from "./relay.ts";

let plugin: Plugin;
beforeAll(async () => {
  ({ plugin } = await startRelay([proxyOf("one"), multiplexOf("all", ["one"])]));
});

const reply = (rest: object): string => JSON.stringify({ jsonrpc: "2.0", id: 7, ...rest });
const result = (rest: object): string => reply({ result: { content: [{ type: "text", text: "Fine" }], ...rest } });
const failed = result({ isError: true });
const json = (text: string): [string, string] => ["application/json", text];
const events = (...texts: string[]): [string, string] => [
  "text/event-stream",
  texts.map((text) => `event: message\ndata: ${text}\n\n`).join(""),
];
const progress = JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params: { progress: 1 } });

/** `weir.mcp_error` of a call that is answered so, in parts of so many bytes. */
function errorOf(server: string, [type, text]: [string, string], bytes: number): string {
  const stream = callIn(plugin, openSession(plugin, server), server);
  stream.responseHeaders([
    [":status", "200"],
    ["content-type", type],
  ]);
  const body = Buffer.from(text);
  for (let at = 0; at < body.length; at += bytes) stream.responseBody(body.subarray(at, at + bytes));
  stream.responseBody("", { endOfStream: true });
  expect(stream.sentDownstream.text).toBe(text);
  return Buffer.from(stream.filterState.get("wasm.weir.mcp_error") ?? "").toString();
}

describe.each(["one", "all"])("at %s", (server) => {
  test.each<[string, [string, string], string]>([
    ["a result", json(result({})), ""],
    ["a tool's failure", json(failed), "tool"],
    ["a tool's failure in a stream", events(progress, failed), "tool"],
    ["an error", json(reply({ error: { code: -32602, message: "Unknown tool" } })), "-32602"],
    ["an error in a stream", events(progress, reply({ error: { code: -32603, message: "Down" } })), "-32603"],
    ["a result that only speaks of failures", json(result({ structuredContent: { isError: true, error: "no" } })), ""],
    ["a text that looks like one", json(result({ content: [{ type: "text", text: '{"isError":true}' }] })), ""],
    ["no failure, as it says itself", json(result({ isError: false })), ""],
  ])("%s", (_what, answer, error) => {
    for (const bytes of [1, 7, 1 << 20]) expect(errorOf(server, answer, bytes), `${bytes} bytes`).toBe(error);
  });
});
