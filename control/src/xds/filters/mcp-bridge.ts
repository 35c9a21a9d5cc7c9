// The plugin that is MCP servers to clients. Off unless an Envoy route is a server's.
import { hasSessions, isInner, type McpServer, type McpUpstream, type SecretJson } from "../../model/mcp.ts";
import type { Model } from "../../model/model.ts";
import { Secret } from "../../model/secret.ts";
import { mcpClusterName } from "../cluster-name.ts";
import { isLogged } from "../access-log.ts";
import { claimsKey } from "./jwt-auth.ts";
import { oauthOf } from "../mcp-oauth.ts";
import { mcpEnvironmentNames, mcpEnvironmentOf, sessionEnvironment } from "../credential-environment.ts";
import type { TranslateOptions } from "../options.ts";
import { typed, type ProtoJson } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";
import { discoveredIfNeeded, sourceOf, wasmExtension } from "./wasm-plugin.ts";

const name = "weir.mcp-bridge";

/** Filter state that the plugin sets: the server whose call a request is. */
export const serverState = "wasm.weir.mcp_server";
/** Likewise, where the server has one cluster: `callRoute`. */
export const callState = "wasm.weir.mcp_call";

/**
 * By what the plugin names the route to the one cluster that a server's calls go to; null where there are several. The
 * cluster's name stands in it, so that a plugin with credentials for another one finds no route.
 */
export function callRoute({ name: server, mode, upstreams }: McpServer): { name: string; cluster: string } | null {
  const [cluster, ...others] = new Set(upstreams.map(mcpClusterName));
  if (cluster === undefined || others.length > 0 || mode === "multiplex" || mode === "toolSet") return null;
  return { name: `${server} ${cluster}`, cluster };
}

/** The listener inside of Envoy, its routes and the cluster that leads to it: see mcp-inner.ts. */
export const innerCluster = "weir.mcp-inner";

/** By what the plugin names the route there. */
export function innerRoute({ name: server }: McpServer): string {
  return `${server} ${innerCluster}`;
}

export const mcpBridge: HttpFilter = {
  name,
  chain: { ...discoveredIfNeeded(name), disabled: true },
  isNeeded: ({ mcp }) => (mcp?.servers.length ?? 0) > 0,
  extension: (model, options) =>
    wasmExtension({
      name,
      source: sourceOf(options.plugins, "mcp-bridge"),
      configuration: {
        ...(model.gateway.metrics && { metrics: true }),
        // It learns nothing where nobody would read it.
        ...(!isLogged(model) && { silent: true }),
        ...sessionSecrets(model, options),
        servers: (model.mcp?.servers ?? []).map((server) => configurationOf(server, model, options)),
      },
      ...(options.credentials === "environment" && { environment: mcpEnvironmentNames(model) }),
    }),
};

/** `typed_per_filter_config` of an Envoy route on which the plugin runs. */
export const enableMcpBridge: ProtoJson = {
  [name]: typed("envoy.config.route.v3.FilterConfig", { config: {} }),
};

function configurationOf(server: McpServer, model: Model, options: TranslateOptions): ProtoJson {
  const { title, version, problem, instructions, toolsHeader } = server;
  const { allowedHosts, allowedOrigins, headerValidation, templates, passthroughAuthHeader } = server;
  const { requestBytesMax, responseBytesMax, pageSize, listTtlMs } = server;
  const written = (field: SecretFields) => write(server[field], server, [field], options);
  return {
    name: server.name,
    mode: server.mode,
    ...(problem !== null && { problem }),
    info: { name: server.name, ...(title !== null && { title }), version },
    ...(instructions !== null && { instructions }),
    allowedHosts,
    allowedOrigins,
    headerValidation,
    ...(toolsHeader !== null && { toolsHeader }),
    requestBytesMax,
    responseBytesMax,
    pageSize,
    listTtlMs,
    templates,
    passthroughAuthHeader,
    upstreams: server.upstreams.flatMap(upstreamRows),
    ...(callRoute(server) !== null && { oneCluster: true }),
    config: written("config"),
    securitySchemes: written("securitySchemes"),
    defaultDownstreamSecurity: written("defaultDownstreamSecurity"),
    defaultUpstreamSecurity: written("defaultUpstreamSecurity"),
    tools: written("tools"),
    ...contentOf(server, options),
    ...accessOf(server, model),
    ...relayConfiguration(server, options),
    ...(isInner(server, model.mcp) && { innerCluster }),
  };
}

