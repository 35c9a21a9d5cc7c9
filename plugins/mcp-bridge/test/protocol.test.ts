// The protocol's endpoint, both eras: which is which, what is refused and how, and what every server answers.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import {
  legacy,
  metaKey,
  modern,
  modernVersion,
  replyOf,
  sendBody,
  startBridge,
  textOf,
  tool,
  type Sent,
} from "./bridge.ts";

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

const info = { [`${metaKey}serverInfo`]: { name: "weather", version: "1.0.0" } };

describe("the first era", () => {
  test.each([
    ["2024-11-05", "2024-11-05"],
    ["2025-03-26", "2025-03-26"],
    ["2025-06-18", "2025-06-18"],
    ["2025-11-25", "2025-11-25"],
    ["2026-07-28", "2025-11-25"],
    ["1999-01-01", "2025-11-25"],
  ])("initialize with %s is answered with %s", (asked, answered) => {
    const params = { protocolVersion: asked, capabilities: {}, clientInfo: { name: "t", version: "1" } };
    const reply = replyOf(legacy(plugin, "initialize", params, { headers: { "mcp-protocol-version": null } }));
    expect(reply.status).toBe(200);
    expect(reply.header("mcp-session-id")).toMatch(/^[0-9a-f]{32}$/);
    expect(reply.body).toEqual({
      jsonrpc: "2.0",
      id: 1,
      result: {
        protocolVersion: answered,
        capabilities: { tools: {} },
        serverInfo: { name: "weather", version: "1.0.0" },
        instructions: "Ask kindly",
      },
    });
  });

  test("no two sessions have the same name, and none is needed", () => {
    const params = { protocolVersion: "2025-11-25", capabilities: {} };
    const [one, other] = [1, 2].map(() => replyOf(legacy(plugin, "initialize", params)).header("mcp-session-id"));
    expect(one).not.toBe(other);
    expect(replyOf(legacy(plugin, "ping", {}, { headers: { "mcp-session-id": "unknown" } })).body.result).toEqual({});
  });

  test("initialize without a version is refused", () => {
    expect(replyOf(legacy(plugin, "initialize", {})).body.error.code).toBe(-32602);
  });

  test.each([undefined, "2025-06-18"])("tools are listed as they are configured (%s)", (version) => {
    const headers = { "mcp-protocol-version": version ?? null };
    const { body } = replyOf(legacy(plugin, "tools/list", undefined, { headers }));
    expect(body.result).toEqual({ tools: [hello, mirrored, remote].map(({ definition }) => definition) });
  });

  test.each(["notifications/initialized", "notifications/cancelled", "notifications/of/some/sort"])("%s", (method) => {
    const reply = replyOf(sendBody(plugin, JSON.stringify({ jsonrpc: "2.0", method })));
    expect(reply).toMatchObject({ status: 202, body: undefined });
  });

  test("a client's response is taken", () => {
    expect(replyOf(sendBody(plugin, '{"jsonrpc":"2.0","id":4,"result":{}}')).status).toBe(202);
  });

  test.each(["logging/setLevel", "prompts/list", "server/discover", "tools/lists"])("%s is unknown", (method) => {
    const { status, body } = replyOf(legacy(plugin, method));
    expect([status, body.error.code]).toEqual([200, -32601]);
  });

  test.each(["0", "-1", "1e3", "9007199254740993", "1.5", '""', '"é\\n"'])("the id %s comes back", (id) => {
    const stream = sendBody(plugin, `{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
    expect(stream.sentDownstream.text).toBe(`{"jsonrpc":"2.0","id":${id},"result":{}}`);
  });

  test.each<[string, number]>([
    ["2025-13-01", 400],
    ["x", 400],
    ["2024-11-04", 400],
    [" 2025-06-18 ", 200],
  ])("the version header %j is answered %d", (version, status) => {
    expect(replyOf(legacy(plugin, "ping", {}, { headers: { "mcp-protocol-version": version } })).status).toBe(status);
  });
});

describe("the second era", () => {
  test("discover", () => {
    const { status, body } = replyOf(modern(plugin, "server/discover"));
    expect(status).toBe(200);
    expect(body).toEqual({
      jsonrpc: "2.0",
      id: "m-1",
      result: {
        resultType: "complete",
        _meta: info,
        supportedVersions: [modernVersion],
        capabilities: { tools: {} },
        instructions: "Ask kindly",
        ttlMs: 60_000,
        cacheScope: "public",
      },
    });
  });

  test("lists and calls", () => {
    const { result } = replyOf(modern(plugin, "tools/list")).body;
    expect(result).toMatchObject({ resultType: "complete", _meta: info, ttlMs: 60_000, cacheScope: "public" });
    expect(result.tools).toHaveLength(3);
    const called = replyOf(modern(plugin, "tools/call", { name: "hello", arguments: { who: "you" } })).body.result;
    expect(called).toEqual({ resultType: "complete", _meta: info, content: [{ type: "text", text: "Hello you" }] });
  });

  test("a server with secrets of its callers says so", () => {
    const { result } = replyOf(modern(plugin, "tools/list", {}, { server: "lenient" })).body;
    expect(result).toMatchObject({ ttlMs: 5, cacheScope: "private" });
  });

  const meta = (fields: object) => ({ _meta: { ...fields } });
  const version = `${metaKey}protocolVersion`;
  const capabilities = `${metaKey}clientCapabilities`;
  const named = { name: "hello", arguments: { who: "you" } };

  /** Method, parameters, headers, status, code. */
  test.each<[string, string, object, Sent["headers"], number, number]>([
    ["another version in the header", "tools/list", {}, { "mcp-protocol-version": "2025-11-25" }, 400, -32020],
    ["no version in the header", "tools/list", {}, { "mcp-protocol-version": null }, 400, -32020],
    ["no method in the header", "tools/list", {}, { "mcp-method": null }, 400, -32020],
    ["another method in the header", "tools/list", {}, { "mcp-method": "tools/call" }, 400, -32020],
    ["a method of another case", "tools/list", {}, { "mcp-method": "Tools/List" }, 400, -32020],
    ["two methods in headers", "tools/list", {}, { "mcp-method": ["tools/list", "x"] }, 400, -32020],
    ["no name in the header", "tools/call", named, { "mcp-name": null }, 400, -32020],
    ["another name in the header", "tools/call", named, { "mcp-name": "cheap" }, 400, -32020],
    ["a name that is no base64", "tools/call", named, { "mcp-name": "=?base64?aGVsbG8?=" }, 400, -32020],
    [
      "an unknown version",
      "tools/list",
      meta({ [version]: "2099-01-01" }),
      { "mcp-protocol-version": "2099-01-01" },
      400,
      -32022,
    ],
    ["a version that is no text", "tools/list", meta({ [version]: 5 }), {}, 400, -32602],
    ["no capabilities", "tools/list", meta({ [capabilities]: undefined }), {}, 400, -32602],
    ["capabilities that are no object", "tools/list", meta({ [capabilities]: [] }), {}, 400, -32602],
    ["no claim but a header", "tools/list", meta({ [version]: undefined }), {}, 400, -32602],
    ["initialize", "initialize", {}, {}, 404, -32601],
    ["ping", "ping", {}, {}, 404, -32601],
    ["logging/setLevel", "logging/setLevel", {}, {}, 404, -32601],
    ["resources/subscribe", "resources/subscribe", {}, {}, 404, -32601],
    ["subscriptions/listen", "subscriptions/listen", {}, {}, 404, -32601],
    ["an unknown method, whatever its header says", "nothing/here", {}, { "mcp-method": "x" }, 404, -32601],
    ["an unknown tool", "tools/call", { name: "nothing" }, {}, 200, -32602],
    ["a bad cursor", "tools/list", { cursor: "???" }, {}, 200, -32602],
  ])("%s", (_what, method, params, headers, status, code) => {
    const reply = replyOf(modern(plugin, method, params, { headers }));
    expect([reply.status, reply.body.error.code, reply.body.id]).toEqual([status, code, "m-1"]);
  });

  test("what is supported is told", () => {
    const params = meta({ [version]: "2099-01-01" });
    const reply = replyOf(modern(plugin, "tools/list", params, { headers: { "mcp-protocol-version": null } }));
    expect(reply.body.error.code).toBe(-32020);
    const said = replyOf(modern(plugin, "tools/list", params, { headers: { "mcp-protocol-version": "2099-01-01" } }));
    expect(said.body.error.data).toEqual({ supported: [modernVersion], requested: "2099-01-01" });
  });

  test.each<[string, Sent["headers"]]>([
    ["spaces around it", { "mcp-name": "  hello " }],
    ["base64", { "mcp-name": "=?base64?aGVsbG8=?=" }],
    ["a session that nobody knows", { "mcp-session-id": "x", "last-event-id": "y" }],
    ["unknown parameters", { "mcp-param-unknown": "x" }],
  ])("a name with %s is the same", (_what, headers) => {
    expect(replyOf(modern(plugin, "tools/call", named, { headers })).body.result).toBeDefined();
  });

  test.each<[object, Sent["headers"], boolean]>([
    [{ region: "eu", size: 42 }, { "mcp-param-region": "eu", "mcp-param-size": "42.0" }, true],
    [{ region: "é" }, { "mcp-param-region": "=?base64?w6k=?=" }, true],
    [{}, {}, true],
    [{ region: null }, {}, true],
    [{ region: "eu" }, {}, false],
    [{ region: "eu" }, { "mcp-param-region": "us" }, false],
    [{ region: "eu" }, { "mcp-param-region": ["eu", "us"] }, false],
    [{}, { "mcp-param-region": "eu" }, false],
    [{ region: "eu", size: 42 }, { "mcp-param-region": "eu", "mcp-param-size": "41" }, false],
    [{ region: "é" }, { "mcp-param-region": "=?base64?w6k?=" }, false],
  ])("arguments %j with headers %j: %s", (args, headers, isFine) => {
    const reply = replyOf(modern(plugin, "tools/call", { name: "mirrored", arguments: args }, { headers }));
    if (isFine) expect(reply.status).toBe(200);
    else expect([reply.status, reply.body.error.code]).toEqual([400, -32020]);
  });

  test("a lenient server takes headers that are not there, never those that differ", () => {
    const without = { "mcp-method": null, "mcp-name": null, "mcp-protocol-version": null };
    const params = { name: "hello", arguments: { who: "you" } };
    const sent = (headers: Sent["headers"]) =>
      replyOf(modern(plugin, "tools/call", params, { server: "lenient", headers }));
    expect(textOf(sent(without).body.result)).toBe("Hello you");
    expect(sent({ "mcp-name": "other" }).body.error.code).toBe(-32020);
  });

  test("notifications are taken, responses are not", () => {
    const headers = { "mcp-protocol-version": modernVersion };
    const notify = { jsonrpc: "2.0", method: "notifications/cancelled", params: {} };
    expect(replyOf(sendBody(plugin, JSON.stringify(notify), { headers })).status).toBe(202);
    expect(replyOf(sendBody(plugin, '{"jsonrpc":"2.0","id":4,"result":{}}', { headers })).status).toBe(400);
  });

  test("a claim of an older version belongs to the first era", () => {
    const params = { _meta: { [version]: "2025-06-18" } };
    const { body } = replyOf(legacy(plugin, "ping", params, { headers: { "mcp-protocol-version": "2025-06-18" } }));
    expect(body.result).toEqual({});
  });
});

describe("what is no message", () => {
  test.each<[string, number, unknown]>([
    ["{", -32700, undefined],
    ["5", -32600, undefined],
    ["null", -32600, undefined],
    ['{"id":7}', -32600, 7],
    ['{"jsonrpc":"1.0","id":7,"method":"ping"}', -32600, 7],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, undefined],
    ['{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600, undefined],
    ['{"jsonrpc":"2.0","id":7,"method":5}', -32600, 7],
    ['{"jsonrpc":"2.0","id":7,"method":""}', -32600, 7],
    ['{"jsonrpc":"2.0","id":7,"method":"ping","params":[]}', -32600, 7],
    ["[]", -32600, undefined],
  ])("%s", (body, code, id) => {
    const reply = replyOf(sendBody(plugin, body));
    expect([reply.status, reply.body.error.code, reply.body.id]).toEqual([400, code, id]);
    expect("id" in reply.body).toBe(id !== undefined);
  });
});

describe("batches", () => {
  const ping = (id: number) => ({ jsonrpc: "2.0", id, method: "ping" });
  const callOf = (id: number, name: string) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name } });
  const send = (messages: object[], version?: string) =>
    sendBody(plugin, JSON.stringify(messages), { headers: { "mcp-protocol-version": version ?? null } });
  const notify = { jsonrpc: "2.0", method: "notifications/x" };

  test.each([undefined, "2025-03-26"])("are answered together (%s)", (version) => {
    const { status, body } = replyOf(send([ping(1), notify, callOf(2, "hello"), {}, callOf(3, "nothing")], version));
    expect(status).toBe(200);
    expect(body.map(({ id }: any) => id)).toEqual([1, 2, undefined, 3]);
    expect(body.map(({ error }: any) => error?.code)).toEqual([undefined, undefined, -32600, -32602]);
  });

  test("of notifications alone are taken", () => {
    expect(replyOf(send([notify, notify]))).toMatchObject({ status: 202, body: undefined });
  });

  test.each([
    [
      [ping(1), callOf(2, "remote"), ping(3)],
      [1, 2, 3],
    ],
    [[callOf(2, "remote")], [2]],
    [
      [callOf(2, "remote"), ping(3), notify],
      [2, 3],
    ],
    [
      [notify, ping(1), callOf(2, "remote")],
      [1, 2],
    ],
  ])("with one call that is routed", (messages, ids) => {
    const stream = send(messages);
    expect(stream.sentUpstream.header(":path")).toBe("/x");
    stream.sendResponse([[":status", "200"]], "fine");
    const { body } = replyOf(stream);
    expect(body.map(({ id }: any) => id)).toEqual(ids);
    expect(textOf(body[ids.indexOf(2)].result)).toBe("fine");
  });

  test("with two such calls: the second is refused", () => {
    const stream = send([callOf(1, "remote"), callOf(2, "remote")]);
    stream.sendResponse([[":status", "200"]], "fine");
    expect(replyOf(stream).body.map(({ error }: any) => error?.code)).toEqual([undefined, -32600]);
  });

  test.each(["2025-06-18", "2025-11-25", modernVersion])("are refused in %s", (version) => {
    const { status, body } = replyOf(send([ping(1)], version));
    expect([status, body.error.code]).toEqual([400, -32600]);
  });

  test("with a message of the second era are refused", () => {
    const params = { _meta: { [`${metaKey}protocolVersion`]: modernVersion } };
    expect(replyOf(send([{ ...ping(1), params }])).status).toBe(400);
    expect(replyOf(send(Array.from({ length: 65 }, (_, id) => ping(id)))).status).toBe(400);
  });
});
