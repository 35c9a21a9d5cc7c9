// Ruling the effective context's stream: continue what was held, close it, or answer in the upstream's place.
import { Status, StreamType } from "./abi";
import { Slice } from "./bytes/slice";
import { proxy_close_stream, proxy_continue_stream, proxy_send_local_response } from "./env";
import { HeaderList } from "./header-list";

/** Lets a held request go on. Envoy does it when the present callback has returned. */
export function continueRequest(): Status {
  return proxy_continue_stream(StreamType.HttpRequest);
}

/** Lets a held response go on. Envoy does it when the present callback has returned. */
export function continueResponse(): Status {
  return proxy_continue_stream(StreamType.HttpResponse);
}

/** Lets a TCP connection's held bytes from the client go on. */
export function continueDownstream(): Status {
  return proxy_continue_stream(StreamType.Downstream);
}

/** Lets a TCP connection's held bytes from the server go on. Not so in Envoy 1.40, which answers `Unimplemented`. */
export function continueUpstream(): Status {
  return proxy_continue_stream(StreamType.Upstream);
}

/** Resets the stream without an answer, from the request's side. */
export function closeRequest(): Status {
  return proxy_close_stream(StreamType.HttpRequest);
}

/** Resets the stream, from the response's side: a client sees its answer break off. */
export function closeResponse(): Status {
  return proxy_close_stream(StreamType.HttpResponse);
}

/** Closes the client's TCP connection when what is under way to it has been written. */
export function closeDownstream(): Status {
  return proxy_close_stream(StreamType.Downstream);
}

/** Closes the server's TCP connection when what is under way to it has been written. */
export function closeUpstream(): Status {
  return proxy_close_stream(StreamType.Upstream);
}

/**
 * Answers the client in the upstream's place, as long as no response headers have gone out. Whatever status the
 * present callback then returns, the stream stops. The answer passes through the response callbacks like any other.
 *
 * `details` appears as `%RESPONSE_CODE_DETAILS%` (without spaces, please). `grpcStatus` is the gRPC status code a gRPC
 * client gets; -1 lets the host derive it from `status`.
 */
export function sendLocalResponse(
  status: u32,
  headers: HeaderList | null,
  body: Slice,
  details: string = "",
  grpcStatus: i32 = -1,
): Status {
  const wire = headers ? headers.toWire() : Slice.empty();
  const detail = details.length ? Slice.of(details) : Slice.empty();
  return proxy_send_local_response(
    status,
    detail.pointer,
    detail.length,
    body.pointer,
    body.length,
    wire.pointer,
    wire.length,
    grpcStatus,
  );
}
