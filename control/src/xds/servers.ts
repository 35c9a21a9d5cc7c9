// Where the servers of a target, and of an API that tools lead to, are. Those of a registry's service reach Envoy by
// themselves: a server that comes or goes touches no cluster, and with it no connection to the others.
import type { ServiceUse } from "../model/discovery.ts";
import type { Model } from "../model/model.ts";
import type { BackendAddress } from "../model/web.ts";
import { clusterName, mcpClusterName } from "./cluster-name.ts";
import { deadEnd, noSpill } from "./resilience.ts";
import { fromAds, type NamedResource, type ProtoJson } from "./resources.ts";

/** Of a cluster. */
export const discovered: ProtoJson = {
  type: "EDS",
  eds_cluster_config: { eds_config: fromAds },
  // A server that was taken away is to finish what it has begun, and to get nothing new.
  ignore_health_on_host_removal: true,
};

/** Whether a cluster's servers are told apart from it: names, which Envoy has to look up, cannot be. */
export function isDiscovered(service: ServiceUse | undefined): boolean {
  return service !== undefined && service.wish !== null && service.at?.kind !== "dns";
}

interface Place {
  host: string;
  port: number;
  service?: ServiceUse;
}

/** A name may stand for an address. */
export function placesOf({ host, port, service }: Place): BackendAddress[] {
  if (!service) return [{ address: host, port, zone: "" }];
  if (service.at?.kind !== "dns") return service.at?.addresses ?? [];
  return service.at.hosts.map((one) => ({ address: one.host, port: one.port, zone: "" }));
}

/** `canEnd`: where nobody is there a request is refused at once, so that another target is tried. */
export function assignmentOf(cluster_name: string, places: BackendAddress[], canEnd: boolean): ProtoJson {
  const own = places.length === 0 && canEnd ? [{ lb_endpoints: [] }] : zonesOf(places);
  if (!canEnd) return { cluster_name, endpoints: own };
  return { cluster_name, endpoints: [...own, { priority: 1, lb_endpoints: [deadEnd] }], policy: noSpill };
}

/** One for each zone. */
export function zonesOf(addresses: BackendAddress[], priority = 0): ProtoJson[] {
  return [...Map.groupBy(addresses, ({ zone }) => zone)].map(([zone, own]) => ({
    ...(zone && { locality: { zone } }),
    ...(priority > 0 && { priority }),
    lb_endpoints: own.map(({ address, port, weight }) => ({
      endpoint: { address: { socket_address: { address, port_value: port } } },
      ...(weight !== undefined && { load_balancing_weight: weight }),
    })),
  }));
}

export function translateServers({ targets, mcp }: Model): NamedResource[] {
  const upstreams = (mcp?.upstreams ?? []).map((upstream) => ({ name: mcpClusterName(upstream), place: upstream }));
  const own = new Map(upstreams.map(({ name, place }) => [name, { name, place, canEnd: false }]));
  const all = [...targets.map((place) => ({ name: clusterName(place), place, canEnd: true })), ...own.values()];
  return all.flatMap(({ name, place, canEnd }) =>
    isDiscovered(place.service) ? [{ name, resource: assignmentOf(name, placesOf(place), canEnd) }] : [],
  );
}
