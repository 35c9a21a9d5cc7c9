// A Wasm plugin as an Envoy filter: discovered by name over ADS, so that its configuration and its code change without
// touching the chain it stands in.
import { codeSource, type PluginSource } from "../plugin-source.ts";
import { fromAds, typed, type ProtoJson } from "../resources.ts";

export const wasmFilter = "envoy.extensions.filters.http.wasm.v3.Wasm";
export const rbacFilter = "envoy.extensions.filters.http.rbac.v3.RBAC";

/**
 * The chain entry of the plugin that ECDS resource `name` configures. The chain serves nothing before it has arrived,
 * however long that takes: a chain without its plugin would let requests through unchecked and untranslated.
 */
export function discovered(name: string, types = [wasmFilter]): ProtoJson {
  return {
    name,
    config_discovery: {
      config_source: { ...fromAds, initial_fetch_timeout: "0s" },
      type_urls: types.map((type) => `type.googleapis.com/${type}`),
    },
  };
}

export interface WasmPlugin {
  /** The ECDS resource's name. */
  name: string;
  source: PluginSource;
  /** Handed to the plugin as JSON. */
  configuration: unknown;
  /** Names of Envoy's environment variables that the plugin may read. */
  environment?: string[];
}

/** The ECDS resource of a plugin. A trap costs the request at hand, and the VM is started anew. */
export function wasmExtension({ name, source, configuration, environment = [] }: WasmPlugin): ProtoJson {
  return {
    name,
    typed_config: typed(wasmFilter, {
      config: {
        name,
        vm_config: {
          vm_id: "weir",
          runtime: "envoy.wasm.runtime.v8",
          code: codeSource(source),
          ...(environment.length > 0 && { environment_variables: { host_env_keys: environment } }),
        },
        configuration: typed("google.protobuf.StringValue", { value: JSON.stringify(configuration) }),
        failure_policy: "FAIL_RELOAD",
        // Loading takes milliseconds. Envoy's default would answer 500 for a second after a second trap.
        reload_config: { backoff: { base_interval: "0.1s" } },
        allow_on_headers_stop_iteration: true,
      },
    }),
  };
}

/** As `discovered`, for a plugin that is not loaded where no route runs it. */
export function discoveredIfNeeded(name: string): ProtoJson {
  return discovered(name, [wasmFilter, rbacFilter]);
}

/**
 * What stands in for a plugin that no route runs: each VM costs memory in each worker. It refuses everything, so that a
 * route which were to run the plugin all the same is closed, not open.
 */
export function unloaded(name: string): ProtoJson {
  return { name, typed_config: typed(rbacFilter, { rules: { action: "ALLOW" } }) };
}

/** The source of plugin `name`; a missing one is the caller's mistake, not the user's. */
export function sourceOf(plugins: Record<string, PluginSource>, name: string): PluginSource {
  const source = plugins[name];
  if (!source) throw new Error(`No source is given for plugin ${name}`);
  return source;
}
