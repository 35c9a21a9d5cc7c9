// The model as Envoy resources: a pure function. Each kind has its file, each filter its file in filters/.
import type { Model } from "../model/model.ts";
import { translateCluster } from "./cluster.ts";
import { downstreamFilters, upstreamFilters } from "./filters/order.ts";
import { unloaded } from "./filters/wasm-plugin.ts";
import { translateLastResorts } from "./last-resort.ts";
import { translateLimitCluster } from "./limit-cluster.ts";
import { translateListener } from "./listener.ts";
import { translateMcpClusters } from "./mcp-clusters.ts";
import { translateInnerCluster, translateInnerListener, translateInnerRoutes } from "./mcp-inner.ts";
import type { TranslateOptions } from "./options.ts";
import { typeUrls, type NamedResource, type Resources } from "./resources.ts";
import { translateRatelimit } from "./ratelimit-config.ts";
import { translatePlugins } from "./plugins/filters.ts";
import { translateRoutes } from "./routes.ts";
import { translateServers } from "./servers.ts";
import { translateTokenClusters } from "./token-cluster.ts";
import { translateEndpoints, translateWebClusters } from "./web/clusters.ts";
import { translateWebListeners } from "./web/listeners.ts";
import { translateWebRoutes } from "./web/routes.ts";
import { translateSecrets } from "./web/tls.ts";

/** Everything that Envoys serving `model` need, as plain proto-JSON in Envoy's field names. */
export function translate(model: Model, options: TranslateOptions): Resources {
  return {
    [typeUrls.cluster]: [
      ...model.targets.map((target) => translateCluster(target, options)),
      ...translateTokenClusters(model, options),
      ...translateLastResorts(model),
      ...translateLimitCluster(model, options),
      ...translateMcpClusters(model, options),
      ...translateInnerCluster(model),
      ...translateWebClusters(model, options),
    ],
    [typeUrls.endpoints]: [...translateServers(model), ...translateEndpoints(model)],
    [typeUrls.secret]: translateSecrets(model, options),
    [typeUrls.listener]: [translateListener(model), ...translateInnerListener(model), ...translateWebListeners(model)],
    [typeUrls.route]: [translateRoutes(model), ...translateInnerRoutes(model), ...translateWebRoutes(model, options)],
    [typeUrls.extension]: [...translateExtensions(model, options), ...translatePlugins(model, options)],
    [typeUrls.ratelimit]: translateRatelimit(model),
  };
}

function translateExtensions(model: Model, options: TranslateOptions): NamedResource[] {
  // Without a target no Envoy would ever ask for them, and a change would wait for its answer.
  const upstream = model.targets.length + model.lastResorts.length > 0 ? upstreamFilters : [];
  return [...downstreamFilters, ...upstream].flatMap(({ name, extension, isNeeded }) => {
    if (!extension) return [];
    const needing = [model, ...(model.previous ? [model.previous] : [])].find((one) => !isNeeded || isNeeded(one));
    return [{ name, resource: needing ? extension(needing, options) : unloaded(name) }];
  });
}
