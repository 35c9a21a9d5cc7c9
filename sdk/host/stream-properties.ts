// The attributes that a stream knows by itself: `request`, `response`, `filter_state`. The rest is the test's to give.
// Source: https://www.envoyproxy.io/docs/envoy/v1.40.0/intro/arch_overview/advanced/attributes
import type { HeaderMap } from "./header-map.ts";
import type { StreamHeaders } from "./http-context.ts";
import type { PropertyValue } from "./properties.ts";

export function streamProperty(
  name: string,
  headers: StreamHeaders,
  answer: { code: number; details: string },
  filterState: Map<string, Uint8Array>,
): PropertyValue | undefined {
  if (name === "request") return request(headers.requestHeaders);
  if (name === "response") return response(headers, answer);
  if (name === "filter_state") return Object.fromEntries(filterState);
  return undefined;
}

function request(headers: HeaderMap | null): PropertyValue {
  if (!headers) return {};
  const path = headers.get(":path") ?? undefined;
  const [urlPath, ...query] = (path ?? "").split("?");
  return {
    path,
    url_path: path === undefined ? undefined : urlPath,
    query: path === undefined ? undefined : query.join("?"),
    host: headers.get(":authority") ?? undefined,
    scheme: headers.get(":scheme") ?? undefined,
    method: headers.get(":method") ?? undefined,
    referer: headers.get("referer") ?? undefined,
    useragent: headers.get("user-agent") ?? undefined,
    id: headers.get("x-request-id") ?? undefined,
    protocol: "HTTP/1.1",
    headers,
  };
}

function response(
  { responseHeaders, responseTrailers }: StreamHeaders,
  { code, details }: { code: number; details: string },
): PropertyValue {
  return {
    code: code || undefined,
    code_details: details || undefined,
    headers: responseHeaders ?? undefined,
    trailers: responseTrailers ?? undefined,
  };
}
