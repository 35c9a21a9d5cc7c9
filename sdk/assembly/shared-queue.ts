// Queues between VMs, of the same or of another vm_id and over all worker threads. In Envoy they live as long as the
// process. The root context that registered a queue is told of new items by `RootContext.onQueueReady`.
import { Status } from "./abi";
import { Slice } from "./bytes/slice";
import {
  proxy_dequeue_shared_queue,
  proxy_enqueue_shared_queue,
  proxy_register_shared_queue,
  proxy_resolve_shared_queue,
} from "./env";
import { bytesSlot, numberSlot, sizeSlot, takeBytesIf } from "./host-memory";

/** A queue of byte strings, first in, first out. */
@final
export class SharedQueue {
  private constructor(
    /** The host's number of the queue, as given to `onQueueReady`. */
    readonly id: u32,
  ) {}

  /** Opens the queue `name` of this vm_id, making it if needed, and has the effective root context told of items. */
  static register(name: string): SharedQueue | null {
    const bytes = Slice.of(name);
    const status = proxy_register_shared_queue(bytes.pointer, bytes.length, numberSlot);
    return status == Status.Ok ? new SharedQueue(load<u32>(numberSlot)) : null;
  }

  /** Finds the queue `name` that a VM of `vmId` has registered (empty: of this vm_id); null if none has. */
  static resolve(vmId: string, name: string): SharedQueue | null {
    const owner = Slice.of(vmId);
    const bytes = Slice.of(name);
    const status = proxy_resolve_shared_queue(owner.pointer, owner.length, bytes.pointer, bytes.length, numberSlot);
    return status == Status.Ok ? new SharedQueue(load<u32>(numberSlot)) : null;
  }

  /** Puts an item at the end; `NotFound` if the queue is gone. */
  enqueue(item: Slice): Status {
    return proxy_enqueue_shared_queue(this.id, item.pointer, item.length);
  }

  /** Takes the item at the front; null if there is none, for another thread may have been faster. */
  dequeue(): Slice | null {
    return takeBytesIf(proxy_dequeue_shared_queue(this.id, bytesSlot, sizeSlot));
  }
}
