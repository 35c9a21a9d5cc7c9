// Key-value data and queues that all VMs with one vm_id share, on every worker.
// Source: shared_data.cc and shared_queue.cc of proxy-wasm-cpp-host.
import { Status } from "./abi.ts";

export interface SharedValue {
  value: Uint8Array;
  cas: number;
}

export class SharedData {
  readonly #byVm = new Map<string, Map<string, SharedValue>>();
  #lastCas = 0;

  get(vmId: string, key: string): SharedValue | null {
    return this.#byVm.get(vmId)?.get(key) ?? null;
  }

  /** `cas` 0 writes always; any other writes only if the stored value still has it. A missing key is written. */
  set(vmId: string, key: string, value: Uint8Array, cas: number): number {
    const map = this.#byVm.get(vmId) ?? new Map<string, SharedValue>();
    this.#byVm.set(vmId, map);
    const old = map.get(key);
    if (old && cas !== 0 && cas !== old.cas) return Status.CasMismatch;
    map.set(key, { value: Uint8Array.from(value), cas: ++this.#lastCas });
    return Status.Ok;
  }
}

interface Queue {
  items: Uint8Array[];
  /** Tells the VM that registered last. */
  notify: (token: number) => void;
}

export class SharedQueues {
  readonly #tokens = new Map<string, number>();
  readonly #queues = new Map<number, Queue>();

  /** Registering again keeps the items; from then on the new registrant is told of them. */
  register(vmId: string, name: string, notify: (token: number) => void): number {
    const key = `${vmId}\0${name}`;
    const token = this.#tokens.get(key) ?? this.#tokens.size + 1;
    this.#tokens.set(key, token);
    this.#queues.set(token, { items: this.#queues.get(token)?.items ?? [], notify });
    return token;
  }

  /** 0: no such queue. */
  resolve(vmId: string, name: string): number {
    return this.#tokens.get(`${vmId}\0${name}`) ?? 0;
  }

  enqueue(token: number, item: Uint8Array): number {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NotFound;
    queue.items.push(Uint8Array.from(item));
    queue.notify(token);
    return Status.Ok;
  }

  dequeue(token: number): Uint8Array | typeof Status.NotFound | typeof Status.Empty {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NotFound;
    return queue.items.shift() ?? Status.Empty;
  }
}
