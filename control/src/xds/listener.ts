// The listener: one address, HTTP/1.1 and HTTP/2 without TLS, one connection manager. Nothing in it depends on routes,
// targets or plugin configurations, so it is never rebuilt while requests are open. Only which foreign plugins there
// are stands in it.
import type { Model } from "../model/model.ts";
import { translateAccessLogs } from "./access-log.ts";
import { downstreamOrder } from "./filters/order.ts";
import { translateLocalReplies } from "./local-reply.ts";
import { pluginPlaces } from "./plugins/filters.ts";
import { extension, fromAds, type NamedResource, type ProtoJson } from "./resources.ts";

export const listenerName = "weir";
export const routeConfigurationName = "weir";
/** Its statistics are `http.weir.…`. */
export const listenerStatPrefix = "weir";

export function translateListener(model: Model): NamedResource {
  const { gateway } = model;
  const resource = {
    name: listenerName,
    address: { socket_address: { address: gateway.address, port_value: gateway.port } },
    // Per connection and direction, before back-pressure. Request bodies have a limit of their own, on the routes.
    per_connection_buffer_limit_bytes: 1024 * 1024,
    filter_chains: [{ filters: [connectionManager(model)] }],
  };
  return { name: listenerName, resource };
}

function connectionManager(model: Model): ProtoJson {
  return extension(
    "envoy.filters.network.http_connection_manager",
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    {
      stat_prefix: listenerStatPrefix,
      rds: { route_config_name: routeConfigurationName, config_source: { ...fromAds, initial_fetch_timeout: "0s" } },
      http_filters: filtersOf(model),
      local_reply_config: translateLocalReplies(),
      access_log: translateAccessLogs(model),
      ...modelsEdge,
      ...modelsTimeouts,
    },
  );
}

function filtersOf(model: Model): ProtoJson[] {
  return downstreamOrder.flatMap((one): ProtoJson[] => {
    return typeof one === "string" ? pluginPlaces(model, one) : [one.chain];
  });
}

/** Header names are lower case when mutations see them. */
function removePrefix(prefix: string): ProtoJson {
  return { remove_on_match: { key_matcher: { prefix } } };
}

/** The one header of that name which clients may send, under a name that is not the gateway's. */
const keptTags: ProtoJson = {
  append: {
    header: { key: "weir-tags", value: "%REQ(x-weir-tags)%" },
    append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
  },
};

/** The client is nobody that Envoy trusts, and the provider learns nothing of the client. */
export const modelsEdge: ProtoJson = {
  server_name: "weir",
  use_remote_address: true,
  skip_xff_append: true,
  preserve_external_request_id: true,
  // Both steer: Envoy obeys x-envoy-* from private addresses, and Weir its own.
  early_header_mutation_extensions: [
    extension(
      "envoy.http.early_header_mutation.header_mutation",
      "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
      { mutations: [keptTags, ...["x-weir-", "x-envoy-"].map(removePrefix)] },
    ),
  ],
  // What is matched is what is sent: model names hold slashes, which clients escape.
  normalize_path: true,
  merge_slashes: true,
  path_with_escaped_slashes_action: "UNESCAPE_AND_FORWARD",
  http2_protocol_options: {
    max_concurrent_streams: 1000,
    initial_stream_window_size: 1024 * 1024,
    initial_connection_window_size: 4 * 1024 * 1024,
  },
};

/** A model may think for minutes: how long is the target's to say, on its routes. */
export const modelsTimeouts: ProtoJson = {
  request_headers_timeout: "10s",
  stream_idle_timeout: "300s",
  common_http_protocol_options: { idle_timeout: "3600s" },
};
