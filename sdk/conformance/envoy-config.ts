// The configuration of the one Envoy that serves all scenarios: a listener and its clusters for each.
import type { PluginSetup, Scenario } from "./scenario.ts";

type Json = Record<string, unknown>;

/** A scenario with the ports of its servers and the names it has in Envoy. */
export interface Placement {
  scenario: Scenario;
  /** Prefix of the names of its listener, clusters and plugins. */
  id: string;
  /** Port of the provider, and of each callout cluster. */
  providerPort: number;
  ports: Record<string, number>;
  accessLog: string;
}

const type = (name: string, fields: Json = {}): Json => ({ "@type": `type.googleapis.com/${name}`, ...fields });

export function envoyConfig(placements: Placement[], wasmFile: string, admin: object): Json {
  return {
    admin: { address: admin },
    static_resources: {
      listeners: placements.map((placement) => listener(placement, wasmFile)),
      clusters: placements.flatMap((placement) => clusters(placement, wasmFile)),
    },
  };
}

function listener(placement: Placement, wasmFile: string): Json {
  const { scenario, id } = placement;
  return {
    name: id,
    address: { socket_address: { address: "127.0.0.1", port_value: 0 } },
    ...(scenario.bufferLimit && { per_connection_buffer_limit_bytes: scenario.bufferLimit }),
    filter_chains: [
      { filters: scenario.tcp ? tcpFilters(placement, wasmFile) : [connectionManager(placement, wasmFile)] },
    ],
  };
}

function connectionManager(placement: Placement, wasmFile: string): Json {
  const { id } = placement;
  const route = { match: { prefix: "/" }, route: { cluster: id, timeout: "0s" } };
  return {
    name: "http",
    typed_config: type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
      stat_prefix: id,
      http_protocol_options: { enable_trailers: true },
      route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [route] }] },
      http_filters: [
        ...wasmFilters(placement, "downstream", wasmFile),
        { name: "router", typed_config: type("envoy.extensions.filters.http.router.v3.Router") },
      ],
      access_log: [{ name: "file", typed_config: accessLog(placement) }],
    }),
  };
}

function accessLog({ accessLog: path }: Placement): Json {
  const text = "%RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %FILTER_STATE(wasm.note:PLAIN)%\n";
  return type("envoy.extensions.access_loggers.file.v3.FileAccessLog", {
    path,
    log_format: { text_format_source: { inline_string: text } },
  });
}

function tcpFilters({ scenario, id }: Placement, wasmFile: string): Json[] {
  const config = pluginConfig(scenario.plugins[0]!, `${id}/0`, wasmFile);
  return [
    { name: "wasm", typed_config: type("envoy.extensions.filters.network.wasm.v3.Wasm", { config }) },
    {
      name: "tcp",
      typed_config: type("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", { stat_prefix: id, cluster: id }),
    },
  ];
}

function wasmFilters({ scenario, id }: Placement, position: string, wasmFile: string): Json[] {
  return scenario.plugins.flatMap((setup, i) => {
    if ((setup.position ?? "downstream") !== position) return [];
    const config = pluginConfig(setup, `${id}/${i}`, wasmFile);
    return [{ name: `wasm-${i}`, typed_config: type("envoy.extensions.filters.http.wasm.v3.Wasm", { config }) }];
  });
}

function pluginConfig(setup: PluginSetup, name: string, wasmFile: string): Json {
  const { reloadIntervalMs, environment } = setup;
  return {
    name,
    // A root's own lines carry only its root id.
    root_id: name,
    configuration: type("google.protobuf.StringValue", { value: setup.script }),
    allow_on_headers_stop_iteration: setup.allowOnHeadersStopIteration ?? true,
    failure_policy: setup.failurePolicy ?? "FAIL_CLOSED",
    ...(reloadIntervalMs && { reload_config: { backoff: { base_interval: `${reloadIntervalMs / 1000}s` } } }),
    vm_config: {
      vm_id: setup.vmId ?? "shared",
      runtime: "envoy.wasm.runtime.v8",
      code: { local: { filename: wasmFile } },
      ...(environment && { environment_variables: { key_values: environment } }),
    },
  };
}

function clusters(placement: Placement, wasmFile: string): Json[] {
  const { scenario, id, providerPort, ports } = placement;
  const filters = wasmFilters(placement, "upstream", wasmFile);
  const codec = { name: "codec", typed_config: type("envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec") };
  const provider = cluster(
    id,
    providerPort,
    { http_protocol_options: { enable_trailers: true } },
    filters.length ? [...filters, codec] : [],
  );
  if (scenario.bufferLimit) provider["per_connection_buffer_limit_bytes"] = scenario.bufferLimit;
  const grpc = Object.keys(scenario.grpc ?? {});
  return [
    ...(scenario.tcp ? [cluster(id, providerPort, null, [])] : [provider]),
    ...Object.entries(ports).map(([name, port]) => {
      const protocol = grpc.includes(name)
        ? { http2_protocol_options: {} }
        : { http_protocol_options: { enable_trailers: true } };
      return cluster(name, port, protocol, []);
    }),
  ];
}

function cluster(name: string, port: number, protocol: Json | null, filters: Json[]): Json {
  const endpoint = { address: { socket_address: { address: "127.0.0.1", port_value: port } } };
  const options = type("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
    explicit_http_config: protocol,
    ...(filters.length && { http_filters: filters }),
  });
  return {
    name,
    type: "STATIC",
    connect_timeout: "1s",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    ...(protocol && {
      typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options },
    }),
  };
}
