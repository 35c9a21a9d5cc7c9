// A count that many VMs keep together in the shared store, and that forgets those which are no more: each holder's
// share is a lease, which it renews as long as it lives. So a trap, or an end that nobody was told of, leaves nothing.
//
//   value = share*          share = holder u64 │ until u64, nanoseconds │ count i64        (little-endian)
import { Status } from "./abi";
import { Slice } from "./bytes/slice";
import { sharedData } from "./shared-data";

const SHARE_BYTES: i32 = 24;
const UNTIL_AT: usize = 8;
const COUNT_AT: usize = 16;

/** How long a share counts that is not renewed. Renew it several times as often. */
export const LEASE_NANOS: u64 = 20_000_000_000;

// Far more losses in a row than threads that write at once.
const attemptsMax: i32 = 64;

/** One such count. */
@final
export class LeasedCount {
  constructor(
    /** Its key in the shared store. */
    readonly key: Slice,
  ) {}

  /** The living shares together. */
  total(nowNanos: u64): i64 {
    const found = sharedData.get(this.key);
    return found ? totalOf(found.value, nowNanos) : 0;
  }

  /**
   * Adds one to the share of `holder`, unless that would make the total more than `limit`; 0 is no limit. No two
   * holders ever get the last place. True if it is added.
   */
  take(holder: u64, limit: i64, nowNanos: u64): bool {
    for (let attempt = 0; attempt < attemptsMax; ++attempt) {
      const found = sharedData.get(this.key);
      const value = found ? found.value : Slice.empty();
      if (limit > 0 && totalOf(value, nowNanos) >= limit) return false;
      const changed = withShare(value, holder, 1, nowNanos);
      const status = found ? sharedData.set(this.key, changed, found.cas) : sharedData.create(this.key, changed);
      if (status != Status.CasMismatch) return status == Status.Ok;
    }
    return false;
  }

  /** Takes one from the share of `holder`, which never falls below 0. */
  give(holder: u64, nowNanos: u64): void {
    this.change(holder, -1, nowNanos);
  }

  /** Renews the share of `holder`; with `isIdle` it holds nothing any more, whatever was counted. */
  renew(holder: u64, isIdle: bool, nowNanos: u64): void {
    this.change(holder, isIdle ? i64.MIN_VALUE : 0, nowNanos);
  }

  private change(holder: u64, delta: i64, nowNanos: u64): void {
    let status = Status.CasMismatch;
    for (let attempt = 0; attempt < attemptsMax && status == Status.CasMismatch; ++attempt) {
      const found = sharedData.get(this.key);
      if (!found || !find(found.value, holder)) return;
      status = sharedData.set(this.key, withShare(found.value, holder, delta, nowNanos), found.cas);
    }
  }
}

function totalOf(value: Slice, now: u64): i64 {
  let total: i64 = 0;
  for (let at = 0; at + SHARE_BYTES <= value.length; at += SHARE_BYTES) {
    const share = value.pointer + at;
    if (load<u64>(share + UNTIL_AT) > now) total += load<i64>(share + COUNT_AT);
  }
  return total;
}

/** The address of the holder's share; 0 where it has none. */
function find(value: Slice, holder: u64): usize {
  for (let at = 0; at + SHARE_BYTES <= value.length; at += SHARE_BYTES) {
    if (load<u64>(value.pointer + at) == holder) return value.pointer + at;
  }
  return 0;
}

/** `value` with the holder's share changed and renewed, and without the shares that are over or empty. */
function withShare(value: Slice, holder: u64, delta: i64, now: u64): Slice {
  const own = find(value, holder);
  const before = own && load<u64>(own + UNTIL_AT) > now ? load<i64>(own + COUNT_AT) : 0;
  const count = delta == i64.MIN_VALUE ? 0 : max<i64>(before + delta, 0);
  const buffer = new ArrayBuffer(value.length + SHARE_BYTES);
  const start = changetype<usize>(buffer);
  let size = 0;
  if (count) {
    store<u64>(start, holder);
    store<u64>(start + UNTIL_AT, now + LEASE_NANOS);
    store<i64>(start + COUNT_AT, count);
    size = SHARE_BYTES;
  }
  for (let at = 0; at + SHARE_BYTES <= value.length; at += SHARE_BYTES) {
    const share = value.pointer + at;
    if (load<u64>(share) == holder || load<u64>(share + UNTIL_AT) <= now) continue;
    memory.copy(start + size, share, SHARE_BYTES);
    size += SHARE_BYTES;
  }
  return new Slice(buffer, 0, size);
}
