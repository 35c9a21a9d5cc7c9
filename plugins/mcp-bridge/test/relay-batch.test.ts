// Batches to servers in front of others: each message is answered as if it had come alone.
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import type { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { replyOf, sendBody, tool } from "./bridge.ts";
import { multiplexOf, openSession, proxyOf, startRelay } from "./relay.ts";

let host: WasmHost;
let plugin: Plugin;
const api = tool("look", {}, { requestTemplate: { url: "https://api.test/items", method: "GET" } });
const rest = { name: "here", tools: [tool("say", {}, { responseTemplate: { body: "Hello" } }), api] };
beforeAll(async () => {
  const all = { ...multiplexOf("all", ["one", "here"]), allowTools: ["ask", "say", "look"] };
  ({ host, plugin } = await startRelay([proxyOf("one", { allowTools: ["ask"] }), all, rest]));
});

const call = (id: unknown, name: string) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name } });
const listed = { jsonrpc: "2.0", id: "l", method: "tools/list" };

function send(server: string, messages: unknown, headers: Record<string, string> = {}): HttpStream {
  const version = { "mcp-protocol-version": "2025-03-26", ...headers };
  const stream = sendBody(plugin, JSON.stringify(messages), { server, headers: version });
  expect(stream.sentUpstream.headers).toBeNull();
  return stream;
}

describe.each(["one", "all"])("at %s", (server) => {
  test("each is answered in its place, and who may not be asked is not", () => {
    const before = host.httpCalls.length;
    const note = { jsonrpc: "2.0", method: "notifications/initialized" };
    const messages = [call(1, "ask"), note, call("two", "hidden"), { nonsense: 1 }, listed, call(9.5, "ask")];
    const { status, body } = replyOf(send(server, messages, { "mcp-session-id": openSession(plugin, server) }));
    expect(status).toBe(200);
    expect(body.map(({ id }: any) => id)).toEqual([1, "two", undefined, "l", 9.5]);
    expect(body[0].result.serverInfo.name).toBe("up");
    expect(body[1].error).toMatchObject({ code: -32602, message: "Unknown tool: hidden" });
    expect(body[2].error.code).toBe(-32600);
    expect(body[3].result.tools.map(({ name }: any) => name)).toContain("ask");
    const sent = host.httpCalls.slice(before).map(({ text }) => text);
    expect(sent.some((text) => text.includes("hidden"))).toBe(false);
    expect(sent.some((text) => text.startsWith("["))).toBe(false);
  });

  test("without a session, ids are the clients' own", () => {
    const { body } = replyOf(send(server, [call(1, "ask"), call("1", "ask")]));
    expect(body.map(({ id }: any) => id)).toEqual([1, "1"]);
  });

  test("where nothing is asked nothing is answered", () => {
    const answers = [{ jsonrpc: "2.0", method: "notifications/initialized" }];
    expect(replyOf(send(server, answers))).toMatchObject({ status: 202, body: undefined });
  });

  test("a greeting comes alone", () => {
    const { body } = replyOf(send(server, [{ jsonrpc: "2.0", id: 0, method: "initialize", params: {} }]));
    expect(body).toMatchObject([{ id: 0, error: { code: -32600 } }]);
  });

  test.each([
    ["none are left since 2025-06-18", [call(1, "ask")], "2025-06-18"],
    ["one is not empty", [], "2025-03-26"],
    ["one has 64 messages at most", Array.from({ length: 65 }, (_, id) => call(id, "ask")), "2025-03-26"],
  ])("%s", (_what, messages, version) => {
    const reply = replyOf(send(server, messages, { "mcp-protocol-version": version }));
    expect(reply).toMatchObject({ status: 400, body: { error: { code: -32600 } } });
  });
});

test("tools of this gateway answer at once, but those that lead to an API do not", () => {
  const { body } = replyOf(send("all", [call(1, "say"), call(2, "look"), call(3, "ask")]));
  expect(body[0].result.content[0].text).toBe("Hello");
  expect(body[1]).toMatchObject({ id: 2, error: { code: -32600 } });
  expect(body[2].result.serverInfo.name).toBe("up");
});
