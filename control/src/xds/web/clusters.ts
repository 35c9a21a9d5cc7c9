// The clusters of plain backends. Their addresses are discovered by themselves: a server that comes or goes touches no
// cluster, and with it no connection to the others.
import type { Model } from "../../model/model.ts";
import type {
  BackendAddress,
  BackendHost,
  BackendProtocol,
  WebBackend,
  WebBalance,
  WeightedBackend,
} from "../../model/web.ts";
import type { TranslateOptions } from "../options.ts";
import { concurrencyLimits } from "../resilience.ts";
import { duration, extension, fromAds, typed, type NamedResource, type Place, type ProtoJson } from "../resources.ts";
import { zonesOf } from "../servers.ts";
import { backendTls } from "./tls.ts";

export function clusterNameOf(backend: string): string {
  return `web/${backend}`;
}

/** What nobody has: a connection to it is closed, a request for it fails. */
export const nowhere = "nowhere";

/** Those that can have requests. */
export function usable(backends: WeightedBackend[]): (WeightedBackend & { backend: string })[] {
  return backends.flatMap((one) => (one.backend !== null && one.weight > 0 ? [{ ...one, backend: one.backend }] : []));
}

export function translateWebClusters(model: Model, options: TranslateOptions): NamedResource[] {
  const clusterOf = (backend: WebBackend): NamedResource => {
    const name = clusterNameOf(backend.name);
    return { name, resource: translateCluster(backend, name, options) };
  };
  // Where authorities are depends on more than the backend.
  return (model.web?.backends ?? []).map((one) => (one.tls ? clusterOf(one) : madeOnce(clusters, one, clusterOf)));
}

/** Of those that were made once, for as long as somebody has them. */
const clusters = new WeakMap<WebBackend, NamedResource>();
const endpoints = new WeakMap<WebBackend, NamedResource>();

function madeOnce<K extends object, V>(known: WeakMap<K, V>, key: K, make: (key: K) => V): V {
  const value = known.get(key) ?? make(key);
  known.set(key, value);
  return value;
}

export function translateEndpoints(model: Pick<Model, "web">): NamedResource[] {
  const followed = (model.web?.backends ?? []).filter(({ at }) => at.kind === "addresses");
  return followed.map((backend) => madeOnce(endpoints, backend, endpointsOf));
}

function endpointsOf({ name, at: addressed }: WebBackend): NamedResource {
  const cluster_name = clusterNameOf(name);
  const addresses = addressed.kind === "addresses" ? addressed.addresses : [];
  const at = (place: Place): ProtoJson => ({ cluster_name, endpoints: localities(addresses, place) });
  const isPlaced = addresses.some(({ near }) => near !== undefined);
  return { name: cluster_name, resource: at(unknownPlace), ...(isPlaced && { placed: { from: addresses, at } }) };
}

const unknownPlace: Place = { zone: "", node: "" };

function translateCluster(backend: WebBackend, name: string, options: TranslateOptions): ProtoJson {
  const { at, tls, protocol, balance, connectTimeoutMs } = backend;
  return {
    name,
    alt_stat_name: name,
    ...(at.kind === "addresses" ? discovered : named(name, at)),
    connect_timeout: duration(connectTimeoutMs),
    lb_policy: policies[balance],
    ...(tls && { transport_socket: backendTls(tls, options) }),
    ...(protocol !== "tcp" && {
      typed_extension_protocol_options: {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": httpOptions(protocol),
      },
    }),
    circuit_breakers: concurrencyLimits(0),
    // Envoy would go on with the servers of yesterday when all are gone.
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
    // A server that was taken away is to finish what it has begun, and to get nothing new.
    ignore_health_on_host_removal: true,
  };
}

const discovered: ProtoJson = { type: "EDS", eds_cluster_config: { eds_config: fromAds } };

function named(cluster_name: string, { hosts }: { hosts: BackendHost[] }): ProtoJson {
  const dns = { dns_lookup_family: "V4_PREFERRED", respect_dns_ttl: true };
  const lb_endpoints = hosts.map(({ host, port }) => ({
    endpoint: { address: { socket_address: { address: host, port_value: port } } },
  }));
  return {
    cluster_type: extension("envoy.clusters.dns", "envoy.extensions.clusters.dns.v3.DnsCluster", dns),
    load_assignment: { cluster_name, endpoints: [{ lb_endpoints }] },
  };
}

/** One for each zone, the nearest before the others: those have requests only while there is no nearer one. */
function localities(addresses: BackendAddress[], place: Place): ProtoJson[] {
  const byDistance = Map.groupBy(addresses, (address) => distance(address, place));
  const inOrder = [...byDistance].sort(([a], [b]) => a - b);
  // Envoy knows no priority without the one before it.
  return inOrder.flatMap(([, own], priority) => zonesOf(own, priority));
}

function distance({ near }: BackendAddress, { zone, node }: Place): number {
  if (near?.nodes.includes(node)) return 0;
  return near?.zones.includes(zone) ? 1 : 2;
}

const policies: Record<WebBalance, string> = {
  roundRobin: "ROUND_ROBIN",
  leastRequest: "LEAST_REQUEST",
  random: "RANDOM",
  ringHash: "RING_HASH",
};

function httpOptions(protocol: Exclude<BackendProtocol, "tcp">): ProtoJson {
  const byProtocol = {
    http1: { explicit_http_config: { http_protocol_options: {} } },
    http2: { explicit_http_config: { http2_protocol_options: {} } },
    auto: { auto_config: { http2_protocol_options: {} } },
  };
  return typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
    common_http_protocol_options: { idle_timeout: "50s" },
    ...byProtocol[protocol],
  });
}
