// The local replies that Envoy makes by itself, word for word.
import type { LocalReplyRequest } from "./context.ts";
import type { HeaderMap } from "./header-map.ts";

function reply(status: number, body: string, details: string): LocalReplyRequest {
  return { status, headers: [], body: Buffer.from(body), details, grpcStatus: -1 };
}

function missingHeader(status: number, name: string, details: string): LocalReplyRequest {
  return reply(status, `missing required header: ${name}`, `${details}{missing_required_header:_${name}}`);
}

/** A filter made the request larger than may be held, or held too much. */
export const requestTooLarge = reply(413, "Payload Too Large", "request_payload_too_large");
export const responseTooLarge = reply(500, "Internal Server Error", "response_payload_too_large");

const beforeHeaders = "upstream connect error or disconnect/reset before headers. reset reason: ";
export const providerGone = reply(
  503,
  `${beforeHeaders}connection termination`,
  "upstream_reset_before_response_started{connection_termination}",
);
/** The provider broke off after its headers, which a filter was still holding. */
export const providerBrokeOff = reply(
  502,
  `${beforeHeaders}protocol error`,
  "upstream_reset_after_response_started{protocol_error}",
);

const noRoute = reply(404, "", "route_not_found");
const noMethod = missingHeader(503, ":method", "filter_removed_required_request_headers");
export const noStatus = missingHeader(502, ":status", "filter_removed_required_response_headers");

/** What the router answers to request headers from which filters took what it needs; null: they are fine. */
export function routerReply(headers: HeaderMap): LocalReplyRequest | null {
  if (!headers.has(":path")) return noRoute;
  return headers.has(":method") ? null : noMethod;
}

/** The plugin has failed and may not be passed over. */
export const pluginFailed: LocalReplyRequest = { ...reply(503, "", "wasm_fail_stream"), grpcStatus: 14 };
