// The bootstrap: the little that an Envoy must know before it can ask the control plane for everything else, and the
// frame around the resources of an Envoy that runs without one.

import { buildControlCluster, xdsCluster, type HostPort, type XdsEndpoint } from "./control-cluster.ts";
import { buildProbes, socketAddress } from "./probes.ts";
import { statsTags } from "./stats-tags.ts";

/** Where Envoy's admin interface listens. It shows credentials: a socket in a private folder, or loopback. */
export type AdminAddress = { socketPath: string } | HostPort;

/** How much of the memory that Envoy may use its heap gets: not all of it is heap. */
export const heapShare = 0.8;

export interface BootstrapOptions {
  /** Tells this Envoy from others in `weir status`. */
  nodeId: string;
  /** What its counters are kept under, over its restarts. Default: its id. */
  countersName?: string;
  /** Default `weir`. */
  nodeCluster?: string;
  /** Where it is, in a cluster's words. Default: it does not say, and nobody is near. */
  place?: EnvoyPlace;
  /** Where the control plane serves ADS. */
  xds: XdsEndpoint;
  admin: AdminAddress | null;
  /** Where others may ask whether this Envoy is ready, and for its metrics; both come from its admin interface. */
  probes?: HostPort;
  /** Past 95 % of it Envoy gives memory back to the system, past 98 % it refuses requests. Default: not watched. */
  heapBytesMax?: number;
}

export interface EnvoyPlace {
  zone?: string;
  node?: string;
}

type Json = Record<string, unknown>;

/** The bootstrap of an Envoy that takes everything from Weir's control plane, as proto-JSON. */
export function buildBootstrap(options: BootstrapOptions): Json {
  const { nodeId, countersName, nodeCluster = "weir", xds, admin, probes } = options;
  const probed = admin && probes ? buildProbes(admin, probes) : { clusters: [] };
  const fromAds = { ads: {}, resource_api_version: "V3", ...(probes && waitForAds) };
  const { zone, node } = options.place ?? {};
  const metadata = { ...(countersName && { "weir.counters": countersName }), ...(node && { "weir.node": node }) };
  return {
    node: {
      id: nodeId,
      cluster: nodeCluster,
      ...(Object.keys(metadata).length > 0 && { metadata }),
      ...(zone && { locality: { zone } }),
    },
    ...frame(admin, options.heapBytesMax),
    static_resources: { ...probed, clusters: [buildControlCluster(xds), ...probed.clusters] },
    dynamic_resources: {
      ads_config: {
        // Increments: a changed model sends one cluster, not all of them.
        api_type: "DELTA_GRPC",
        transport_api_version: "V3",
        grpc_services: [{ envoy_grpc: { cluster_name: xdsCluster } }],
      },
      cds_config: fromAds,
      lds_config: fromAds,
    },
  };
}

export interface StaticBootstrapOptions {
  nodeId: string;
  admin: AdminAddress | null;
  /** Proto-JSON, complete in themselves: nothing in them may refer to ADS. */
  listeners: Json[];
  clusters: Json[];
}

/** The whole configuration of an Envoy that runs without a control plane. */
export function buildStaticBootstrap({ nodeId, admin, listeners, clusters }: StaticBootstrapOptions): Json {
  return {
    node: { id: nodeId, cluster: "weir" },
    ...frame(admin),
    static_resources: { listeners, clusters },
  };
}

/** Otherwise Envoy calls itself ready after fifteen seconds, without any configuration. */
const waitForAds = { initial_fetch_timeout: "0s" };

function frame(admin: AdminAddress | null, heapBytesMax?: number): Json {
  return {
    ...(admin && { admin: { address: adminAddress(admin) } }),
    stats_config: { stats_tags: statsTags },
    bootstrap_extensions: [internalListeners],
    layered_runtime: {
      layers: [
        { name: "weir", static_layer: {} },
        // What an operator sets through the admin interface wins.
        { name: "admin", admin_layer: {} },
      ],
    },
    overload_manager: overloadManager(heapBytesMax),
  };
}

/** Envoy takes a listener without a socket from nobody unless its bootstrap says so. MCP servers may need one. */
export const internalListeners: Json = {
  name: "envoy.bootstrap.internal_listener",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener",
  },
};

function adminAddress(admin: AdminAddress): Json {
  if ("socketPath" in admin) return { pipe: { path: admin.socketPath, mode: 0o600 } };
  return socketAddress(admin);
}

/** Beyond it new connections are refused, before file descriptors and memory run out. */
const connectionsMax = 50_000;

function overloadManager(heapBytesMax?: number): Json {
  const connections = monitor("global_downstream_max_connections", "downstream_connections.v3.DownstreamConnections", {
    max_active_downstream_connections: connectionsMax,
  });
  if (!heapBytesMax) return { resource_monitors: [connections] };
  const heap = monitor("fixed_heap", "fixed_heap.v3.FixedHeap", { max_heap_size_bytes: heapBytesMax });
  return {
    refresh_interval: "0.25s",
    resource_monitors: [connections, heap],
    actions: [heapAction("shrink_heap", 0.95), heapAction("stop_accepting_requests", 0.98)],
  };
}

function monitor(name: string, type: string, config: Json): Json {
  return {
    name: `envoy.resource_monitors.${name}`,
    typed_config: {
      "@type": `type.googleapis.com/envoy.extensions.resource_monitors.${type}Config`,
      ...config,
    },
  };
}

function heapAction(name: string, value: number): Json {
  const trigger = { name: "envoy.resource_monitors.fixed_heap", threshold: { value } };
  return { name: `envoy.overload_actions.${name}`, triggers: [trigger] };
}
