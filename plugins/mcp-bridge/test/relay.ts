// A server in front of another one on the Node host: the other is played by a cluster, for what is asked beside the
// request, and by the test, for what is routed.
import { expect } from "vitest";
import type { CalloutReply, HttpCall, HttpCluster } from "../../../sdk/host/http-callout.ts";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { PropertyValue } from "../../../sdk/host/properties.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { legacy, replyOf, sendBody, serverOf, type ServerConfig } from "./bridge.ts";

export const upCluster = "mcp.up.test.0a1b2c3d";

/** Of a second server. */
export const otherCluster = "mcp.other.test.0a1b2c3d";

/** A server of mode `proxy`. */
export const proxyOf = (name: string, rest: object = {}): ServerConfig => ({
  name,
  mode: "proxy",
  info: { name, version: "1.0.0" },
  upstreams: [{ origin: "https://up.test", cluster: upCluster, authority: "up.test" }],
  upstream: { path: "/mcp", transport: "http", protocol: "auto", listTimeoutMs: 5000, headers: [] },
  timeoutMs: 20_000,
  ...rest,
});

export const multiplexOf = (name: string, members: string[]): ServerConfig => ({
  name,
  mode: "multiplex",
  info: { name, version: "1.0.0" },
  members: members.map((server) => ({ server })),
  prefix: "conditional",
});

/** What the server behind says to what the gateway asks beside the request. */
export function reply(call: HttpCall): CalloutReply {
  const { id, method } = JSON.parse(call.text || "{}") as { id?: unknown; method?: string };
  if (id === undefined) return { status: 202 };
  const headers: [string, string][] = [["content-type", "application/json"]];
  const answer = (result: object) => JSON.stringify({ jsonrpc: "2.0", id, result });
  if (method === "tools/list") return { status: 200, headers, body: answer({ tools: [{ name: "ask" }] }) };
  const capabilities = { tools: {} };
  const body = answer({ protocolVersion: "2025-11-25", capabilities, serverInfo: { name: "up", version: "1" } });
  return { status: 200, headers: [...headers, ["mcp-session-id", "up-session"]], body };
}

export interface RelayOptions {
  /** The first encrypts sessions, any deciphers them. */
  secrets?: string[];
  /** Of its randomness: another Envoy has another. */
  seed?: number;
  startMs?: number;
  workers?: number;
  /** The server behind, in place of one that answers everything. */
  cluster?: HttpCluster;
  /** Others. */
  clusters?: Record<string, HttpCluster>;
}

let built: ReturnType<typeof buildPlugin> | undefined;

export async function startRelay(
  servers: ServerConfig[],
  { secrets, seed = 1, startMs = Date.UTC(2026, 10, 1), workers = 1, cluster = reply, clusters }: RelayOptions = {},
): Promise<{ host: WasmHost; plugin: Plugin }> {
  const host = await WasmHost.load(await (built ??= buildPlugin("mcp-bridge")), {
    startMs,
    seed,
    workers,
    clusters: { [upCluster]: cluster, [otherCluster]: cluster, ...clusters },
  });
  const configuration = { servers: servers.map(serverOf), ...(secrets && { sessionSecrets: secrets }) };
  return { host, plugin: host.startPlugin({ configuration }) };
}

/** Whom the plugins in front have found out the client to be. */
export type Who = Record<string, PropertyValue>;

/** The name of a session that a client begins. */
export function openSession(plugin: Plugin, server: string, properties: Who = {}): string {
  const clientInfo = { name: "test", version: "1" };
  const params = { protocolVersion: "2025-11-25", capabilities: { sampling: {} }, clientInfo };
  const name = replyOf(legacy(plugin, "initialize", params, { server, properties })).header("mcp-session-id");
  expect(name).toMatch(/^v1\.[\w-]+$/);
  return name!;
}

/** A call in a session: it is routed where the session is known, and answered 404 where not. */
export function callIn(plugin: Plugin, session: string, server: string, properties: Who = {}): HttpStream {
  const body = { jsonrpc: "2.0", id: 7, method: "tools/call", params: { name: "ask", arguments: {} } };
  const headers = { "mcp-session-id": session, "mcp-protocol-version": "2025-11-25" };
  return sendBody(plugin, JSON.stringify(body), { server, headers, properties });
}

/** Whether a session is known. */
export function isKnown(plugin: Plugin, session: string, server: string, properties: Who = {}): boolean {
  const stream = callIn(plugin, session, server, properties);
  if (stream.sentUpstream.ended) {
    const sent = Object.fromEntries(stream.sentUpstream.headers ?? []) as Record<string, string>;
    expect(sent["mcp-session-id"]).toBe("up-session");
    return true;
  }
  expect(replyOf(stream)).toMatchObject({ status: 404, body: { id: 7, error: { code: -32001 } } });
  return false;
}
