// Clients that do not wait any more, since they are gone or say so: what servers were asked beside the request is taken
// back, and what a client has called off gets no answer.
import { describe, expect, test } from "vitest";
import type { HttpCall } from "../../../sdk/host/http-callout.ts";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import type { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { legacy, modern, modernVersion, sendBody, type Sent } from "./bridge.ts";
import { multiplexOf, openSession, otherCluster, proxyOf, reply, startRelay } from "./relay.ts";

const other = [{ origin: "https://other.test", cluster: otherCluster, authority: "other.test" }];
const servers = [proxyOf("one"), proxyOf("two", { upstreams: other }), multiplexOf("all", ["one", "two"])];

/** A server that greets, and works on everything else for ever; `two` lists at once. */
const silent = (call: HttpCall) => {
  const { method, id } = messageOf(call);
  const isOver =
    method === "initialize" || id === undefined || (call.cluster === otherCluster && method !== "tools/call");
  return isOver ? reply(call) : undefined;
};

const messageOf = (call: HttpCall) => JSON.parse(call.text || "{}") as Record<string, any>;

const sent = (host: WasmHost, method: string) => host.httpCalls.filter((call) => messageOf(call)["method"] === method);
const cancelled = (host: WasmHost) => sent(host, "notifications/cancelled");

/** The servers that were told not to go on, each about the question that it still works on, in the same session. */
function takenBack(host: WasmHost, method: string): string[] {
  return cancelled(host).map((told) => {
    const asked = sent(host, method).find((call) => messageOf(call)["id"] === messageOf(told)["params"].requestId);
    expect(asked?.cluster).toBe(told.cluster);
    expect(told.header("mcp-session-id")).toBe(asked?.header("mcp-session-id"));
    return told.cluster.split(".")[1]!;
  });
}

const inSession = (session: string, more: Sent = {}): Sent => ({
  server: "all",
  ...more,
  headers: { "mcp-session-id": session, ...more.headers },
});

function cancel(plugin: Plugin, requestId: unknown, to: Sent): HttpStream {
  const headers = { "mcp-protocol-version": "2025-11-25", ...to.headers };
  const body = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId, reason: "Enough" } };
  return sendBody(plugin, JSON.stringify(body), { ...to, headers });
}

/** Whether it is over without an answer. */
function unanswered({ isOver, sentDownstream }: HttpStream): boolean {
  const isEmpty =
    sentDownstream.header("content-type") === "text/event-stream" && sentDownstream.text === ": cancelled\n\n";
  return isOver && sentDownstream.status === 200 && isEmpty;
}

describe("a client that leaves", () => {
  test("has the list taken back of which a server has not told its part, and no other", async () => {
    const { host, plugin } = await startRelay(servers, { cluster: silent });
    legacy(plugin, "tools/list", {}, inSession(openSession(plugin, "all"))).disconnect();
    expect(takenBack(host, "tools/list")).toEqual(["up"]);
  });

  test("has it taken back in a session that it shares, under an id that nobody else has", async () => {
    const { host, plugin } = await startRelay(servers, { cluster: silent });
    const streams = [1, 2, 3].map(() => legacy(plugin, "tools/list", {}, { server: "all" }));
    const ids = sent(host, "tools/list").map((call) => messageOf(call)["id"]);
    expect(new Set(ids).size).toBe(ids.length);
    streams[1]!.disconnect();
    expect(takenBack(host, "tools/list")).toEqual(["up"]);
  });

  test("takes no greeting back", async () => {
    const { host, plugin } = await startRelay(servers, { cluster: () => undefined });
    legacy(plugin, "tools/list", {}, { server: "all" }).disconnect();
    expect(sent(host, "initialize")).toHaveLength(2);
    expect(cancelled(host)).toEqual([]);
  });

  test("has every call of its batch taken back", async () => {
    const { host, plugin } = await startRelay(servers, { cluster: silent });
    const calls = [1, 2].map((id) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "ask" } }));
    const headers = { "mcp-protocol-version": "2025-03-26" };
    const session = { "mcp-session-id": openSession(plugin, "one") };
    for (const more of [{}, session])
      sendBody(plugin, JSON.stringify(calls), { server: "one", headers: { ...headers, ...more } }).disconnect();
    expect(takenBack(host, "tools/call")).toEqual(["up", "up", "up", "up"]);
  });

  test("is nothing to servers of the second era, which a closed request tells", async () => {
    const answer = (call: HttpCall) => {
      const { id, method } = messageOf(call);
      if (method === "tools/list") return undefined;
      const result = { supportedVersions: [modernVersion], capabilities: {}, resultType: "complete" };
      const headers: [string, string][] = [["content-type", "application/json"]];
      return { status: 200, headers, body: JSON.stringify({ jsonrpc: "2.0", id, result }) };
    };
    const { host, plugin } = await startRelay(servers, { cluster: answer });
    modern(plugin, "tools/list", {}, { server: "all" }).disconnect();
    expect(sent(host, "tools/list")).toHaveLength(2);
    expect(cancelled(host)).toEqual([]);
  });
});

