// Key-value store shared by all VMs of the same vm_id, over all of Envoy's worker threads, with compare-and-swap.
// It lives as long as the process; nothing can be removed from it, so keep the number of keys bounded.
import { Status } from "./abi";
import { Slice } from "./bytes/slice";
import { proxy_get_shared_data, proxy_set_shared_data } from "./env";
import { bytesSlot, numberSlot, sizeSlot, takeBytes } from "./host-memory";

/** A shared value and the mark of its version. */
@final
export class SharedValue {
  constructor(
    /** The value's bytes. */
    readonly value: Slice,
    /** Give it to `set` to write only if nobody has written since. */
    readonly cas: u32,
  ) {}
}

// A mark that no stored value has: a key that exists refuses it, a key that does not is created.
const casOfNothing: u32 = u32.MAX_VALUE;

// Far more losses in a row than threads that write at once.
const attemptsMax: i32 = 64;

/** The shared store; `sharedData` is its one object. */
@final
export class SharedData {
  /** Value and version of `key`, or null if there is none. */
  get(key: Slice): SharedValue | null {
    const status = proxy_get_shared_data(key.pointer, key.length, bytesSlot, sizeSlot, numberSlot);
    return status == Status.Ok ? new SharedValue(takeBytes(), load<u32>(numberSlot)) : null;
  }

  /** Writes `key`. With `cas` other than 0 only if the version is still that one, else `CasMismatch`. */
  set(key: Slice, value: Slice, cas: u32 = 0): Status {
    return proxy_set_shared_data(key.pointer, key.length, value.pointer, value.length, cas);
  }

  /** Writes `key` only if it does not exist yet, else `CasMismatch`: no two threads both succeed. */
  create(key: Slice, value: Slice): Status {
    return this.set(key, value, casOfNothing);
  }

  /** The number that `add` keeps at `key`; 0 if there is none. */
  number(key: Slice): i64 {
    const found = this.get(key);
    return found && found.value.length == 8 ? load<i64>(found.value.pointer) : 0;
  }

  /**
   * Adds `delta` to the number at `key` (8 bytes little-endian, from 0) and returns the sum. Exact however many threads
   * do so at once; in the improbable case of 64 lost races in a row it writes without comparing.
   */
  add(key: Slice, delta: i64): i64 {
    const number = new ArrayBuffer(8);
    const value = Slice.wrap(number);
    let attempts = 0;
    let status = Status.CasMismatch;
    while (status == Status.CasMismatch) {
      const found = this.get(key);
      const before = found && found.value.length == 8 ? load<i64>(found.value.pointer) : 0;
      store<i64>(changetype<usize>(number), before + delta);
      const cas = ++attempts > attemptsMax ? 0 : found ? found.cas : casOfNothing;
      status = this.set(key, value, cas);
    }
    return load<i64>(changetype<usize>(number));
  }
}

/** The store shared by all VMs of this vm_id. */
export const sharedData = new SharedData();
