// One JSON line per request: HTTP facts, and what the plugins learned of the model's work. Field names are
// OpenTelemetry's where it has one: https://opentelemetry.io/docs/specs/semconv/gen-ai/
import type { AccessLog, Model } from "../model/model.ts";
import { callerApiHeader } from "./caller-routes.ts";
import { routeState } from "./filters/ai-fallback.ts";
import { fromPlugin } from "./served-by.ts";
import { extension, type ProtoJson } from "./resources.ts";

function coalesce(state: string, operator: string): string {
  const operators = [{ command: "FILTER_STATE", param: `${state}:PLAIN` }, operator];
  return `%COALESCE(${JSON.stringify({ operators })})%`;
}

// Neither query nor body nor credential is logged: any of them may hold a secret.
const fields: ProtoJson = {
  timestamp: "%START_TIME%",
  "request.id": "%REQ(x-request-id)%",
  // Of this exchange alone: a client may use an id of its own twice.
  "weir.id": "%UNIQUE_ID%",
  trace_id: "%TRACE_ID%",
  "client.address": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  "user_agent.original": "%REQ(user-agent)%",
  "network.protocol": "%PROTOCOL%",
  "http.request.method": "%REQ(:method)%",
  "url.path": "%PATH(NQ:ORIG)%",
  "http.request.body.size": "%BYTES_RECEIVED%",
  "http.response.status_code": "%RESPONSE_CODE%",
  "http.response.body.size": "%BYTES_SENT%",
  "http.response.upstream_request_id": "%RESP(x-request-id)%",
  duration_ms: "%DURATION%",
  "envoy.response_flags": "%RESPONSE_FLAGS%",
  "envoy.response_code_details": "%RESPONSE_CODE_DETAILS%",
  "envoy.transport_failure": "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
  "weir.consumer": fromPlugin("consumer"),
  "weir.key": fromPlugin("key"),
  "weir.organization": fromPlugin("organization"),
  "weir.team": fromPlugin("team"),
  "weir.user": fromPlugin("user"),
  // The plugin knows which of the routes that share an Envoy route it was; where it does not run they are one.
  "weir.route": coalesce(routeState, "ROUTE_NAME"),
  "weir.target": "%UPSTREAM_CLUSTER%",
  "weir.tags": fromPlugin("tags"),
  "weir.attempt_count": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
  "weir.attempts": fromPlugin("attempts"),
  "weir.surface": fromPlugin("surface"),
  "weir.stream": fromPlugin("stream"),
  "weir.dropped": fromPlugin("dropped"),
  "weir.failure": fromPlugin("failure"),
  "mcp.method.name": fromPlugin("mcp_method"),
  "mcp.protocol.version": fromPlugin("mcp_version"),
  "weir.mcp_server": fromPlugin("mcp_server"),
  "gen_ai.tool.name": fromPlugin("mcp_tool"),
  "gen_ai.prompt.name": fromPlugin("mcp_prompt"),
  "mcp.resource.uri": fromPlugin("mcp_resource"),
  "weir.mcp_upstream_status": fromPlugin("mcp_upstream_status"),
  "weir.mcp_error": fromPlugin("mcp_error"),
  "gen_ai.provider.name": fromPlugin("provider"),
  "gen_ai.request.model": fromPlugin("model"),
  "weir.provider_model": fromPlugin("provider_model"),
  "gen_ai.response.model": fromPlugin("response_model"),
  "gen_ai.response.id": fromPlugin("response_id"),
  "gen_ai.response.finish_reasons": fromPlugin("finish"),
  "gen_ai.usage.input_tokens": fromPlugin("input_tokens"),
  "gen_ai.usage.output_tokens": fromPlugin("output_tokens"),
  "gen_ai.usage.cache_read.input_tokens": fromPlugin("cached_tokens"),
  "gen_ai.usage.cache_creation.input_tokens": fromPlugin("cache_write_tokens"),
  "weir.usage.cache_write_hour_tokens": fromPlugin("cache_write_hour_tokens"),
  "gen_ai.usage.reasoning.output_tokens": fromPlugin("reasoning_tokens"),
  "weir.usage.audio_input_tokens": fromPlugin("audio_input_tokens"),
  "weir.usage.audio_output_tokens": fromPlugin("audio_output_tokens"),
  "weir.usage_source": fromPlugin("usage_source"),
  "weir.limits": fromPlugin("limits"),
  "weir.exceeded": fromPlugin("exceeded"),
  "weir.unpriced_limits": fromPlugin("unpriced_limits"),
  "weir.reserved_tokens": fromPlugin("reserved_tokens"),
  "weir.time_to_first_token_ms": fromPlugin("time_to_first_token_ms"),
};

/**
 * The connection manager's `access_log`: for people, and for the ledger, which reads the same fields. `keptFilter` says
 * which requests are the ledger's; without it all are but questions about it.
 */
export function translateAccessLogs({ gateway, ledger }: Model, keptFilter?: ProtoJson): ProtoJson[] {
  const log = gateway.accessLog;
  const filter = keptFilter ?? (ledger?.callerApi ? noQuestion : null);
  const kept = ledger?.log ? { ...fileLog(ledger.log, keptFields), ...(filter && { filter }) } : null;
  return [...(log ? [translateAccessLog(log)] : []), ...(kept ? [kept] : [])];
}

/** Who asks what was used has used nothing. */
const noQuestion: ProtoJson = {
  header_filter: { header: { name: callerApiHeader, present_match: true, invert_match: true } },
};

/** Whether anybody reads what the plugins learn of requests. */
export function isLogged({ gateway, ledger }: Model): boolean {
  return gateway.accessLog !== null || ledger !== null;
}

/** What was said is the ledger's alone: a log for people goes where they like. */
const keptFields: ProtoJson = {
  ...fields,
  "weir.recorded": fromPlugin("recorded"),
  "weir.prompt": fromPlugin("prompt"),
  "weir.answer": fromPlugin("answer"),
};

function formatOf(json_format: ProtoJson): ProtoJson {
  return { json_format, omit_empty_values: true };
}

function translateAccessLog({ path }: AccessLog): ProtoJson {
  // Opening /dev/stdout as a file fails when standard output is a socket; the stream logger does not open anything.
  if (path !== "/dev/stdout") return fileLog(path, fields);
  const type = "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog";
  return extension("envoy.access_loggers.stdout", type, { log_format: formatOf(fields) });
}

function fileLog(path: string, json_format: ProtoJson): ProtoJson {
  const type = "envoy.extensions.access_loggers.file.v3.FileAccessLog";
  return extension("envoy.access_loggers.file", type, { path, log_format: formatOf(json_format) });
}
