// What all contexts share: their number, their root's, and the end of their life.
import { Status } from "./abi";
import { noteEffectiveContext } from "./context-table";
import { proxy_done, proxy_set_effective_context } from "./env";

/** The kinds of context, so that the dispatcher need not ask for the class. */
export const enum ContextKind {
  /** A plugin's configuration. */
  Root,
  /** An HTTP request and its response. */
  Http,
  /** A TCP connection. */
  Tcp,
}

/** Base of `RootContext`, `HttpContext` and `TcpContext`. */
export abstract class Context {
  /** @internal The number of the root context this one belongs to; a root context's own. Set by the dispatcher. */
  rootId: u32 = 0;
  /** @internal How many gRPC streams are to be reset when this context ends. Kept by `GrpcStream`. */
  openStreams: i32 = 0;

  constructor(
    /** The host's number of this context. */
    readonly id: u32,
    /** Which kind of context it is. */
    readonly kind: ContextKind,
  ) {}

  /** The stream, or the plugin, has come to its end. False keeps it until `finish` is called (a root context only). */
  onDone(): bool {
    return true;
  }

  /** The last moment of a stream: all headers can be read, nothing can be changed. */
  onLog(): void {}

  /** The context is gone when this returns. */
  onDelete(): void {}

  /** Foreign function `id` calls back, with `size` bytes in `foreignFunctionArguments`. */
  onForeignFunction(id: u32, size: u32): void {}

  /**
   * Has the following host calls act on this context instead of the callback's own, until the callback ends: so a root
   * context's `onTick` may continue a held stream. `BadArgument` if the context is gone.
   */
  activate(): Status {
    const status = proxy_set_effective_context(this.id);
    if (status == Status.Ok) noteEffectiveContext(this.id);
    return status;
  }

  /** Lets go of a root context whose `onDone` answered false. `NotFound` if the host is not waiting for it. */
  finish(): Status {
    const status = this.activate();
    return status == Status.Ok ? proxy_done() : status;
  }
}
