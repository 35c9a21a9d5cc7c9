// Arguments that headers repeat: a client of the first era does not know of it, so that the gateway repeats them for a
// server of the second, and asks nothing of the kind for a tool of its own.
import { beforeEach, describe, expect, test } from "vitest";
import type { HttpCall } from "../../../sdk/host/http-callout.ts";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import type { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { legacy, modern, modernVersion, replyOf, sendBody, startBridge, tool } from "./bridge.ts";
import { multiplexOf, proxyOf, startRelay } from "./relay.ts";

const upstream = { path: "/mcp", transport: "http", protocol: "modern", listTimeoutMs: 5000, headers: [] };
const servers = [proxyOf("one", { upstream }), { ...multiplexOf("all", ["one"]), prefix: "always" }];

let region = "Region";
const schema = () => ({
  type: "object",
  properties: {
    region: { type: "string", "x-mcp-header": region },
    size: { type: "integer", "x-mcp-header": "Size" },
    deep: { type: "object", properties: { flag: { type: "boolean", "x-mcp-header": "X-Flag" } } },
    plain: { type: "string" },
    wrong: { type: "string", "x-mcp-header": "no token" },
    list: { type: "array", items: { type: "string", "x-mcp-header": "Item" } },
  },
});

const json: [string, string][] = [["content-type", "application/json"]];
/** A server of the second era, whose list has two pages. */
function modernServer(call: HttpCall) {
  const { id, method, params } = JSON.parse(call.text) as Record<string, any>;
  const lists = params.cursor
    ? { tools: [{ name: "put", inputSchema: schema() }] }
    : { tools: [{ name: "get", inputSchema: { type: "object" } }], nextCursor: "2" };
  const answers: Record<string, object> = {
    "server/discover": { supportedVersions: [modernVersion], capabilities: { tools: {} } },
    "tools/list": { ...lists, ttlMs: 0, cacheScope: "private" },
    "tools/call": { content: [{ type: "text", text: "again" }] },
  };
  const result = { resultType: "complete", ...answers[method] };
  return { status: 200, headers: json, body: JSON.stringify({ jsonrpc: "2.0", id, result }) };
}

let host: WasmHost;
let plugin: Plugin;
beforeEach(async () => {
  region = "Region";
  ({ host, plugin } = await startRelay(servers, { cluster: modernServer }));
});

const callsOf = (method: string) => host.httpCalls.filter(({ text }) => text.includes(`"${method}"`));
const repeated = (headers: [string, string][] | null) =>
  Object.fromEntries((headers ?? []).filter(([name]) => name.startsWith("mcp-param-")));
const sent = (stream: HttpStream) => repeated(stream.sentUpstream.headers);

const cases: [string, object, Record<string, string>][] = [
  ["texts and numbers", { region: "eu-west", size: 3, plain: "x" }, { region: "eu-west", size: "3" }],
  ["a flag in an object", { deep: { flag: false } }, { "x-flag": "false" }],
  ["what no header can carry", { region: "Größe " }, { region: "=?base64?R3LDtsOfZSA=?=" }],
  ["what would be taken for base64", { region: "=?base64?x" }, { region: "=?base64?PT9iYXNlNjQ/eA==?=" }],
  ["nothing for what is not there, or null", { region: null }, {}],
  ["nothing for what is no single value", { region: ["a"], deep: 1, size: {} }, {}],
  ["nothing that is marked where it does not count", { wrong: "a", list: ["b"] }, {}],
];

describe.each([
  ["one", "put"],
  ["all", "one__put"],
])("a client of the first era at %s", (server, name) => {
  test.each(cases)("has headers repeat %s", (_what, given, expected) => {
    const named = Object.fromEntries(Object.entries(expected).map(([key, value]) => [`mcp-param-${key}`, value]));
    const stream = legacy(plugin, "tools/call", { name, arguments: given }, { server });
    expect(sent(stream)).toEqual(named);
    expect(JSON.parse(stream.sentUpstream.text).params.arguments).toEqual(given);
  });

  test("costs the server one list, and none where the client has been given it", () => {
    for (let times = 0; times < 3; times++)
      expect(sent(legacy(plugin, "tools/call", { name, arguments: { size: times } }, { server }))).toEqual({
        "mcp-param-size": String(times),
      });
    expect(callsOf("tools/list")).toHaveLength(2);
  });

  test("cannot say in such a header what it does not say in the body", () => {
    const headers = { "mcp-param-region": "us-east", "mcp-param-other": "x" };
    const stream = legacy(plugin, "tools/call", { name, arguments: { region: "eu-west" } }, { server, headers });
    expect(sent(stream)).toEqual({ "mcp-param-region": "eu-west" });
  });

  test("has its call repeated, once, where the tool wants other headers than it was known to", () => {
    const refuse = (stream: HttpStream) => {
      const error = { code: -32020, message: "Header mismatch" };
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, error });
      stream.sendResponse([[":status", "400"], ...json], body);
    };
    const first = legacy(plugin, "tools/call", { name, arguments: { region: "eu" } }, { server });
    expect(sent(first)).toEqual({ "mcp-param-region": "eu" });
    region = "Zone";
    refuse(first);
    expect(replyOf(first)).toMatchObject({ status: 200, body: { id: 1, result: { content: [{ text: "again" }] } } });
    expect(callsOf("tools/call").map(({ headers }) => repeated(headers))).toEqual([{ "mcp-param-zone": "eu" }]);
    const next = legacy(plugin, "tools/call", { name, arguments: { region: "eu" } }, { server });
    expect(sent(next)).toEqual({ "mcp-param-zone": "eu" });
    expect(callsOf("tools/list")).toHaveLength(4);
  });
});

