// A gRPC call of one message and one answer.
import { Status } from "./abi";
import { Slice } from "./bytes/slice";
import { Callout } from "./callout";
import { proxy_grpc_call, proxy_grpc_cancel } from "./env";
import { receivedMessage, statusText } from "./grpc-received";
import { GrpcMethod } from "./grpc-method";
import { HeaderList } from "./header-list";
import { numberSlot } from "./host-memory";

/** One gRPC call and what happens at its answer. Extend it; the object holds what `onReply` needs to know. */
export abstract class GrpcCall extends Callout {
  /** Initial metadata of the request, if any. */
  metadata: HeaderList | null = null;

  /**
   * Calls `method` with `message`, which is serialized protobuf. `timeoutMs` 0 means none. Not `Ok`: nothing was sent
   * (`ParseFailure`: bad upstream; `InternalFailure`: refused at once), and no answer will come.
   */
  send(method: GrpcMethod, message: Slice, timeoutMs: u32): Status {
    const metadata = this.metadata;
    const head = metadata ? metadata.toWire() : Slice.empty();
    if (!this.prepare()) return Status.BadArgument;
    const status: Status = proxy_grpc_call(
      method.upstream.pointer,
      method.upstream.length,
      method.service.pointer,
      method.service.length,
      method.method.pointer,
      method.method.length,
      head.pointer,
      head.length,
      message.pointer,
      message.length,
      timeoutMs,
      numberSlot,
    );
    if (status == Status.Ok) this.wait(load<u32>(numberSlot));
    return status;
  }

  /** Gives up waiting: no answer will come. */
  cancel(): Status {
    if (!this.isWaiting) return Status.NotFound;
    const token = this.token;
    this.settle();
    return proxy_grpc_cancel(token);
  }

  /**
   * The answer is here. `code` 0 (OK): `message` is the serialized answer; else it is the gRPC status code, and
   * `message` its text. Host calls act on the context that sent the call.
   * https://grpc.io/docs/guides/status-codes/
   */
  abstract onReply(code: u32, message: Slice): void;

  /** @internal */
  get endsWithMessage(): bool {
    return true;
  }

  /** @internal */
  deliverMessage(size: u32): void {
    this.onReply(0, receivedMessage(size));
  }

  /** @internal */
  deliverClose(code: u32): void {
    this.onReply(code, statusText());
  }
}
