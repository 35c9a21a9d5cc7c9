// The clusters that tools of MCP servers lead to: one for each address.
import type { Model } from "../model/model.ts";
import { mcpClusterName } from "./cluster-name.ts";
import { addressedCluster } from "./cluster.ts";
import type { TranslateOptions } from "./options.ts";
import { upstreamCodec } from "./filters/upstream-codec.ts";
import { extension, type NamedResource } from "./resources.ts";

const connectTimeoutMs = 5000;

/** What the router adds for the targets' plugin is none of an API's business. */
const withoutAttempts = extension(
  "envoy.filters.http.header_mutation",
  "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
  { mutations: { request_mutations: [{ remove: "x-envoy-attempt-count" }] } },
);
const common = { connectTimeoutMs, filters: [withoutAttempts, upstreamCodec.chain] };

export function translateMcpClusters(model: Model, options: TranslateOptions): NamedResource[] {
  const upstreams = (model.mcp?.upstreams ?? []).map((upstream) => [mcpClusterName(upstream), upstream] as const);
  return [...new Map(upstreams)].map(([name, { host, port, service, tls }]) => {
    const place = { host, port, ...(service && { service }), tls };
    return { name, resource: addressedCluster({ name, statName: `mcp.${host}`, ...place, ...common }, options) };
  });
}
