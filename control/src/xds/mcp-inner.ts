// How servers of HTTP+SSE are members of others: their streams never end, so a plugin's call to one would never be
// answered. It goes to a listener inside of this Envoy instead, which has no socket that anybody could reach; there the
// plugin runs once more, has Envoy route the stream, and answers with what comes in it.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/other_features/internal_listener
import { isInner, type McpServer } from "../model/mcp.ts";
import type { Model } from "../model/model.ts";
import { enableMcpBridge, mcpBridge, innerCluster } from "./filters/mcp-bridge.ts";
import { router } from "./filters/router.ts";
import { namespace } from "./client-api.ts";
import { clientTraces } from "./routes.ts";
import { calledRoutes } from "./mcp-routes.ts";
import { concurrencyLimits } from "./resilience.ts";
import { extension, fromAds, typed, type NamedResource, type ProtoJson } from "./resources.ts";

const name = innerCluster;

export function innerServers({ mcp }: Model): McpServer[] {
  return (mcp?.servers ?? []).filter((server) => isInner(server, mcp));
}

export function translateInnerCluster(model: Model): NamedResource[] {
  if (innerServers(model).length === 0) return [];
  const endpoint = { address: { envoy_internal_address: { server_listener_name: name } } };
  const resource = {
    name,
    type: "STATIC",
    connect_timeout: "1s",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        { explicit_http_config: { http_protocol_options: {} } },
      ),
    },
    circuit_breakers: concurrencyLimits(0),
  };
  return [{ name, resource }];
}

export function translateInnerListener(model: Model): NamedResource[] {
  if (innerServers(model).length === 0) return [];
  const resource = {
    name,
    internal_listener: {},
    per_connection_buffer_limit_bytes: 1024 * 1024,
    filter_chains: [{ filters: [connectionManager] }],
  };
  return [{ name, resource }];
}

const connectionManager = extension(
  "envoy.filters.network.http_connection_manager",
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
  {
    stat_prefix: name,
    rds: { route_config_name: name, config_source: { ...fromAds, initial_fetch_timeout: "0s" } },
    http_filters: [mcpBridge.chain, router.chain],
    // The request is one already, and has its id.
    generate_request_id: false,
    // How long an answer may take is said where it is waited for.
    stream_idle_timeout: "0s",
  },
);

/** One route that the plugin is asked at for each server, and the one that its stream takes. */
export function translateInnerRoutes(model: Model): NamedResource[] {
  const servers = innerServers(model);
  if (servers.length === 0) return [];
  const asked = servers.map((server) => ({
    name: server.name,
    match: { prefix: "/", headers: [{ name: "x-weir-mcp-server", string_match: { exact: server.name } }] },
    metadata: { filter_metadata: { [namespace]: { mcp_inner: server.name } } },
    // The plugin answers before Envoy would.
    direct_response: { status: 503 },
    typed_per_filter_config: enableMcpBridge,
  }));
  const resource: ProtoJson = {
    name,
    request_headers_to_remove: clientTraces,
    virtual_hosts: [
      {
        name,
        domains: ["*"],
        request_body_buffer_limit: model.gateway.bodyBytesMax,
        routes: [...calledRoutes(servers), ...asked],
      },
    ],
  };
  return [{ name, resource }];
}
