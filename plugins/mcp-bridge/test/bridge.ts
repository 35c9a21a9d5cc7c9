// Requests to the compiled plugin on the Node host, and what becomes of them.
import { expect } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { PropertyValue } from "../../../sdk/host/properties.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";

export const modernVersion = "2026-07-28";
export const metaKey = "io.modelcontextprotocol/";

/** A tool as the control plane writes it: what lists show, its arguments, and what it does. */
export interface ToolConfig {
  definition: { name: string; inputSchema: object; [field: string]: unknown };
  args?: object[];
  [field: string]: unknown;
}

/** A tool whose schema says nothing but which arguments there are. */
export function tool(name: string, args: Record<string, object>, rest: object): ToolConfig {
  const properties = Object.entries(args).map(([key, arg]) => {
    const { position: _position, default: _default, ...schema } = arg as Record<string, unknown>;
    return [key, schema];
  });
  const required = Object.entries(args).flatMap(([key, schema]) => ("required" in schema ? key : []));
  return {
    definition: {
      name,
      description: `Does ${name}`,
      inputSchema: { type: "object", properties: Object.fromEntries(properties), required },
    },
    args: Object.entries(args).map(([key, schema]) => ({ name: key, ...schema })),
    ...rest,
  };
}

export const upstreams = [
  { origin: "https://api.test", cluster: "mcp.api.test.0a1b2c3d", authority: "api.test" },
  { origin: "http://other.test:81", cluster: "mcp.other.test.0a1b2c3d", authority: "other.test:81" },
];

export interface ServerConfig {
  name?: string;
  tools?: ToolConfig[];
  [field: string]: unknown;
}

export const serverOf = (config: ServerConfig): object => ({
  name: "weather",
  info: { name: "weather", version: "1.0.0" },
  upstreams,
  tools: [],
  ...config,
});

let built: ReturnType<typeof buildPlugin> | undefined;

export async function startBridge(...servers: ServerConfig[]): Promise<Plugin> {
  return (await startHost(...servers)).plugin;
}

/** With the host, whose clock can be put forward. */
export async function startHost(...servers: ServerConfig[]): Promise<{ host: WasmHost; plugin: Plugin }> {
  const module = await (built ??= buildPlugin("mcp-bridge"));
  const host = await WasmHost.load(module, { startMs: Date.UTC(2026, 10, 1) });
  return { host, plugin: host.startPlugin({ configuration: { metrics: true, servers: servers.map(serverOf) } }) };
}

export interface Sent {
  method?: string;
  path?: string;
  /** Beside the usual ones; null leaves one out. */
  headers?: Record<string, string | string[] | null> | undefined;
  /** The Envoy route's server. */
  server?: string;
  /** What Envoy and the plugins in front have found out besides. */
  properties?: Record<string, PropertyValue>;
  /** Which of Envoy's workers it comes to. */
  worker?: number;
}

/** Sends a body as it is. */
export function sendBody(plugin: Plugin, body: string | undefined, sent: Sent = {}): HttpStream {
  const { method = "POST", path = "/mcp/weather", headers = {}, server = "weather" } = sent;
  const usual = {
    ":method": method,
    ":path": path,
    ":authority": "gateway.test",
    ":scheme": "http",
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    ...headers,
  };
  const all = Object.entries(usual).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().map((each): [string, string] => [name, each]),
  );
  const properties = {
    source: { address: "192.0.2.7:4711" },
    xds: { route_metadata: { filter_metadata: { weir: { mcp: server } } } },
    ...sent.properties,
  };
  return plugin.openStream({ properties, worker: sent.worker ?? 0 }).sendRequest(all, body);
}

export interface Reply {
  status: number;
  /** Undefined where there is none. */
  body: any;
  header(name: string): string | undefined;
}

export function replyOf(stream: HttpStream): Reply {
  const { status, text } = stream.sentDownstream;
  const body = text === "" ? undefined : JSON.parse(text);
  return { status, body, header: (name) => stream.sentDownstream.header(name) };
}

/** Sends a message of the first era. */
export function legacy(plugin: Plugin, method: string, params?: object, sent: Sent = {}): HttpStream {
  const headers = { "mcp-protocol-version": "2025-11-25", ...sent.headers };
  return sendBody(plugin, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }), { ...sent, headers });
}

/** Sends a message of the second era, with the headers that belong to it. */
export function modern(plugin: Plugin, method: string, params: any = {}, sent: Sent = {}): HttpStream {
  const _meta = {
    [`${metaKey}protocolVersion`]: modernVersion,
    [`${metaKey}clientCapabilities`]: {},
    ...params._meta,
  };
  const name = params.name ?? params.uri;
  const headers = {
    "mcp-protocol-version": modernVersion,
    "mcp-method": method,
    ...(name && { "mcp-name": name }),
    ...sent.headers,
  };
  const body = { jsonrpc: "2.0", id: "m-1", method, params: { ...params, _meta } };
  return sendBody(plugin, JSON.stringify(body), { ...sent, headers });
}

export const call = (plugin: Plugin, name: string, args: object = {}, sent: Sent = {}): HttpStream =>
  legacy(plugin, "tools/call", { name, arguments: args }, sent);

/** The result that an answer of the API comes to. */
export function answered(
  stream: HttpStream,
  body: string | Uint8Array | undefined,
  headers: Record<string, string> = {},
): any {
  expect(stream.sentUpstream.ended).toBe(true);
  const all = Object.entries({ ":status": "200", "content-type": "application/json", ...headers });
  stream.sendResponse(all, body);
  expect(replyOf(stream).status).toBe(200);
  return replyOf(stream).body.result;
}

export const textOf = (result: any): string => result.content[0].text;

/** The failure that a model reads of a call that was not made. */
export function failureOf(stream: HttpStream): string {
  expect(stream.sentUpstream.headers).toBeNull();
  const { status, body } = replyOf(stream);
  expect(status).toBe(200);
  expect(body.result).toMatchObject({ isError: true });
  return textOf(body.result);
}

export function clusterOf(stream: HttpStream): string {
  const state = stream.filterState.get("wasm.weir.target");
  return state ? Buffer.from(state).toString() : "";
}
