// Callbacks of HTTP and gRPC callouts. They are also part of exports/http, exports/tcp and exports/all.
import { enter, leave, wake, wakeForMessage } from "../dispatcher";

/** `HttpCallout.onReply`. */
export function proxy_on_http_call_response(
  id: u32,
  token: u32,
  headerCount: u32,
  bodySize: u32,
  trailerCount: u32,
): void {
  const outer = enter(id);
  const callout = wake(token, true);
  if (callout) callout.deliverReply(headerCount, bodySize);
  leave(outer);
}

/** `GrpcStream.onInitialMetadata`. */
export function proxy_on_grpc_receive_initial_metadata(id: u32, token: u32, count: u32): void {
  const outer = enter(id);
  const callout = wake(token, false);
  if (callout) callout.deliverInitialMetadata(count);
  leave(outer);
}

/** `GrpcCall.onReply` or `GrpcStream.onMessage`. */
export function proxy_on_grpc_receive(id: u32, token: u32, size: u32): void {
  const outer = enter(id);
  const callout = wakeForMessage(token);
  if (callout) callout.deliverMessage(size);
  leave(outer);
}

/** `GrpcStream.onTrailingMetadata`. */
export function proxy_on_grpc_receive_trailing_metadata(id: u32, token: u32, count: u32): void {
  const outer = enter(id);
  const callout = wake(token, false);
  if (callout) callout.deliverTrailingMetadata(count);
  leave(outer);
}

/** `GrpcCall.onReply` of a call that failed, or `GrpcStream.onClose`. */
export function proxy_on_grpc_close(id: u32, token: u32, code: u32): void {
  const outer = enter(id);
  const callout = wake(token, true);
  if (callout) callout.deliverClose(code);
  leave(outer);
}
