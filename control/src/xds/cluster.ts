// One cluster per target: its addresses, its protocol, its limits. What is sent to it is the upstream filters' part.
import { isIP } from "node:net";
import type { ServiceUse } from "../model/discovery.ts";
import type { Target, TargetTls } from "../model/model.ts";
import type { CircuitBreaker, HealthCheck } from "../model/routing.ts";
import type { BackendAddress } from "../model/web.ts";
import { clusterName } from "./cluster-name.ts";
import { upstreamFilters } from "./filters/order.ts";
import type { TranslateOptions } from "./options.ts";
import { concurrencyLimits, connectFailures, errorMatcher, healthChecks, outlierDetection } from "./resilience.ts";
import { duration, extension, typed, type NamedResource, type ProtoJson } from "./resources.ts";
import { assignmentOf, discovered, isDiscovered, placesOf } from "./servers.ts";
import { translateTargetTls } from "./target-tls.ts";

export function translateCluster(target: Target, options: TranslateOptions): NamedResource {
  const name = clusterName(target);
  const { host, port, service, tls, timeouts, authority, circuitBreaker, healthCheck } = target;
  const filters = upstreamFilters.map((filter) => filter.chain);
  // Statistics and the access log go by the target, whatever its address.
  const place = { host, port, ...(service && { service }) };
  const cluster = { name, statName: target.name, ...place, tls, connectTimeoutMs: timeouts.connectMs, filters };
  const resilience = { authority, circuitBreaker, healthCheck };
  return { name, resource: addressedCluster({ ...cluster, resilience }, options) };
}

/** Whatever Envoy sends requests to. */
export interface AddressedCluster {
  name: string;
  statName: string;
  host: string;
  port: number;
  service?: ServiceUse;
  tls: TargetTls | null;
  connectTimeoutMs: number;
  /** The upstream chain; none for Envoy's own. */
  filters: ProtoJson[];
  /** What a target's failures lead to; without it only addresses that cannot be connected to are left out. */
  resilience?: { authority: string; circuitBreaker: CircuitBreaker; healthCheck: HealthCheck | null };
}

export function addressedCluster(cluster: AddressedCluster, options: TranslateOptions): ProtoJson {
  const { name, statName, tls, resilience } = cluster;
  const [isOwn, places] = [!isDiscovered(cluster.service), placesOf(cluster)];
  return {
    name,
    alt_stat_name: statName,
    ...(isOwn ? lookup(places) : discovered),
    connect_timeout: duration(cluster.connectTimeoutMs),
    lb_policy: "LEAST_REQUEST",
    ...(tls && { transport_socket: translateTargetTls(tls, options) }),
    ...(isOwn && { load_assignment: assignmentOf(name, places, resilience !== undefined) }),
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": httpOptions(cluster),
    },
    circuit_breakers: concurrencyLimits(resilience?.circuitBreaker.maxConcurrentRequests ?? 0),
    outlier_detection: resilience
      ? outlierDetection(resilience.circuitBreaker, resilience.healthCheck)
      : connectFailures,
    ...(resilience && healthChecks(resilience.healthCheck, resilience.authority)),
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 60, keepalive_interval: 15, keepalive_probes: 4 } },
  };
}

/** How Envoy finds servers that the cluster itself names. */
function lookup(places: BackendAddress[]): ProtoJson {
  if (places.every(({ address }) => isIP(address))) return { type: "STATIC" };
  const dns = {
    // Envoy's default asks for IPv6 first and gives up on the provider when the machine has no route for it.
    dns_lookup_family: "V4_PREFERRED",
    respect_dns_ttl: true,
    dns_failure_refresh_rate: { base_interval: "1s", max_interval: "10s" },
  };
  return { cluster_type: extension("envoy.clusters.dns", "envoy.extensions.clusters.dns.v3.DnsCluster", dns) };
}

function httpOptions({ tls, filters, resilience }: AddressedCluster): ProtoJson {
  return typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
    // Shorter than the idle limits of the load balancers that providers stand behind, so that Envoy closes first and
    // no request meets a connection that is being closed.
    common_http_protocol_options: { idle_timeout: "50s" },
    ...(tls ? { auto_config: { http2_protocol_options: http2 } } : { explicit_http_config: http1 }),
    ...(filters.length > 0 && { http_filters: filters }),
    ...(resilience && errorMatcher(resilience.circuitBreaker)),
  });
}

const http1: ProtoJson = { http_protocol_options: {} };

/** A stream may be silent for minutes while a model thinks; the pings tell it from a dead connection. */
const http2: ProtoJson = { connection_keepalive: { interval: "30s", timeout: "10s" } };
