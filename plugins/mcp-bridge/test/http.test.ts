// What HTTP has to do with it: methods, forms, hosts and origins; servers beside each other; lists in pages.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { call, legacy, replyOf, sendBody, startBridge, textOf, tool, type Sent } from "./bridge.ts";

const direct = { responseTemplate: { body: "Hello {{.args.who}}" } };
const hello = tool("hello", { who: { type: "string" } }, direct);
const mirrored = tool(
  "mirrored",
  { region: { type: "string", "x-mcp-header": "Region" }, size: { type: "integer", "x-mcp-header": "Size" } },
  { responseTemplate: { body: "ok" } },
);
const remote = tool("remote", {}, { requestTemplate: { url: "https://api.test/x" } });

let plugin: Plugin;
beforeAll(async () => {
  plugin = await startBridge(
    { tools: [hello, mirrored, remote], instructions: "Ask kindly" },
    { name: "lenient", headerValidation: "lenient", tools: [hello], listTtlMs: 5, private: true },
    { name: "local", allowedHosts: ["localhost", "127.0.0.1", "[::1]"], allowedOrigins: ["https://app.test"] },
    { name: "broken", problem: "its tools make no sense" },
    { name: "mistaken", tools: [{ ...hello, responseTemplate: { body: "{{" } }] },
    { name: "many", pageSize: 2, tools: ["e", "a", "d", "b", "c"].map((name) => tool(name, {}, direct)) },
  );
});

describe("HTTP", () => {
  test.each(["GET", "DELETE", "PUT", "OPTIONS"])("%s is not allowed", (method) => {
    const reply = replyOf(sendBody(plugin, undefined, { method }));
    expect([reply.status, reply.header("allow")]).toEqual([405, "POST"]);
  });

  test.each<[Sent["headers"], number]>([
    [{ "content-type": "text/plain" }, 415],
    [{ "content-type": null }, 415],
    [{ "content-type": "application/json; charset=utf-8" }, 200],
    [{ accept: "text/html" }, 406],
    [{ accept: null }, 200],
    [{ accept: "*/*" }, 200],
    [{ accept: "text/event-stream" }, 200],
  ])("%j is answered %d", (headers, status) => {
    expect(replyOf(legacy(plugin, "ping", {}, { headers })).status).toBe(status);
  });

  test.each<[string, string | undefined, string, number]>([
    ["127.0.0.1:8080", undefined, "local", 200],
    ["[::1]:8080", undefined, "local", 200],
    ["LOCALHOST", "http://localhost", "local", 200],
    ["localhost:1", "http://localhost:1", "local", 200],
    ["localhost", "https://app.test", "local", 200],
    ["localhost", "https://app.test.evil.test", "local", 403],
    ["localhost", "null", "local", 403],
    ["evil.test", undefined, "local", 403],
    ["evil.test", "http://evil.test", "local", 403],
    ["localhost.evil.test", undefined, "local", 403],
    ["gateway.test", "https://gateway.test", "weather", 200],
    ["gateway.test", "https://evil.test", "weather", 403],
  ])("host %s with origin %s at %s is answered %d", (host, origin, server, status) => {
    const headers = { ":authority": host, origin: origin ?? null };
    for (const method of ["POST", "GET", "DELETE"]) {
      const reply = replyOf(sendBody(plugin, '{"jsonrpc":"2.0","id":1,"method":"ping"}', { method, headers, server }));
      expect(reply.status).toBe(status === 200 && method !== "POST" ? 405 : status);
    }
  });

  test("no body, and too large a one", async () => {
    expect(replyOf(sendBody(plugin, undefined)).status).toBe(400);
    const small = await startBridge({ requestBytesMax: 100 });
    expect(replyOf(sendBody(small, " ".repeat(101))).status).toBe(413);
  });

  test("a body in pieces, and one that ends with trailers", () => {
    const stream = sendBody(plugin, undefined, { method: "HEAD" });
    expect(stream.sentDownstream.status).toBe(405);
    const text = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
    const properties = { xds: { route_metadata: { filter_metadata: { weir: { mcp: "weather" } } } } };
    const pieces = plugin.openStream({ properties });
    pieces.requestHeaders([
      [":method", "POST"],
      [":path", "/"],
      ["content-type", "application/json"],
    ]);
    for (const letter of text) pieces.requestBody(letter);
    pieces.requestTrailers([["x", "y"]]);
    expect(replyOf(pieces).body.result).toEqual({});
  });

  test("other routes are none of its business", () => {
    const stream = plugin.openStream().sendRequest(
      [
        [":method", "POST"],
        [":path", "/v1/chat"],
      ],
      "{",
    );
    expect(stream.sentUpstream.text).toBe("{");
    stream.sendResponse([[":status", "200"]], "fine");
    expect(stream.sentDownstream.text).toBe("fine");
  });
});

describe("one server's trouble is its own", () => {
  test.each([
    ["broken", "its tools make no sense"],
    ["mistaken", "responseTemplate.body must be a template"],
  ])("%s says why", (server, why) => {
    const { status, body } = replyOf(legacy(plugin, "tools/list", {}, { server }));
    expect([status, body.error.code]).toEqual([503, -32603]);
    expect(body.error.message).toContain(why);
    expect(replyOf(call(plugin, "hello", {}, { server })).status).toBe(503);
  });

  test("one that nobody has configured serves nothing", () => {
    expect(replyOf(legacy(plugin, "tools/list", {}, { server: "gone" })).status).toBe(503);
  });

  test("the others serve", () => {
    expect(textOf(replyOf(call(plugin, "hello", { who: "all" })).body.result)).toBe("Hello all");
  });
});

describe("pages", () => {
  const names = (result: any) => result.tools.map(({ name }: any) => name);

  test("in the configured order, each tool once", () => {
    const seen: string[] = [];
    let params = {};
    for (let pages = 0; pages < 3; pages++) {
      const { result } = replyOf(legacy(plugin, "tools/list", params, { server: "many" })).body;
      seen.push(...names(result));
      params = { cursor: result.nextCursor };
      expect(result.nextCursor === undefined).toBe(pages === 2);
    }
    expect(seen).toEqual(["e", "a", "d", "b", "c"]);
  });

  test.each(["x", "AAAA", 5, {}])("the cursor %j is none", (cursor) => {
    expect(replyOf(legacy(plugin, "tools/list", { cursor }, { server: "many" })).body.error.code).toBe(-32602);
  });

  test("an empty cursor is the beginning", () => {
    const { result } = replyOf(legacy(plugin, "tools/list", { cursor: "" }, { server: "many" })).body;
    expect(names(result)).toEqual(["e", "a"]);
  });

  test("narrowed by a header, lists and calls alike", () => {
    const headers = { "x-envoy-allow-mcp-tools": ["a, d,c", "c,a"] };
    const { result } = replyOf(legacy(plugin, "tools/list", {}, { server: "many", headers })).body;
    expect(names(result)).toEqual(["a", "c"]);
    expect(result.nextCursor).toBeUndefined();
    expect(replyOf(call(plugin, "d", {}, { server: "many", headers })).body.error.code).toBe(-32602);
    expect(replyOf(call(plugin, "a", {}, { server: "many", headers })).body.result).toBeDefined();
    const none = { "x-envoy-allow-mcp-tools": " " };
    expect(replyOf(call(plugin, "d", {}, { server: "many", headers: none })).body.result).toBeDefined();
  });
});
