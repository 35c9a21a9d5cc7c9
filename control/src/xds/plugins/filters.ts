// Foreign plugins as filters: their places in a chain, and what is in those places.
import type { Model } from "../../model/model.ts";
import type { ForeignPlugin, PluginPhase } from "../../model/plugins.ts";
import { discovered, rbacFilter, wasmFilter } from "../filters/wasm-plugin.ts";
import type { PluginModule, TranslateOptions } from "../options.ts";
import { codeSource } from "../plugin-source.ts";
import { typed, type NamedResource, type ProtoJson } from "../resources.ts";
import { pluginInstances, type PluginInstance } from "./instances.ts";

/** The places of those of one phase. None runs unless a route says so. */
export function pluginPlaces(model: Model, phase: PluginPhase): ProtoJson[] {
  return pluginInstances(model, phase).map(({ name, plugin }) => {
    const place = discovered(name, [wasmFilter, rbacFilter]);
    const config_discovery = { ...(place["config_discovery"] as ProtoJson), default_config: standIn(plugin) };
    // Should an Envoy refuse a plugin, the chain is served with what stands in for it.
    return { ...place, config_discovery, disabled: true };
  });
}

/** What is in those places, and in those that only the model before has. */
export function translatePlugins(model: Model, options: TranslateOptions): NamedResource[] {
  const own = pluginInstances(model);
  const names = new Set(own.map(({ name }) => name));
  const left = model.previous ? pluginInstances(model.previous).filter(({ name }) => !names.has(name)) : [];
  return [...own, ...left].map((instance) => {
    const module = options.modules?.(instance.plugin) ?? null;
    const typed_config = module ? wasm(instance, module, options) : standIn(instance.plugin);
    return { name: instance.name, resource: { name: instance.name, typed_config } };
  });
}

/** For a plugin whose module is not there: it refuses everything, or nothing. */
function standIn({ failure }: ForeignPlugin): ProtoJson {
  return typed(rbacFilter, { rules: { action: failure === "open" ? "DENY" : "ALLOW" } });
}

function wasm({ name, plugin, configuration, rule }: PluginInstance, module: PluginModule, options: TranslateOptions) {
  const own = options.reveal(configuration);
  const text = module.hasHigressRules && rule !== null ? withinRules(own, plugin, options) : own;
  const { rootId, failure, allowOnHeadersStopIteration } = plugin;
  return typed(wasmFilter, {
    config: {
      name,
      ...(rootId !== "" && { root_id: rootId }),
      vm_config: {
        vm_id: `plugin/${plugin.name}`,
        runtime: "envoy.wasm.runtime.v8",
        code: codeSource(module.source),
        ...environmentOf(plugin),
      },
      ...(text !== "" && { configuration: typed("google.protobuf.StringValue", { value: text }) }),
      failure_policy: failure === "open" ? "FAIL_OPEN" : "FAIL_RELOAD",
      ...(failure === "closed" && { reload_config: { backoff: { base_interval: "0.1s" } } }),
      allow_on_headers_stop_iteration: allowOnHeadersStopIteration ?? module.hasHigressRules,
    },
  });
}

/**
 * A rule as those SDKs read it, beside what it may refer to. That it is for the request has been found out already.
 * https://github.com/higress-group/wasm-go/blob/main/pkg/matcher/rule_matcher.go
 */
function withinRules(rule: string, { configuration }: ForeignPlugin, { reveal }: TranslateOptions): string {
  const parse = (text: string): ProtoJson => (text === "" ? {} : (JSON.parse(text) as ProtoJson));
  const common = configuration === null ? {} : parse(reveal(configuration));
  return JSON.stringify({ ...common, _rules_: [{ ...parse(rule), _match_domain_: ["*"] }] });
}

function environmentOf({ environment: { host, values } }: ForeignPlugin): ProtoJson {
  const environment_variables = {
    ...(host.length > 0 && { host_env_keys: host }),
    ...(Object.keys(values).length > 0 && { key_values: values }),
  };
  return Object.keys(environment_variables).length > 0 ? { environment_variables } : {};
}
