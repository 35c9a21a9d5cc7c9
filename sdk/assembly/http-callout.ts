// HTTP requests that a plugin makes of its own to a cluster of the host. The reply is buffered whole: no streaming.
import { BufferType, Status } from "./abi";
import { BodyBuffer } from "./body";
import { Slice } from "./bytes/slice";
import { Callout } from "./callout";
import { proxy_http_call } from "./env";
import { HeaderList } from "./header-list";
import { calloutHeaders } from "./header-map";
import { numberSlot } from "./host-memory";

const replyBody = new BodyBuffer(BufferType.HttpCallResponseBody);
const statusName = Slice.of(":status");

/**
 * One HTTP request and what happens at its reply. Extend it; the object holds what `onReply` needs to know.
 *
 * In Envoy a reply above about 32 MiB fails; retries are asked for by `x-envoy-retry-on` headers; the call is not
 * cancelled when the stream ends, but goes to `onAbandoned`.
 */
export abstract class HttpCallout extends Callout {
  /** Trailers of the request, if any. */
  trailers: HeaderList | null = null;

  /**
   * Sends a request to `cluster`. `headers` must hold `:method`, `:path` and `:authority`; `timeoutMs` 0 means none.
   * Not `Ok`: nothing was sent (`BadArgument`: unknown cluster, missing header; `InternalFailure`: refused at once),
   * and no reply will come.
   */
  send(cluster: string, headers: HeaderList, body: Slice, timeoutMs: u32): Status {
    return this.sendTo(Slice.of(cluster), headers, body, timeoutMs);
  }

  /** As `send`, with the cluster's name in bytes. */
  sendTo(cluster: Slice, headers: HeaderList, body: Slice, timeoutMs: u32): Status {
    const trailers = this.trailers;
    const head = headers.toWire();
    const tail = trailers ? trailers.toWire() : Slice.empty();
    if (!this.prepare()) return Status.BadArgument;
    const status: Status = proxy_http_call(
      cluster.pointer,
      cluster.length,
      head.pointer,
      head.length,
      body.pointer,
      body.length,
      tail.pointer,
      tail.length,
      timeoutMs,
      numberSlot,
    );
    if (status == Status.Ok) this.wait(load<u32>(numberSlot));
    return status;
  }

  /**
   * The reply is here: its `:status`, how many headers are in `calloutHeaders`, its body. Status 0: no reply came (no
   * connection, reset, …); a timeout is a reply of 504. Host calls act on the context that sent the request.
   */
  abstract onReply(status: i32, headerCount: u32, body: Slice): void;

  /** @internal */
  deliverReply(headerCount: u32, bodySize: u32): void {
    const body = bodySize ? replyBody.get(0, bodySize) : Slice.empty();
    this.onReply(headerCount ? replyStatus() : 0, headerCount, body);
  }
}

/** The status code of the reply that is here now; 0 if it has none. */
function replyStatus(): i32 {
  const value = calloutHeaders.get(statusName);
  if (!value) return 0;
  let code = 0;
  for (let i = 0, end = value.length; i < end; i++) code = code * 10 + value.at(i) - 48;
  return code;
}
