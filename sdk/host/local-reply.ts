// The response that Envoy makes itself: headers and body of a local reply.
// Source: Utility::prepareLocalReply in source/common/http/utility.cc of Envoy 1.40.
import type { LocalReplyRequest } from "./context.ts";
import { HeaderMap } from "./header-map.ts";

export interface PreparedReply {
  headers: HeaderMap;
  body: Uint8Array;
}

/** google.rpc.Code for an HTTP status, as Envoy maps it. */
const grpcStatusOf: Record<number, number> = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 };

export function prepareLocalReply(reply: LocalReplyRequest, request: HeaderMap | null): PreparedReply {
  const headers = new HeaderMap();
  headers.set(":status", String(reply.status));
  for (const [name, value] of reply.headers) headers.add(name, value);
  if (isGrpc(request)) return grpcReply(reply, headers);
  const isHead = request?.get(":method") === "HEAD";
  if (reply.body.length) {
    headers.set("content-length", String(reply.body.length));
    if (!headers.has("content-type")) headers.set("content-type", "text/plain");
  } else {
    headers.remove("content-length");
    headers.remove("content-type");
  }
  return { headers, body: isHead ? new Uint8Array(0) : reply.body };
}

/** A gRPC client gets trailers only: the status and message in headers. */
function grpcReply(reply: LocalReplyRequest, headers: HeaderMap): PreparedReply {
  const given = reply.grpcStatus >= 0 && reply.grpcStatus <= 16;
  headers.set(":status", "200");
  headers.set("content-type", "application/grpc");
  headers.set("grpc-status", String(given ? reply.grpcStatus : (grpcStatusOf[reply.status] ?? 2)));
  if (reply.body.length) headers.set("grpc-message", percentEncode(reply.body));
  headers.remove("content-length");
  return { headers, body: new Uint8Array(0) };
}

function isGrpc(request: HeaderMap | null): boolean {
  const type = request?.get("content-type") ?? "";
  return type === "application/grpc" || type.startsWith("application/grpc+");
}

function percentEncode(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x25;
    text += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}
