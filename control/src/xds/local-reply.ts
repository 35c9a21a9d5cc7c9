// What a client reads when Envoy answers by itself: OpenAI's envelope in place of Envoy's plain text, which names
// hosts and TLS faults that are nobody else's business. Replies of plugins and of providers are left as they are.
import { errorBody, jsonContentType, type OpenAiError } from "./openai-error.ts";
import { extension, type ProtoJson } from "./resources.ts";

interface Mapping {
  /** CEL over Envoy's attributes; `response.code_details` says why Envoy answered. */
  when: string;
  status: number;
  error: OpenAiError;
}

const details = "response.code_details";

function serverError(code: string, message: string): OpenAiError {
  return { message, type: "server_error", param: null, code };
}

// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_conn_man/response_code_details
const mappings: Mapping[] = [
  {
    when: `${details} == 'route_not_found'`,
    status: 404,
    error: {
      message: "This gateway serves nothing for this host and path",
      type: "invalid_request_error",
      param: null,
      code: "unknown_url",
    },
  },
  {
    when: `${details} == 'request_payload_too_large'`,
    status: 413,
    error: {
      message: "The request body is larger than this gateway allows",
      type: "invalid_request_error",
      param: null,
      code: "request_too_large",
    },
  },
  {
    when: `${details} in ['upstream_per_try_timeout', 'response_timeout', 'upstream_max_stream_duration_reached']`,
    status: 504,
    error: {
      message: "The provider did not answer in time",
      type: "timeout_error",
      param: null,
      code: "upstream_timeout",
    },
  },
  {
    // Envoy says 408, but it cannot tell who was silent, and it is nearly always the provider.
    when: `${details} == 'stream_idle_timeout'`,
    status: 504,
    error: {
      message: "Nothing was sent or received for too long",
      type: "timeout_error",
      param: null,
      code: "idle_timeout",
    },
  },
  {
    when: `${details} in ['request_overall_timeout', 'request_header_timeout']`,
    status: 408,
    error: {
      message: "The request did not arrive in time",
      type: "timeout_error",
      param: null,
      code: "request_timeout",
    },
  },
  {
    when: `${details} == 'no_healthy_upstream' || ${details} == 'cluster_not_found'`,
    status: 503,
    error: serverError("upstream_unavailable", "No address of the provider is available"),
  },
  {
    when: `${details}.startsWith('upstream_reset_before_response_started{overflow')`,
    status: 503,
    error: {
      message: "Too many requests are under way to the provider",
      type: "overloaded_error",
      param: null,
      code: "upstream_overflow",
    },
  },
  {
    when: `${details}.startsWith('upstream_reset_before_response_started')`,
    status: 502,
    error: serverError("upstream_unreachable", "The provider could not be reached, or closed the connection"),
  },
  {
    when: `${details} == 'overload'`,
    status: 503,
    error: { message: "This gateway is overloaded", type: "overloaded_error", param: null, code: "overloaded" },
  },
  {
    when: `${details}.startsWith('wasm_fail_stream')`,
    status: 500,
    error: serverError("plugin_failed", "A plugin of this gateway failed"),
  },
];

/** The connection manager's `local_reply_config`. The first mapping that fits decides. */
export function translateLocalReplies(): ProtoJson {
  return { mappers: mappings.map(translateMapping) };
}

function translateMapping({ when, status, error }: Mapping): ProtoJson {
  return {
    filter: {
      extension_filter: extension(
        "envoy.access_loggers.extension_filters.cel",
        "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
        { expression: when },
      ),
    },
    status_code: status,
    body: { inline_string: errorBody(error) },
    body_format_override: { text_format_source: { inline_string: "%LOCAL_REPLY_BODY%" } },
    headers_to_add: [jsonContentType],
  };
}