/** What it has besides tools. */
function contentOf(server: McpServer, options: TranslateOptions): ProtoJson {
  const { prompts, resources, stateKey } = server;
  return {
    ...(stateKey !== null && { stateKey: write(stateKey, server, ["stateKey"], options) }),
    ...(prompts.length > 0 && { prompts: write(prompts, server, ["prompts"], options) }),
    ...(resources.length > 0 && { resources: write(resources, server, ["resources"], options) }),
  };
}

/** Who may use what of it, and where tokens come from. */
function accessOf(server: McpServer, model: Model): ProtoJson {
  const { access, title, name, path } = server;
  const oauth = oauthOf(server, model);
  const rules = access?.map((rule) => ({
    ...Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== null)),
  }));
  return {
    ...(rules && { access: rules, tokens: (model.auth?.jwt ?? []).map((_, index) => claimsKey(index)) }),
    ...(oauth && { oauth: { ...oauth, path, title: title ?? name } }),
  };
}

/**
 * What sessions are encrypted with, the first, or deciphered, any: only servers in front of others have sessions. Where
 * none is configured it is the control plane's own.
 */
function sessionSecrets(model: Model, options: TranslateOptions): ProtoJson {
  if (!hasSessions(model)) return {};
  const own = model.mcp?.sessionSecrets ?? [];
  if (options.credentials === "environment") {
    const names = own.length > 0 ? own.map(sessionEnvironment) : [sessionEnvironment(null, 0)];
    return { sessionSecrets: names.map((name) => ({ $env: name })) };
  }
  const used = own.length > 0 ? own : (options.sessionSecret ?? []);
  return { sessionSecrets: [used].flat().map((secret) => options.reveal(secret)) };
}

/** What a server of another mode than `rest` is made of. Higress's sets have names of their own kind. */
function relayConfiguration(server: McpServer, options: TranslateOptions): ProtoJson {
  const { mode, upstream, members, prefix, notificationsFrom, allowTools } = server;
  const given = members?.map(({ server: name, tools, aliases }) => ({
    server: name,
    ...(tools !== null && { tools }),
    ...(Object.keys(aliases).length > 0 && { aliases }),
  }));
  const { headers = [], ...remote } = upstream ?? {};
  const written = write(headers as unknown as SecretJson, server, ["upstream", "headers"], options);
  return {
    ...(upstream && { timeoutMs: server.timeoutMs, upstream: { ...remote, headers: written } }),
    ...(given && { members: given }),
    ...(prefix && { prefix }),
    ...(mode === "toolSet" && { prefix: "always", separator: "___", toolsOnly: true }),
    ...(notificationsFrom && { notificationsFrom }),
    ...(allowTools && { allowTools }),
  };
}

type SecretFields = "config" | "securitySchemes" | "defaultDownstreamSecurity" | "defaultUpstreamSecurity" | "tools";

/** An origin is found as it is written, with the port that its scheme has anyway or without. */
function upstreamRows(upstream: McpUpstream): ProtoJson[] {
  const { origin, tls, port, authority } = upstream;
  const row = { cluster: mcpClusterName(upstream), authority };
  const isUsual = port === (tls ? 443 : 80);
  return [{ origin, ...row }, ...(isUsual ? [{ origin: `${origin}:${port}`, ...row }] : [])];
}

/** Secrets as they are, or as the names of the environment variables that hold them. */
function write(value: SecretJson, server: McpServer, path: string[], options: TranslateOptions): unknown {
  if (value instanceof Secret) {
    return options.credentials === "environment"
      ? { $env: mcpEnvironmentOf(server, value, path) }
      : options.reveal(value);
  }
  if (Array.isArray(value)) return value.map((item, index) => write(item, server, [...path, String(index)], options));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, write(item, server, [...path, key], options)]);
  return Object.fromEntries(entries);
}