test("a server that has not told its list in time need not go on", async () => {
  const { host, plugin } = await startRelay(servers, { cluster: silent });
  const stream = legacy(plugin, "tools/list", {}, inSession(openSession(plugin, "all")));
  host.advance(5_000);
  expect(takenBack(host, "tools/list")).toEqual(["up"]);
  const { result } = JSON.parse(stream.sentDownstream.text);
  expect(result._meta["weir/unavailable"]).toMatchObject([{ server: "one", reason: "did not answer in time" }]);
});

describe("a word that a request is not waited for", () => {
  test.each([0, 1])("ends it without an answer, and at its servers, from worker %i", async (worker) => {
    const { host, plugin } = await startRelay(servers, { cluster: silent, workers: 2 });
    const session = openSession(plugin, "all");
    const stream = legacy(plugin, "tools/list", {}, inSession(session));
    expect(cancel(plugin, 1, inSession(session, { worker })).sentDownstream.status).toBe(202);
    host.httpCalls.splice(-cancelled(host).length);
    host.advance(100);
    expect(takenBack(host, "tools/list")).toEqual(["up"]);
    expect(unanswered(stream)).toBe(true);
    // Nobody looks any more.
    const before = host.crossings.counts["proxy_on_tick"];
    host.advance(10_000);
    expect(host.crossings.counts["proxy_on_tick"]).toBe(before);
  });

  test("is about the request of this id in this session, which has come before", async () => {
    const { host, plugin } = await startRelay(servers, { cluster: silent });
    const [own, others] = [openSession(plugin, "all"), openSession(plugin, "all")];
    cancel(plugin, 1, inSession(own));
    host.advance(1);
    const stream = legacy(plugin, "tools/list", {}, inSession(own));
    for (const [id, session] of [
      [1, others],
      ["1", own],
      [11, own],
      [undefined, own],
    ] as const)
      cancel(plugin, id, inSession(session));
    host.advance(500);
    expect(stream.sentDownstream.status).toBe(0);
    cancel(plugin, 1, inSession(own));
    host.advance(100);
    expect(unanswered(stream)).toBe(true);
  });

  test("ends one call of a batch, and the others are answered", async () => {
    const { host, plugin } = await startRelay(servers, { cluster: silent });
    const to = { server: "one", headers: { "mcp-protocol-version": "2025-03-26" } };
    const session = openSession(plugin, "one");
    const calls = ["a", "b"].map((id) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "ask" } }));
    const stream = sendBody(plugin, JSON.stringify(calls), inSession(session, to));
    cancel(plugin, "a", inSession(session, to));
    host.advance(100);
    expect(takenBack(host, "tools/call")).toEqual(["up"]);
    const [, second] = sent(host, "tools/call");
    second!.reply(reply(second!));
    expect(JSON.parse(stream.sentDownstream.text)).toMatchObject([{ id: "b", result: {} }]);
  });

  test("closes the request to a server of the second era", async () => {
    const upstream = { path: "/mcp", transport: "http", protocol: "modern", listTimeoutMs: 5000, headers: [] };
    const greet = (call: HttpCall) => {
      const result = { supportedVersions: [modernVersion], capabilities: { tools: {} }, resultType: "complete" };
      const body = JSON.stringify({ jsonrpc: "2.0", id: messageOf(call)["id"], result });
      return { status: 200, headers: [["content-type", "application/json"]] as [string, string][], body };
    };
    const { host, plugin } = await startRelay([proxyOf("one", { upstream })], { cluster: greet });
    const to = inSession(openSession(plugin, "one"), { server: "one" });
    const stream = legacy(plugin, "tools/call", { name: "ask" }, to);
    expect(stream.sentUpstream.ended).toBe(true);
    cancel(plugin, 1, to);
    host.advance(100);
    expect(unanswered(stream)).toBe(true);
  });
});
