// What a client reads when Envoy answers by itself: its API's error envelope in place of Envoy's plain text, which
// names hosts and TLS faults that are nobody else's business. Replies of plugins and of providers are left as they are.
import type { ClientApi } from "../model/surface.ts";
import { isClient } from "./client-api.ts";
import { errorBody, jsonContentType, type GatewayError } from "./error-body.ts";
import { extension, type ProtoJson } from "./resources.ts";

interface Mapping {
  /** CEL over Envoy's attributes; `response.code_details` says why Envoy answered. */
  when: string;
  error: GatewayError;
}

const details = "response.code_details";

function serverError(status: number, code: string, message: string): GatewayError {
  return { status, message, type: "server_error", param: null, code };
}

// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_conn_man/response_code_details
const mappings: Mapping[] = [
  {
    when: `${details} == 'route_not_found'`,
    error: {
      status: 404,
      message: "This gateway serves nothing for this host and path",
      type: "invalid_request_error",
      param: null,
      code: "unknown_url",
    },
  },
  {
    when: `${details} == 'request_payload_too_large'`,
    error: {
      status: 413,
      message: "The request body is larger than this gateway allows",
      type: "invalid_request_error",
      param: null,
      code: "request_too_large",
    },
  },
  {
    when: `${details} in ['upstream_per_try_timeout', 'response_timeout', 'upstream_max_stream_duration_reached']`,
    error: {
      status: 504,
      message: "The provider did not answer in time",
      type: "timeout_error",
      param: null,
      code: "upstream_timeout",
    },
  },
  {
    // Envoy says 408, but it cannot tell who was silent, and it is nearly always the provider.
    when: `${details} == 'stream_idle_timeout'`,
    error: {
      status: 504,
      message: "Nothing was sent or received for too long",
      type: "timeout_error",
      param: null,
      code: "idle_timeout",
    },
  },
  {
    when: `${details} in ['request_overall_timeout', 'request_header_timeout']`,
    error: {
      status: 408,
      message: "The request did not arrive in time",
      type: "timeout_error",
      param: null,
      code: "request_timeout",
    },
  },
  {
    when: `${details} == 'no_healthy_upstream' || ${details} == 'cluster_not_found'`,
    error: serverError(503, "upstream_unavailable", "No address of the provider is available"),
  },
  {
    when: `${details}.startsWith('upstream_reset_before_response_started{overflow')`,
    error: {
      status: 503,
      message: "Too many requests are under way to the provider",
      type: "overloaded_error",
      param: null,
      code: "upstream_overflow",
    },
  },
  {
    when: `${details}.startsWith('upstream_reset_before_response_started')`,
    error: serverError(502, "upstream_unreachable", "The provider could not be reached, or closed the connection"),
  },
  {
    when: `${details} == 'overload'`,
    error: {
      status: 503,
      message: "This gateway is overloaded",
      type: "overloaded_error",
      param: null,
      code: "overloaded",
    },
  },
  {
    when: `${details}.startsWith('wasm_fail_stream')`,
    error: serverError(500, "plugin_failed", "A plugin of this gateway failed"),
  },
];

/**
 * The connection manager's `local_reply_config`. The first mapping that fits decides; OpenAI's come last, for whoever
 * speaks neither of the others.
 */
export function translateLocalReplies(): ProtoJson {
  return {
    mappers: [
      ...mappings.map((mapping) =>
        translateMapping(mapping, "anthropic", `(${mapping.when}) && ${isClient("anthropic")}`),
      ),
      ...mappings.map((mapping) => translateMapping(mapping, "gemini", `(${mapping.when}) && ${isClient("gemini")}`)),
      ...mappings.map((mapping) => translateMapping(mapping, "openai", mapping.when)),
    ],
  };
}

function translateMapping({ error }: Mapping, client: ClientApi, expression: string): ProtoJson {
  return {
    filter: {
      extension_filter: extension(
        "envoy.access_loggers.extension_filters.cel",
        "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
        { expression },
      ),
    },
    status_code: error.status,
    body: { inline_string: errorBody(error, client) },
    body_format_override: { text_format_source: { inline_string: "%LOCAL_REPLY_BODY%" } },
    headers_to_add: [jsonContentType],
  };
}
