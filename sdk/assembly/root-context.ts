// The root context: one object for each plugin configuration in each VM. It parses the configuration, makes the stream
// contexts, and is where timers and queues call. Configuration belongs here and never in a module-level variable:
// plugins with the same code and vm_id share one VM, globals and all.
import { Slice } from "./bytes/slice";
import { Context, ContextKind } from "./context";
import { HttpContext } from "./http-context";
import { TcpContext } from "./tcp-context";

/** Extend it, and name your class to `registerRoot`. */
export abstract class RootContext extends Context {
  constructor(id: u32) {
    super(id, ContextKind.Root);
  }

  /** The VM has started. `configuration` is `VmConfig.configuration`. False: this VM shall not be used. */
  onVmStart(configuration: Slice): bool {
    return true;
  }

  /**
   * The plugin starts; `configuration` is `PluginConfig.configuration`, in Envoy the bytes inside a `StringValue`, or a
   * `Struct` as JSON. False: it is wrong; Envoy then refuses the resource it came in.
   */
  onConfigure(configuration: Slice): bool {
    return true;
  }

  /** The period set by `setTickPeriodMs` has passed. */
  onTick(): void {}

  /** Something was put into the queue of this number. It may be gone already: another thread may have been faster. */
  onQueueReady(queue: u32): void {}

  /** Makes the context of a new HTTP stream. Null: the plugin takes no part in it. */
  createHttpContext(id: u32): HttpContext | null {
    return null;
  }

  /** Makes the context of a new TCP connection. Asked only if `createHttpContext` gave null. */
  createTcpContext(id: u32): TcpContext | null {
    return null;
  }
}
