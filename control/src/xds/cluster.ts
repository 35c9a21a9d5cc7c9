// One cluster per target: its addresses, its protocol, its limits. What is sent to it is the upstream filters' part.
import { isIP } from "node:net";
import type { Target, TargetTls } from "../model/model.ts";
import { clusterName } from "./cluster-name.ts";
import { upstreamFilters } from "./filters/order.ts";
import type { TranslateOptions } from "./options.ts";
import { duration, extension, typed, type NamedResource, type ProtoJson } from "./resources.ts";
import { translateTargetTls } from "./target-tls.ts";

/** More requests than any one gateway has under way: limits belong to quotas, not to a forgotten default of 1024. */
const concurrentMax = 100_000;

export function translateCluster(target: Target, options: TranslateOptions): NamedResource {
  const name = clusterName(target);
  const { host, port, tls, timeouts } = target;
  const filters = upstreamFilters.map((filter) => filter.chain);
  // Statistics and the access log go by the target, whatever its address.
  const cluster = { name, statName: target.name, host, port, tls, connectTimeoutMs: timeouts.connectMs, filters };
  return { name, resource: addressedCluster(cluster, options) };
}

/** Whatever Envoy sends requests to. */
export interface AddressedCluster {
  name: string;
  statName: string;
  host: string;
  port: number;
  tls: TargetTls | null;
  connectTimeoutMs: number;
  /** The upstream chain; none for Envoy's own. */
  filters: ProtoJson[];
}

export function addressedCluster(cluster: AddressedCluster, options: TranslateOptions): ProtoJson {
  const { name, statName, host, tls } = cluster;
  return {
    name,
    alt_stat_name: statName,
    ...discovery(host),
    connect_timeout: duration(cluster.connectTimeoutMs),
    lb_policy: "LEAST_REQUEST",
    ...(tls && { transport_socket: translateTargetTls(tls, options) }),
    load_assignment: endpoints(cluster),
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": httpOptions(cluster),
    },
    circuit_breakers: { thresholds: [unlimited("DEFAULT"), unlimited("HIGH")] },
    outlier_detection: outlierDetection,
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 60, keepalive_interval: 15, keepalive_probes: 4 } },
  };
}

function discovery(host: string): ProtoJson {
  if (isIP(host)) return { type: "STATIC" };
  const dns = {
    // Envoy's default asks for IPv6 first and gives up on the provider when the machine has no route for it.
    dns_lookup_family: "V4_PREFERRED",
    respect_dns_ttl: true,
    dns_failure_refresh_rate: { base_interval: "1s", max_interval: "10s" },
  };
  return { cluster_type: extension("envoy.clusters.dns", "envoy.extensions.clusters.dns.v3.DnsCluster", dns) };
}

function endpoints({ name, host, port }: AddressedCluster): ProtoJson {
  const address = { socket_address: { address: host, port_value: port } };
  return { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] };
}

function httpOptions({ tls, filters }: AddressedCluster): ProtoJson {
  return typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
    // Shorter than the idle limits of the load balancers that providers stand behind, so that Envoy closes first and
    // no request meets a connection that is being closed.
    common_http_protocol_options: { idle_timeout: "50s" },
    ...(tls ? { auto_config: { http2_protocol_options: http2 } } : { explicit_http_config: http1 }),
    ...(filters.length > 0 && { http_filters: filters }),
  });
}

const http1: ProtoJson = { http_protocol_options: {} };

/** A stream may be silent for minutes while a model thinks; the pings tell it from a dead connection. */
const http2: ProtoJson = { connection_keepalive: { interval: "30s", timeout: "10s" } };

function unlimited(priority: string): ProtoJson {
  return {
    priority,
    max_connections: concurrentMax,
    max_pending_requests: concurrentMax,
    max_requests: concurrentMax,
    max_retries: concurrentMax,
  };
}

/**
 * Leaves out an address that cannot be connected to. A provider's 5xx and 429 are about the model or the account, not
 * about the address, so they eject nothing; and when every address is out, Envoy goes on using all of them.
 */
const outlierDetection: ProtoJson = {
  split_external_local_origin_errors: true,
  consecutive_local_origin_failure: 5,
  enforcing_consecutive_5xx: 0,
  enforcing_consecutive_gateway_failure: 0,
  enforcing_success_rate: 0,
  enforcing_local_origin_success_rate: 0,
  max_ejection_percent: 100,
};
