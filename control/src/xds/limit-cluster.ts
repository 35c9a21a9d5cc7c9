// The cluster of the service that counts limits for a fleet: gRPC, without any filter in its chain.
import { isIP } from "node:net";
import type { LimitService, LimitServiceTls } from "../model/limits.ts";
import type { Model } from "../model/model.ts";
import { limitClusterName } from "./cluster-name.ts";
import type { TranslateOptions } from "./options.ts";
import { translateTargetTls } from "./target-tls.ts";
import { concurrencyLimits, connectFailures } from "./resilience.ts";
import { duration, typed, type NamedResource, type ProtoJson } from "./resources.ts";

export function translateLimitCluster(
  { gateway: { limitService } }: Model,
  options: TranslateOptions,
): NamedResource[] {
  if (!limitService) return [];
  return [{ name: limitClusterName(limitService), resource: clusterOf(limitService, options) }];
}

function clusterOf(service: LimitService, options: TranslateOptions): ProtoJson {
  const name = limitClusterName(service);
  const address = { socket_address: { address: service.host, port_value: service.port } };
  return {
    name,
    alt_stat_name: "limit-service",
    type: isIP(service.host) ? "STATIC" : "STRICT_DNS",
    // A request waits for no longer than this, so nor does a connection.
    connect_timeout: duration(Math.max(service.timeoutMs, 100)),
    lb_policy: "ROUND_ROBIN",
    ...(service.tls && { transport_socket: tlsOf(service.tls, options) }),
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        {
          explicit_http_config: {
            http2_protocol_options: { connection_keepalive: { interval: "10s", timeout: "3s" } },
          },
        },
      ),
    },
    // Envoy's default of 1024 at once would be an outage of the service's in the midst of a burst.
    circuit_breakers: concurrencyLimits(0),
    outlier_detection: connectFailures,
  };
}

function tlsOf(tls: LimitServiceTls, options: TranslateOptions): ProtoJson {
  const socket = translateTargetTls(tls, options) as { typed_config: { common_tls_context: ProtoJson } };
  const { common_tls_context, ...context } = socket.typed_config;
  const { clientCertificate: own } = tls;
  const shown = own && [{ certificate_chain: { filename: own.certFile }, private_key: { filename: own.keyFile } }];
  // gRPC needs HTTP/2, which a server may want to be told in the handshake.
  const common = { ...common_tls_context, alpn_protocols: ["h2"], ...(shown && { tls_certificates: shown }) };
  return { ...socket, typed_config: { ...context, common_tls_context: common } };
}
