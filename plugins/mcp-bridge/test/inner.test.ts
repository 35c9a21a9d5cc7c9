// Members of several servers as one whose streams never end: what the gateway asks itself, and what it makes of that.
import { describe, expect, test } from "vitest";
import type { HttpCall, HttpCluster } from "../../../sdk/host/http-callout.ts";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { call, legacy, modern, replyOf, sendBody, type ServerConfig } from "./bridge.ts";
import { multiplexOf, proxyOf, reply, startRelay, upCluster } from "./relay.ts";

const innerCluster = "weir.mcp-inner";
const sseCluster = "mcp.old.test.0a1b2c3d";

const old = (rest: object = {}): ServerConfig =>
  proxyOf("old", {
    upstreams: [{ origin: "http://old.test", cluster: sseCluster, authority: "old.test" }],
    oneCluster: true,
    upstream: { path: "/sse", transport: "sse", listTimeoutMs: 3000, headers: [{ name: "x-tenant", value: "one" }] },
    innerCluster,
    ...rest,
  });

const headersOf = ({ headers }: { headers: [string, string][] | null }) => Object.fromEntries(headers ?? []);
const stateOf = (stream: HttpStream, name: string) => Buffer.from(stream.filterState.get(name) ?? "").toString();

describe("several servers as one", () => {
  const start = async (inner: HttpCluster, rest: object = {}) => {
    const calls: HttpCall[] = [];
    const clusters = { [innerCluster]: (asked: HttpCall) => (calls.push(asked), inner(asked)) };
    const servers = [proxyOf("up"), old(rest), multiplexOf("all", ["up", "old"])];
    return { calls, ...(await startRelay(servers, { clusters })) };
  };
  const gone: HttpCluster = () => ({ status: 502, headers: [["x-weir-mcp-failure", "could not be reached"]] });

  test("asks by way of itself, and says whom it means", async () => {
    const { plugin, calls } = await start(reply);
    const { body } = replyOf(legacy(plugin, "tools/list", {}, { server: "all" }));
    expect(body.result.tools).toMatchObject([{ name: "up__ask" }, { name: "old__ask" }]);
    expect(calls.map(({ text }) => JSON.parse(text).method)).toEqual([
      "initialize",
      "notifications/initialized",
      "tools/list",
    ]);
    for (const asked of calls) {
      expect(headersOf(asked)).toMatchObject({
        "x-weir-mcp-server": "old",
        ":method": "POST",
        ":authority": "old.test",
      });
      expect(headersOf(asked)).not.toHaveProperty("x-weir-mcp-credential");
      expect(asked.timeoutMs).toBe(3000);
    }
    // The server is known, and so is how it is spoken to.
    legacy(plugin, "tools/list", {}, { server: "all" });
    expect(calls.map(({ text }) => JSON.parse(text).method).slice(3)).toEqual(["tools/list"]);
  });

  test("gives the reason of one that is left out as if it had asked itself", async () => {
    const { plugin } = await start(gone);
    const { body } = replyOf(legacy(plugin, "tools/list", {}, { server: "all" }));
    expect(body.result.tools).toMatchObject([{ name: "ask" }]);
    expect(body.result._meta["weir/unavailable"]).toEqual([{ server: "old", reason: "could not be reached" }]);
  });

  test("passes on the credential of the one who asks", async () => {
    const { plugin, calls } = await start(reply, {
      securitySchemes: [{ id: "k", type: "http", scheme: "bearer", consumerCredentials: { ada: "fake-of-ada" } }],
      defaultUpstreamSecurity: { id: "k" },
    });
    const properties = { "wasm.weir.consumer": "ada", "weir.consumer": "ada" };
    legacy(plugin, "tools/list", {}, { server: "all", properties });
    expect(calls.map((asked) => headersOf(asked)["x-weir-mcp-credential"])).toEqual(Array(3).fill("fake-of-ada"));
    const { body } = replyOf(legacy(plugin, "tools/list", {}, { server: "all" }));
    expect(body.result._meta["weir/unavailable"]).toMatchObject([{ reason: "has no credential configured" }]);
    expect(calls).toHaveLength(3);
  });

  const routed = (plugin: Plugin, send: typeof call | typeof modern) =>
    send === modern
      ? modern(plugin, "tools/call", { name: "old__ask", arguments: {} }, { server: "all" })
      : call(plugin, "old__ask", {}, { server: "all" });

  test.each([
    ["first", call],
    ["second", modern],
  ])("has calls of a client of the %s era routed there", async (_era, send) => {
    const { plugin } = await start(reply);
    const stream = routed(plugin, send as typeof call);
    expect(stateOf(stream, "wasm.weir.mcp_call")).toBe(`old ${innerCluster}`);
    expect(stateOf(stream, "wasm.weir.mcp_server")).toBe("old");
    expect(headersOf(stream.sentUpstream)).toMatchObject({ "x-weir-mcp-server": "old" });
    const sent = JSON.parse(stream.sentUpstream.text);
    expect(sent).toMatchObject({ method: "tools/call", params: { name: "ask" } });
    const answer = { jsonrpc: "2.0", id: sent.id, result: { content: [] } };
    stream.sendResponse(
      [
        [":status", "200"],
        ["content-type", "application/json"],
      ],
      JSON.stringify(answer),
    );
    expect(replyOf(stream)).toMatchObject({ status: 200, body: { result: { content: [] } } });
  });

  test.each([
    ["first", call],
    ["second", modern],
  ])("tells a client of the %s era why one has not answered", async (_era, send) => {
    const { plugin } = await start(reply);
    const stream = routed(plugin, send as typeof call);
    stream.sendResponse([
      [":status", "502"],
      ["x-weir-mcp-failure", "has ended its stream without an answer"],
    ]);
    expect(replyOf(stream)).toMatchObject({
      status: 502,
      body: { error: { code: -32603, message: "The server old has ended its stream without an answer" } },
    });
    expect(stateOf(stream, "wasm.weir.mcp_error")).toBe("-32603");
  });
});