test("a list that passes teaches which they are", () => {
  const list = legacy(plugin, "tools/list", {}, { server: "one" });
  const result = { tools: [{ name: "put", inputSchema: schema() }], resultType: "complete", ttlMs: 0 };
  list.sendResponse([[":status", "200"], ...json], JSON.stringify({ jsonrpc: "2.0", id: 1, result }));
  const call = legacy(plugin, "tools/call", { name: "put", arguments: { size: 1 } }, { server: "one" });
  expect(sent(call)).toEqual({ "mcp-param-size": "1" });
  expect(callsOf("tools/list")).toEqual([]);
});

test("calls of a batch are sent with them", () => {
  const params = { name: "put", arguments: { region: "eu" } };
  const batch = [1, 2].map((id) => ({ jsonrpc: "2.0", id, method: "tools/call", params }));
  const headers = { "mcp-protocol-version": "2025-03-26" };
  const { body } = replyOf(sendBody(plugin, JSON.stringify(batch), { server: "one", headers }));
  expect(body).toMatchObject([
    { id: 1, result: {} },
    { id: 2, result: {} },
  ]);
  const all = callsOf("tools/call").map(({ headers }) => repeated(headers));
  expect(all).toEqual([{ "mcp-param-region": "eu" }, { "mcp-param-region": "eu" }]);
});

test("a client of the second era repeats them itself, and nothing is looked up for it", () => {
  const headers = { "mcp-param-region": "whatever it says" };
  const stream = modern(plugin, "tools/call", { name: "put", arguments: { region: "eu" } }, { server: "one", headers });
  expect(sent(stream)).toEqual(headers);
  expect(callsOf("tools/list")).toEqual([]);
});

test("a tool of the gateway's own asks them of the second era alone, those within objects too", async () => {
  const args = { region: { type: "string", "x-mcp-header": "Region" }, deep: schema().properties.deep };
  const own = await startBridge({ tools: [tool("say", args, { responseTemplate: { body: "said" } })] });
  const params = { name: "say", arguments: { region: "eu", deep: { flag: true } } };
  const headers = { "mcp-param-region": "us", "mcp-param-x-flag": "nonsense" };
  expect(replyOf(legacy(own, "tools/call", params)).body.result.content[0].text).toBe("said");
  expect(replyOf(legacy(own, "tools/call", params, { headers })).body.result.content[0].text).toBe("said");
  const fits = { "mcp-param-region": "eu", "mcp-param-x-flag": "true" };
  expect(replyOf(modern(own, "tools/call", params, { headers: fits })).body.result.content[0].text).toBe("said");
  for (const wrong of [{ "mcp-param-x-flag": "false" }, { "mcp-param-x-flag": null }, { "mcp-param-region": "us" }]) {
    const { status, body } = replyOf(modern(own, "tools/call", params, { headers: { ...fits, ...wrong } as never }));
    expect([status, body.error?.code], JSON.stringify(wrong)).toEqual([400, -32020]);
  }
});
