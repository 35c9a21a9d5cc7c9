// A hand-written Envoy configuration: one listener with ai-fallback, and clusters with ai-proxy upstream.
//
//   /v1/…                       ai-fallback names the cluster; a second attempt on 5xx and where a connection fails
//   /plan/v1/… /hasty/v1/…      the same, and attempts go on by the plan; the latter waits 300 ms for each
//   /alpha/… /beta/… and so on  straight to the cluster of that name
export const filterStateNames = [
  "provider",
  "model",
  "response_model",
  "input_tokens",
  "output_tokens",
  "cached_tokens",
  "reasoning_tokens",
  "time_to_first_token_ms",
  "surface",
  "stream",
  "finish",
  "dropped",
  "route",
  "attempts",
  "failure",
];

export interface BootstrapOptions {
  aiProxy: { wasm: string; configuration: object };
  aiFallback: { wasm: string; configuration: object };
  /** Cluster names, and the ports of each. */
  clusters: Record<string, number[]>;
  /** A port at which nobody listens. */
  closedPort: number;
  accessLog: string;
}

function extension(name: string, type: string, fields: object = {}): object {
  return { name, typed_config: { "@type": `type.googleapis.com/${type}`, ...fields } };
}

function wasm(name: string, { wasm, configuration }: { wasm: string; configuration: object }): object {
  return extension(name, "envoy.extensions.filters.http.wasm.v3.Wasm", {
    config: {
      name,
      vm_config: { vm_id: "weir", runtime: "envoy.wasm.runtime.v8", code: { local: { filename: wasm } } },
      configuration: {
        "@type": "type.googleapis.com/google.protobuf.StringValue",
        value: JSON.stringify(configuration),
      },
      failure_policy: "FAIL_RELOAD",
      allow_on_headers_stop_iteration: true,
    },
  });
}

const bufferBytes = 64 * 1024 * 1024;

function endpointsAt(ports: number[], priority = 0): object {
  const addressOf = (port_value: number): object => ({ socket_address: { address: "127.0.0.1", port_value } });
  return { priority, lb_endpoints: ports.map((port) => ({ endpoint: { address: addressOf(port) } })) };
}

function cluster(name: string, ports: number[], options: BootstrapOptions): object {
  return {
    name,
    type: "STATIC",
    connect_timeout: "2s",
    per_connection_buffer_limit_bytes: bufferBytes,
    // Without a host that is left a request would be answered at once, and no other target tried.
    load_assignment: { cluster_name: name, endpoints: [endpointsAt(ports), endpointsAt([options.closedPort], 1)] },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: { http_protocol_options: {} },
        http_filters: [
          wasm("weir.ai-proxy", options.aiProxy),
          extension(
            "envoy.filters.http.upstream_codec",
            "envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec",
          ),
        ],
      },
    },
  };
}

const clusterAction = "envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction";

/** Chooses the cluster by the filter state that the plugins set. */
function targetMatcher(names: string[]): object {
  const map = names.map((name) => [name, { action: extension(name, clusterAction, { cluster: name }) }]);
  return extension("target", "envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier", {
    cluster_matcher: {
      matcher_tree: {
        input: extension("target", "envoy.extensions.matching.common_inputs.network.v3.FilterStateInput", {
          key: "wasm.weir.target",
        }),
        exact_match_map: { map: Object.fromEntries(map) },
      },
    },
  });
}

const retry_back_off = { base_interval: "0.001s", max_interval: "0.002s" };
const retry_policy = { retry_on: "5xx,connect-failure", num_retries: 1, retry_back_off };
/** How often it is tried, ai-fallback says in a header. */
const plannedRetryPolicy = {
  retry_on: "connect-failure,refused-stream,reset-before-request,reset,retriable-headers",
  num_retries: 1,
  retry_back_off,
  retriable_headers: [{ name: "x-weir-retry", present_match: true }],
};

function planned(prefix: string, names: string[], retry: object): object {
  return {
    match: { prefix },
    route: {
      inline_cluster_specifier_plugin: { extension: targetMatcher(names) },
      timeout: "0s",
      retry_policy: { ...retry, refresh_cluster_on_retry: true },
    },
    response_headers_to_remove: ["x-weir-retry"],
  };
}

function routes(names: string[]): object {
  const off = {
    "weir.ai-fallback": { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", disabled: true },
  };
  const direct = (name: string): object => ({
    match: { prefix: `/${name}/` },
    route: { cluster: name, timeout: "0s", retry_policy },
    typed_per_filter_config: off,
  });
  return {
    virtual_hosts: [
      {
        name: "all",
        domains: ["*"],
        include_request_attempt_count: true,
        request_body_buffer_limit: bufferBytes,
        routes: [
          ...names.map(direct),
          planned("/v1/", names, retry_policy),
          planned("/v1beta/", names, retry_policy),
          planned("/plan/", names, plannedRetryPolicy),
          planned("/hasty/", names, { ...plannedRetryPolicy, per_try_timeout: "0.3s" }),
        ],
      },
    ],
  };
}

function accessLog(path: string): object {
  const entries = filterStateNames.map((name) => [name, `%FILTER_STATE(wasm.weir.${name}:PLAIN)%`]);
  return extension("file", "envoy.extensions.access_loggers.file.v3.FileAccessLog", {
    path,
    log_format: {
      json_format: {
        path: "%REQ(x-test-id)%",
        details: "%RESPONSE_CODE_DETAILS%",
        flags: "%RESPONSE_FLAGS%",
        ...Object.fromEntries(entries),
      },
      omit_empty_values: true,
    },
  });
}

/** The bootstrap, but for its admin address. */
export function bootstrap(options: BootstrapOptions): object {
  const names = Object.keys(options.clusters);
  const manager = {
    stat_prefix: "test",
    route_config: routes(names),
    access_log: [accessLog(options.accessLog)],
    http_filters: [
      wasm("weir.ai-fallback", options.aiFallback),
      extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router"),
    ],
  };
  return {
    static_resources: {
      listeners: [
        {
          name: "main",
          address: { socket_address: { address: "127.0.0.1", port_value: 0 } },
          per_connection_buffer_limit_bytes: bufferBytes,
          filter_chains: [
            {
              filters: [
                extension(
                  "hcm",
                  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                  manager,
                ),
              ],
            },
          ],
        },
      ],
      clusters: [
        ...names.map((name) => cluster(name, options.clusters[name]!, options)),
        {
          name: "tokens",
          type: "STATIC",
          load_assignment: { cluster_name: "tokens", endpoints: [endpointsAt(options.clusters["beta"]!)] },
        },
      ],
    },
  };
}
