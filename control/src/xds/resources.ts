// The kinds of Envoy resources and the names which the files of this folder, the bootstrap and the server agree on.

/** Type URLs of the xDS resource types that Weir serves. */
export const typeUrls = {
  cluster: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
  endpoints: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
  listener: "type.googleapis.com/envoy.config.listener.v3.Listener",
  route: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
  extension: "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
  secret: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
  /** For envoyproxy/ratelimit. No Envoy asks for it. */
  ratelimit: "type.googleapis.com/ratelimit.config.ratelimit.v3.RateLimitConfig",
} as const;

/** A message in proto-JSON with Envoy's own snake_case field names. */
export type ProtoJson = { [field: string]: unknown };

export interface NamedResource {
  name: string;
  resource: ProtoJson;
  /** Where it is another for Envoys at some places. */
  placed?: PlacedResource;
}

/** Where an Envoy is; empty where it does not say. */
export interface Place {
  zone: string;
  node: string;
}

export interface PlacedResource {
  /** Of the same it is the same at each place. */
  from: unknown;
  at: (place: Place) => ProtoJson;
}

/** Everything one Envoy fleet is told, by type URL. Each list is in the model's order, and its names are unique. */
export type Resources = Record<string, NamedResource[]>;

/** A message packed in an `Any`: `type` is its full name without the `type.googleapis.com/` prefix. */
export function typed(type: string, message: ProtoJson = {}): ProtoJson {
  return { "@type": `type.googleapis.com/${type}`, ...message };
}

/** A named extension, the form most of Envoy's extension points take. */
export function extension(name: string, type: string, message: ProtoJson = {}): ProtoJson {
  return { name, typed_config: typed(type, message) };
}

/** Where Envoy asks for a resource that it learns by name: the stream it already has to the control plane. */
export const fromAds: ProtoJson = { ads: {}, resource_api_version: "V3" };

/** A duration as proto-JSON writes it: seconds with up to three decimals. */
export function duration(ms: number): string {
  return `${ms / 1000}s`;
}
