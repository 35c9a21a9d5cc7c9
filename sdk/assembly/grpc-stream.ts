// A gRPC stream of messages both ways.
import { Status } from "./abi";
import { Slice } from "./bytes/slice";
import { Callout } from "./callout";
import { findContext } from "./context-table";
import { proxy_grpc_cancel, proxy_grpc_close, proxy_grpc_send, proxy_grpc_stream } from "./env";
import { receivedMessage, statusText } from "./grpc-received";
import { GrpcMethod } from "./grpc-method";
import { HeaderList } from "./header-list";
import { numberSlot } from "./host-memory";

/**
 * One gRPC stream. Extend it with the hooks you need. It is reset when its owner ends: let a root context own a stream
 * that shall outlive a request. Host calls in the hooks act on the owner.
 */
export abstract class GrpcStream extends Callout {
  /** Initial metadata of the request, if any. */
  metadata: HeaderList | null = null;

  /** Opens the stream. Not `Ok`: there is none (`ParseFailure`: bad upstream; `InternalFailure`: refused at once). */
  open(method: GrpcMethod): Status {
    const metadata = this.metadata;
    const head = metadata ? metadata.toWire() : Slice.empty();
    if (!this.prepare()) return Status.BadArgument;
    const status: Status = proxy_grpc_stream(
      method.upstream.pointer,
      method.upstream.length,
      method.service.pointer,
      method.service.length,
      method.method.pointer,
      method.method.length,
      head.pointer,
      head.length,
      numberSlot,
    );
    if (status == Status.Ok) this.wait(load<u32>(numberSlot));
    if (status == Status.Ok) this.countAtOwner(1);
    return status;
  }

  /** Sends a message, serialized protobuf. `endOfStream`: it is the last one. */
  send(message: Slice, endOfStream: bool = false): Status {
    return proxy_grpc_send(this.token, message.pointer, message.length, endOfStream ? 1 : 0);
  }

  /** Ends this side of the stream; the other may still send. */
  close(): Status {
    return proxy_grpc_close(this.token);
  }

  /** Resets the stream: nothing more will come. */
  cancel(): Status {
    if (!this.isWaiting) return Status.NotFound;
    const token = this.token;
    this.settle();
    return proxy_grpc_cancel(token);
  }

  /** @internal */
  settle(): void {
    if (this.isWaiting) this.countAtOwner(-1);
    super.settle();
  }

  private countAtOwner(change: i32): void {
    const owner = findContext(this.ownerId);
    if (owner) owner.openStreams += change;
  }

  /** Initial metadata is here: `count` fields in `grpcInitialMetadata`. */
  onInitialMetadata(count: u32): void {}

  /** A message is here, serialized protobuf. */
  onMessage(message: Slice): void {}

  /** Trailing metadata is here: `count` fields in `grpcTrailingMetadata`. */
  onTrailingMetadata(count: u32): void {}

  /** The stream has ended with the gRPC status `code` (0 is OK) and its text. */
  onClose(code: u32, message: Slice): void {}

  /** @internal */
  deliverInitialMetadata(count: u32): void {
    this.onInitialMetadata(count);
  }

  /** @internal */
  deliverMessage(size: u32): void {
    this.onMessage(receivedMessage(size));
  }

  /** @internal */
  deliverTrailingMetadata(count: u32): void {
    this.onTrailingMetadata(count);
  }

  /** @internal */
  deliverClose(code: u32): void {
    this.onClose(code, statusText());
  }

  /** @internal */
  deliverOwnerEnd(): void {
    this.cancel();
  }
}
