// The labels of the plugins' metrics. A plugin can give a metric nothing but a name, so labels stand in it, each behind
// a semicolon; Envoy takes them out by these expressions, and Prometheus gets them as labels.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/config/metrics/v3/stats.proto#config-metrics-v3-tagspecifier

/** What Prometheus shows for the name in the metric: OpenTelemetry's where it has one. */
const labels = {
  provider: "gen_ai.provider.name",
  target: "weir.target",
  model: "gen_ai.request.model",
  operation: "gen_ai.operation.name",
  token: "gen_ai.token.type",
  outcome: "weir.outcome",
  status: "http.response.status_code",
  reason: "weir.reason",
  of: "weir.of",
  server: "weir.mcp_server",
  method: "mcp.method.name",
  tool: "gen_ai.tool.name",
  error: "error.type",
};

/** `stats_config.stats_tags`. The literal beginning keeps all other metrics from being searched. */
export const statsTags = Object.entries(labels).map(([name, tag_name]) => ({
  tag_name,
  regex: `^wasmcustom\\..*?(;${name}=([^;]*))`,
}));
