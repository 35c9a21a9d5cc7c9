// Envoy's own answer to browsers that ask whether a page of another site may talk to the gateway, and the headers that
// let the page read what comes, refusals too. It does nothing on a route without a policy.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/cors_filter
import type { McpServer } from "../../model/mcp.ts";
import { extension, typed, type ProtoJson } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";

const name = "envoy.filters.http.cors";

export const cors: HttpFilter = {
  name,
  chain: extension(name, "envoy.extensions.filters.http.cors.v3.Cors", {}),
};

/** In the `typed_per_filter_config` of what pages of other sites may ask. */
export function corsPolicy({ allowedOrigins }: Pick<McpServer, "allowedOrigins">): ProtoJson {
  if (allowedOrigins.length === 0) return {};
  const allow_origin_string_match = allowedOrigins.includes("*")
    ? [{ safe_regex: { regex: ".*" } }]
    : allowedOrigins.map((origin) => ({ exact: origin, ignore_case: true }));
  return {
    [name]: typed("envoy.extensions.filters.http.cors.v3.CorsPolicy", {
      allow_origin_string_match,
      allow_methods: "GET, POST, DELETE",
      // The star is for headers that repeat arguments; it never means this one.
      allow_headers: "*, authorization",
      expose_headers: "mcp-session-id, mcp-protocol-version, www-authenticate, retry-after",
      max_age: "7200",
    }),
  };
}
