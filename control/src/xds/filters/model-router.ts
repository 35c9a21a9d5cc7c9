// The plugin that finds a request's target by the model named in its body or path. Off unless an Envoy route leads to
// more than one target: most gateways never run it.
import { apiRoots } from "../../model/surface.ts";
import { clusterOf } from "../cluster-name.ts";
import { typed, type ProtoJson } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";
import { discovered, sourceOf, wasmExtension } from "./wasm-plugin.ts";

const name = "weir.model-router";

/** The request header that names the chosen target's cluster. Only the gateway sets it. */
export const targetHeader = "x-weir-target";

export const modelRouter: HttpFilter = {
  name,
  chain: { ...discovered(name), disabled: true },
  extension: (model, options) =>
    wasmExtension({
      name,
      source: sourceOf(options.plugins, "model-router"),
      configuration: {
        bodyBytesMax: model.gateway.bodyBytesMax,
        routes: model.routes.map(({ name, hosts, pathPrefix, headers, models, target }) => ({
          name,
          match: { hosts, pathPrefixes: apiRoots(pathPrefix), headers },
          models,
          target: clusterOf(target, model),
        })),
      },
    }),
};

/** `typed_per_filter_config` of an Envoy route on which the model router runs. */
export const enableModelRouter: ProtoJson = {
  [name]: typed("envoy.config.route.v3.FilterConfig", { config: {} }),
};
