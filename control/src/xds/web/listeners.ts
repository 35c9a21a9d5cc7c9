// The listeners of plain HTTP and TLS: one for each socket, and in each a filter chain for what a connection is about.
// Certificates and routes are discovered by name, so that neither touches a chain.
import type { Model } from "../../model/model.ts";
import {
  servesModels,
  type HttpChain,
  type ServerTls,
  type TcpChain,
  type WebChain,
  type WebListener,
} from "../../model/web.ts";
import { translateAccessLogs } from "../access-log.ts";
import { downstreamFilters } from "../filters/order.ts";
import { listenerStatPrefix, modelsEdge, modelsTimeouts } from "../listener.ts";
import { translateLocalReplies } from "../local-reply.ts";
import { duration, extension, fromAds, type NamedResource, type ProtoJson } from "../resources.ts";
import { clusterNameOf, nowhere, usable } from "./clusters.ts";
import { webFilters, webFiltersWith } from "./filters.ts";
import { cameByDoor } from "./models.ts";
import { certificateOf } from "./tls.ts";

export function translateWebListeners(model: Model): NamedResource[] {
  return (model.web?.listeners ?? []).map((listener) => {
    const name = listenerName(listener);
    return { name, resource: translateListener(listener, name, model) };
  });
}

/** Its routes have the same name with the chain's behind it. */
export function listenerName({ address, port }: WebListener): string {
  return `web/${address}:${port}`;
}

export function routesName(listener: WebListener, chain: WebChain): string {
  return `${listenerName(listener)}/${chain.name}`;
}

function translateListener(listener: WebListener, name: string, model: Model): ProtoJson {
  const { address, port, chains } = listener;
  const asksForTls = chains.some(({ serverNames }) => serverNames !== null);
  return {
    name,
    address: { socket_address: { address, port_value: port } },
    per_connection_buffer_limit_bytes: 1024 * 1024,
    ...(asksForTls && { listener_filters: [tlsInspector] }),
    filter_chains: chains.map((chain) => ({
      name: chain.name,
      ...(chain.serverNames && { filter_chain_match: matchOf(chain.serverNames) }),
      filters: [chain.kind === "http" ? connectionManager(listener, chain, model) : tcpProxy(chain)],
      ...(chain.tls && { transport_socket: serverTls(chain.tls, chain.kind) }),
    })),
  };
}

const tlsInspector = extension(
  "envoy.filters.listener.tls_inspector",
  "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
);

function matchOf(serverNames: string[]): ProtoJson {
  return { transport_protocol: "tls", ...(serverNames.length > 0 && { server_names: serverNames }) };
}

function connectionManager(listener: WebListener, chain: HttpChain, model: Model): ProtoJson {
  const route_config_name = routesName(listener, chain);
  const own = servesModels(chain) ? forModels(model) : forServers(model);
  return extension(
    "envoy.filters.network.http_connection_manager",
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    {
      rds: { route_config_name, config_source: { ...fromAds, initial_fetch_timeout: "0s" } },
      upgrade_configs: [{ upgrade_type: "websocket" }],
      ...edge,
      ...own,
    },
  );
}

function forServers(model: Model): ProtoJson {
  const access_log = translateAccessLogs({ ...model, ledger: null });
  return { stat_prefix: "web", http_filters: webFilters(model), access_log };
}

/** Some of its requests are for models: for them it is as the gateway's own listener. */
function forModels(model: Model): ProtoJson {
  const { skip_xff_append: _, ...asOwn } = modelsEdge;
  return {
    ...asOwn,
    ...modelsTimeouts,
    stat_prefix: listenerStatPrefix,
    http_filters: webFiltersWith(downstreamFilters, model),
    local_reply_config: translateLocalReplies(),
    access_log: translateAccessLogs(model, cameByDoor),
  };
}

/** Servers learn who the client is, as they would from any ingress controller. */
const edge: ProtoJson = {
  server_name: "weir",
  use_remote_address: true,
  normalize_path: true,
  merge_slashes: true,
  // A server of HTTP/1.0, and clients of it, still exist inside clusters.
  http_protocol_options: { accept_http_10: true },
  http2_protocol_options: {
    max_concurrent_streams: 1000,
    initial_stream_window_size: 1024 * 1024,
    initial_connection_window_size: 4 * 1024 * 1024,
  },
  request_headers_timeout: "60s",
  stream_idle_timeout: "300s",
  common_http_protocol_options: { idle_timeout: "3600s" },
};

function tcpProxy({ name, backends }: TcpChain): ProtoJson {
  const clusters = usable(backends).map(({ backend, weight }) => ({ name: clusterNameOf(backend), weight }));
  const only = clusters[0] ?? { name: nowhere };
  return extension("envoy.filters.network.tcp_proxy", "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", {
    stat_prefix: `web.${name}`,
    ...(clusters.length <= 1 ? { cluster: only.name } : { weighted_clusters: { clusters } }),
    idle_timeout: duration(3_600_000),
  });
}

function serverTls(tls: ServerTls, kind: WebChain["kind"]): ProtoJson {
  const { certificates, client, versionMin, versionMax, ciphers } = tls;
  const params = {
    ...(versionMin && { tls_minimum_protocol_version: versionMin }),
    ...(versionMax && { tls_maximum_protocol_version: versionMax }),
    ...(ciphers.length > 0 && { cipher_suites: ciphers }),
  };
  return extension("envoy.transport_sockets.tls", "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext", {
    common_tls_context: {
      ...(Object.keys(params).length > 0 && { tls_params: params }),
      ...(kind === "http" && { alpn_protocols: ["h2", "http/1.1"] }),
      tls_certificate_sds_secret_configs: certificates.map(certificateOf),
      ...(client && {
        validation_context: {
          trusted_ca: { inline_string: client.authorities },
          ...(client.isOptional && { trust_chain_verification: "ACCEPT_UNTRUSTED" }),
        },
      }),
    },
    ...(client && { require_client_certificate: !client.isOptional }),
  });
}
