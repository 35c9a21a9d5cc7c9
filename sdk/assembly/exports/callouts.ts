// Callbacks of HTTP and gRPC callouts. They are also part of exports/http, exports/tcp and exports/all.
import { BufferType, Status } from "../abi";
import { BodyBuffer } from "../body";
import { Slice } from "../bytes/slice";
import { enter, leave, wakeGrpcCall, wakeGrpcStream, wakeHttpCallout } from "../dispatcher";
import { proxy_get_status } from "../env";
import { bytesSlot, numberSlot, sizeSlot, takeBytes } from "../host-memory";
import { replyBytes, replyStatus } from "../http-callout";

const grpcMessage = new BodyBuffer(BufferType.GrpcCallMessage);

/** `HttpCallout.onReply`. */
export function proxy_on_http_call_response(
  id: u32,
  token: u32,
  headerCount: u32,
  bodySize: u32,
  trailerCount: u32,
): void {
  const outer = enter(id);
  const callout = wakeHttpCallout(token);
  if (callout) callout.onReply(replyStatus(headerCount), headerCount, replyBytes(bodySize));
  leave(outer);
}

/** `GrpcStream.onInitialMetadata`. */
export function proxy_on_grpc_receive_initial_metadata(id: u32, token: u32, count: u32): void {
  const outer = enter(id);
  const stream = wakeGrpcStream(token, false);
  if (stream) stream.onInitialMetadata(count);
  leave(outer);
}

/** `GrpcCall.onReply` or `GrpcStream.onMessage`. */
export function proxy_on_grpc_receive(id: u32, token: u32, size: u32): void {
  const outer = enter(id);
  const call = wakeGrpcCall(token);
  const stream = wakeGrpcStream(token, false);
  if (call) call.onReply(0, receivedMessage(size));
  else if (stream) stream.onMessage(receivedMessage(size));
  leave(outer);
}

/** `GrpcStream.onTrailingMetadata`. */
export function proxy_on_grpc_receive_trailing_metadata(id: u32, token: u32, count: u32): void {
  const outer = enter(id);
  const stream = wakeGrpcStream(token, false);
  if (stream) stream.onTrailingMetadata(count);
  leave(outer);
}

/** `GrpcCall.onReply` of a call that failed, or `GrpcStream.onClose`. */
export function proxy_on_grpc_close(id: u32, token: u32, code: u32): void {
  const outer = enter(id);
  const call = wakeGrpcCall(token);
  const stream = wakeGrpcStream(token, true);
  if (call) call.onReply(code, statusText());
  else if (stream) stream.onClose(code, statusText());
  leave(outer);
}

function receivedMessage(size: u32): Slice {
  return size ? grpcMessage.get(0, size) : Slice.empty();
}

function statusText(): Slice {
  return proxy_get_status(numberSlot, bytesSlot, sizeSlot) == Status.Ok ? takeBytes() : Slice.empty();
}
