// The Envoy routes of MCP servers. Each has two: the endpoint, which clients reach, and one that its calls take once
// the plugin has made an API's request of them, when Envoy looks a second time.
import type { McpServer } from "../model/mcp.ts";
import type { Model } from "../model/model.ts";
import { namespace } from "./client-api.ts";
import { corsPolicy } from "./filters/cors.ts";
import { callRoute, callState, enableMcpBridge, innerCluster, innerRoute, serverState } from "./filters/mcp-bridge.ts";
import { withLimits } from "./filters/token-ratelimit.ts";
import { challengeOf, metadataPath, oauthOf, rootMetadataPath } from "./mcp-oauth.ts";
import { duration, type ProtoJson } from "./resources.ts";
import { matcherName } from "./route-action.ts";
import { openToAll, withAuth } from "./route-auth.ts";

/** The endpoints of one virtual host. */
export function translateMcpServers(servers: McpServer[], model: Model): ProtoJson[] {
  const endpoints = servers.map((server) => {
    const envoyRoute = {
      name: server.name,
      match: { path: server.path },
      metadata: { filter_metadata: { [namespace]: { mcp: server.name } } },
      ...action(server),
      typed_per_filter_config: { ...enableMcpBridge, ...corsPolicy(server) },
    };
    const challenge = challengeOf(server, model);
    const facts = challenge === null ? {} : { challenge };
    return withLimits(withAuth(envoyRoute, [server], model, facts), model);
  });
  return [...endpoints, ...metadataRoutes(servers, model)];
}

/** Where clients learn who gives tokens, which anybody may. Of several servers the first is the host's own. */
function metadataRoutes(servers: McpServer[], model: Model): ProtoJson[] {
  const protectedServers = servers.filter((server) => oauthOf(server, model) !== null);
  const places = protectedServers.map((server) => ({ server, path: metadataPath(server) }));
  const [first] = protectedServers;
  return [...places, ...(first ? [{ server: first, path: rootMetadataPath }] : [])].map(({ server, path }) => ({
    name: server.name,
    match: { path },
    metadata: { filter_metadata: { [namespace]: { mcp: server.name } } },
    direct_response: { status: 503 },
    typed_per_filter_config: {
      ...enableMcpBridge,
      ...corsPolicy({ allowedOrigins: ["*"] }),
      ...(model.auth && openToAll),
    },
  }));
}

/**
 * Taken by the calls of all servers: with its host a call may have changed the virtual host too, so that each of them
 * has these.
 */
export function calledRoutes(servers: McpServer[]): ProtoJson[] {
  return servers.filter(leavesGateway).map((server) => {
    const route = callRoute(server);
    const state = route ? { key: callState, exact: route.name } : { key: serverState, exact: server.name };
    return {
      name: server.name,
      match: { prefix: "/", filter_state: [{ key: state.key, string_match: { exact: state.exact } }] },
      ...action(server, route?.cluster ?? null),
    };
  });
}

/** Taken by what a multiplex asks of members whose streams never end: it goes to the listener inside of Envoy. */
export function innerCalledRoutes(servers: McpServer[]): ProtoJson[] {
  return servers.map((server) => ({
    name: server.name,
    match: { prefix: "/", filter_state: [{ key: callState, string_match: { exact: innerRoute(server) } }] },
    ...action(server, innerCluster),
  }));
}

/** Whether any tool asks somebody else. */
function leavesGateway({ upstreams }: McpServer): boolean {
  return upstreams.length > 0;
}

/** How long a stream of an MCP server's may be silent: clients listen to some for as long as they are there. */
const streamIdleMs = 3_600_000;

/** What becomes of its requests; `cluster` is where they go, null where the plugin says it. */
function action(server: McpServer, cluster: string | null = null): ProtoJson {
  // The plugin answers before Envoy would.
  if (!leavesGateway(server)) return { direct_response: { status: 503 } };
  // An API that has not begun with a request may be asked again; whatever else would call a tool twice.
  const once = { retry_on: "connect-failure,refused-stream,reset-before-request", num_retries: 1 };
  const { timeoutMs } = server;
  // What an MCP server has begun to answer streams on until it says that it is done.
  const streaming = { timeout: "0s", idle_timeout: duration(streamIdleMs) };
  const limits = server.upstream ? streaming : { timeout: duration(timeoutMs) };
  const retry_policy = server.upstream ? { ...once, per_try_timeout: duration(timeoutMs) } : once;
  const place = cluster === null ? { cluster_specifier_plugin: matcherName } : { cluster };
  return { route: { ...place, ...limits, retry_policy } };
}
