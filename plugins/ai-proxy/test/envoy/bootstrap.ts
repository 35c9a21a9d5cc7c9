// A hand-written Envoy configuration: one listener with the fallback plugin, and two clusters with ai-proxy upstream.
//
//   /v1/…                      the fallback plugin names the cluster
//   /alpha/… /beta/… and so on  straight to the cluster of that name
//
// A second attempt is made on 5xx and where a connection fails; half of flaky's addresses are closed ports.
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
];

export interface BootstrapOptions {
  aiProxy: { wasm: string; configuration: object };
  aiFallback: { wasm: string; configuration: object };
  ports: { alpha: number; beta: number; closed: number };
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

function endpointsAt(ports: number[]): object {
  const addressOf = (port_value: number): object => ({ socket_address: { address: "127.0.0.1", port_value } });
  return { lb_endpoints: ports.map((port) => ({ endpoint: { address: addressOf(port) } })) };
}

function cluster(name: string, ports: number[], options: BootstrapOptions): object {
  return {
    name,
    type: "STATIC",
    connect_timeout: "2s",
    per_connection_buffer_limit_bytes: bufferBytes,
    load_assignment: { cluster_name: name, endpoints: [endpointsAt(ports)] },
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

/** Chooses the cluster by the header that the fallback plugin sets. */
function targetMatcher(): object {
  const names = ["alpha", "beta", "flaky", "gamma"];
  const map = names.map((name) => [name, { action: extension(name, clusterAction, { cluster: name }) }]);
  return extension("target", "envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier", {
    cluster_matcher: {
      matcher_tree: {
        input: extension("target", "envoy.type.matcher.v3.HttpRequestHeaderMatchInput", {
          header_name: "x-weir-target",
        }),
        exact_match_map: { map: Object.fromEntries(map) },
      },
    },
  });
}

const retry_policy = {
  retry_on: "5xx,connect-failure",
  num_retries: 1,
  retry_back_off: { base_interval: "0.001s", max_interval: "0.002s" },
};

function routes(): object {
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
          direct("alpha"),
          direct("beta"),
          direct("flaky"),
          direct("gamma"),
          direct("delta"),
          {
            match: { prefix: "/v1/" },
            route: {
              inline_cluster_specifier_plugin: { extension: targetMatcher() },
              timeout: "0s",
              retry_policy: { ...retry_policy, refresh_cluster_on_retry: true },
            },
          },
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
      json_format: { path: "%REQ(x-test-id)%", details: "%RESPONSE_CODE_DETAILS%", ...Object.fromEntries(entries) },
      omit_empty_values: true,
    },
  });
}

/** The bootstrap, but for its admin address. */
export function bootstrap(options: BootstrapOptions): object {
  const { alpha, beta, closed } = options.ports;
  const manager = {
    stat_prefix: "test",
    route_config: routes(),
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
        cluster("alpha", [alpha], options),
        cluster("beta", [beta], options),
        cluster("flaky", [closed, alpha], options),
        cluster("gamma", [alpha], options),
        cluster("delta", [alpha], options),
        {
          name: "tokens",
          type: "STATIC",
          load_assignment: { cluster_name: "tokens", endpoints: [endpointsAt([beta])] },
        },
      ],
    },
  };
}