describe("the listener inside", () => {
  const posted: HttpCall[] = [];
  const start = async (status = 202) => {
    posted.length = 0;
    const clusters = { [sseCluster]: (asked: HttpCall) => (posted.push(asked), { status }) };
    const { plugin } = await startRelay([old(), multiplexOf("all", ["old"])], { clusters });
    return plugin;
  };
  const properties = { xds: { route_metadata: { filter_metadata: { weir: { mcp_inner: "old" } } } } };
  const headers = { "x-weir-mcp-server": "old", traceparent: "00-1-2-03" };
  const ask = (plugin: Plugin, message: object | string, sent: object = {}): HttpStream => {
    const body = typeof message === "string" ? message : JSON.stringify({ jsonrpc: "2.0", ...message });
    return sendBody(plugin, body, { headers, properties, ...sent });
  };
  const question = { id: "q-1", method: "tools/call", params: { name: "ask" } };
  const event = (data: object | string, type = "message") =>
    `event: ${type}\ndata: ${typeof data === "string" ? data : JSON.stringify({ jsonrpc: "2.0", ...data })}\n\n`;
  const open = (stream: HttpStream): HttpStream =>
    stream.responseHeaders([
      [":status", "200"],
      ["content-type", "text/event-stream"],
    ]);
  const greeted = event({ id: "weir", result: { protocolVersion: "2024-11-05", capabilities: {} } });
  const answer = { id: "q-1", result: { content: [] } };
  const methods = () => posted.map(({ text }) => JSON.parse(text).method);
  const failureOf = ({ sentDownstream }: HttpStream) => [
    sentDownstream.status,
    sentDownstream.header("x-weir-mcp-failure"),
  ];

  test.each([1, 3, 7])(
    "asks in a stream of its own, which ends with the answer; in parts of %d bytes",
    async (size) => {
      const stream = ask(await start(), question);
      expect(stateOf(stream, "wasm.weir.mcp_call")).toBe(`old ${sseCluster}`);
      const sent = headersOf(stream.sentUpstream);
      expect(sent).toMatchObject({ ":method": "GET", ":path": "/sse", ":authority": "old.test", "x-tenant": "one" });
      expect(sent).toMatchObject({ traceparent: "00-1-2-03", accept: "text/event-stream" });
      expect([stream.sentUpstream.text, Object.keys(sent).filter((name) => name.startsWith("x-weir"))]).toEqual([
        "",
        [],
      ]);
      open(stream);
      const bytes = Buffer.from(event("/messages?session=1", "endpoint") + greeted + event(answer));
      for (let at = 0; at < bytes.length; at += size) stream.responseBody(bytes.subarray(at, at + size));
      expect(methods()).toEqual(["initialize", "notifications/initialized", "tools/call"]);
      for (const each of posted) {
        expect(headersOf(each)).toMatchObject({ ":path": "/messages?session=1", "x-tenant": "one" });
      }
      expect(replyOf(stream)).toMatchObject({ status: 200, body: answer });
    },
  );

  test("shows the server the credential that it was given", async () => {
    const plugin = (
      await startRelay([
        old({
          securitySchemes: [{ id: "k", type: "http", scheme: "bearer", defaultCredential: "fake-of-all" }],
          defaultUpstreamSecurity: { id: "k" },
        }),
      ])
    ).plugin;
    const stream = ask(plugin, question, { headers: { ...headers, "x-weir-mcp-credential": "fake-of-ada" } });
    expect(headersOf(stream.sentUpstream)).toMatchObject({ authorization: "Bearer fake-of-ada" });
  });

  test("greets a server with a client's own greeting, and with no other", async () => {
    const stream = open(
      ask(await start(), { id: "weir", method: "initialize", params: { clientInfo: { name: "c" } } }),
    );
    stream.responseBody(event("/m", "endpoint") + greeted);
    expect(posted.map(({ text }) => JSON.parse(text).params.clientInfo.name)).toEqual(["c"]);
    expect(replyOf(stream).body).toMatchObject({ result: { protocolVersion: "2024-11-05" } });
  });

  test("answers what the server asks, and brings what it says", async () => {
    const stream = open(ask(await start(), question));
    stream.responseBody(event("/m", "endpoint") + greeted);
    const progress = { method: "notifications/progress", params: { progress: 1 } };
    stream.responseBody(event({ id: 1, method: "ping" }) + event({ id: "s", method: "sampling/createMessage" }));
    stream.responseBody(event(progress) + event(answer));
    expect(posted.slice(3).map(({ text }) => JSON.parse(text))).toMatchObject([
      { id: 1, result: {} },
      { id: "s", error: { code: -32601, message: "Nobody can be asked through this gateway" } },
    ]);
    expect(stream.sentDownstream.header("content-type")).toBe("text/event-stream");
    const told = stream.sentDownstream.text.split("\n").filter((line) => line.startsWith("data: "));
    expect(told.map((line) => JSON.parse(line.slice(6)))).toMatchObject([progress, answer]);
  });

  test("takes what is no request, and asks nobody", async () => {
    const plugin = await start();
    expect(replyOf(ask(plugin, { method: "notifications/initialized" })).status).toBe(202);
    expect(replyOf(ask(plugin, { id: 1, result: {} })).status).toBe(202);
    expect(replyOf(ask(plugin, "[")).status).toBe(400);
    expect(replyOf(ask(plugin, question, { method: "DELETE" })).status).toBeGreaterThanOrEqual(400);
    const nobody = { xds: { route_metadata: { filter_metadata: { weir: { mcp_inner: "all-else" } } } } };
    expect(replyOf(ask(plugin, question, { properties: nobody })).status).toBe(503);
    expect(posted).toEqual([]);
  });

  test.each<[string, (stream: HttpStream) => void, string]>([
    ["refuses the stream", (s) => s.sendResponse([[":status", "401"]]), "does not accept the gateway's credentials"],
    ["answers something else", (s) => s.sendResponse([[":status", "404"]]), "answered 404"],
    [
      "names a place of another server's",
      (s) => open(s).responseBody(event("http://evil.test/m", "endpoint")),
      "names a place to post to that is not its own",
    ],
    [
      "refuses the greeting",
      (s) => open(s).responseBody(event("/m", "endpoint") + event({ id: "weir", error: { code: 1, message: "no" } })),
      "has refused the greeting",
    ],
    [
      "ends its stream",
      (s) => open(s).responseBody(event("/m", "endpoint"), { endOfStream: true }),
      "has ended its stream without an answer",
    ],
  ])("says why, where the server %s", async (_what, answered, why) => {
    const stream = ask(await start(), question);
    answered(stream);
    expect(failureOf(stream)).toEqual([502, why]);
  });

  test("says why, where what is posted is refused", async () => {
    const stream = open(ask(await start(404), question));
    stream.responseBody(event("/m", "endpoint"));
    expect(failureOf(stream)).toEqual([502, "answered 404"]);
  });
});

test("nothing of it is there for a server whose streams end", async () => {
  const { host, plugin } = await startRelay([proxyOf("up"), multiplexOf("all", ["up"])]);
  legacy(plugin, "tools/list", {}, { server: "all" });
  expect(host.httpCalls.every(({ cluster }) => cluster === upCluster)).toBe(true);
});
