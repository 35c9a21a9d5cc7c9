// What of an Envoy's admin interface others than its own machine may ask: whether it is ready, and its metrics. The
// rest of that interface shows credentials.
import type { AdminAddress } from "./bootstrap.ts";
import type { HostPort } from "./control-cluster.ts";

type Json = Record<string, unknown>;

const adminCluster = "weir.admin";
const paths = ["/ready", "/stats/prometheus"];
const types = "type.googleapis.com/envoy.extensions";

/** A static listener and the cluster that it leads to, as proto-JSON. */
export function buildProbes(admin: AdminAddress, at: HostPort): { listeners: Json[]; clusters: Json[] } {
  return { listeners: [listener(at)], clusters: [cluster(admin)] };
}

export function socketAddress({ address, port }: HostPort): Json {
  return { socket_address: { address, port_value: port } };
}

function listener(at: HostPort): Json {
  const routes = paths.map((path) => ({ match: { path }, route: { cluster: adminCluster } }));
  const manager = {
    "@type": `${types}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "weir_probes",
    route_config: { virtual_hosts: [{ name: "probes", domains: ["*"], routes }] },
    http_filters: [
      { name: "envoy.filters.http.router", typed_config: { "@type": `${types}.filters.http.router.v3.Router` } },
    ],
  };
  const filter = { name: "envoy.filters.network.http_connection_manager", typed_config: manager };
  return { name: "weir.probes", address: socketAddress(at), filter_chains: [{ filters: [filter] }] };
}

function cluster(admin: AdminAddress): Json {
  const address = "socketPath" in admin ? { pipe: { path: admin.socketPath } } : socketAddress(admin);
  return {
    name: adminCluster,
    type: "STATIC",
    connect_timeout: "1s",
    load_assignment: { cluster_name: adminCluster, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}
