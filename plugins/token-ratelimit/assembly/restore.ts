// Counters that were kept, put back: as they were, and with what has been counted since.
import { sharedData, Slice, Status, Writer } from "@weir/sdk/assembly";
import { Bucket, BucketEntry } from "./bucket";
import { Counter, Lease, MINUTE_MS } from "./counter";
import { decodeCounter, encodeCounter, endsAt } from "./counter-code";
import { Algorithm, CounterWindow } from "./counter-window";
import { SHARD_PREFIX } from "./shards";
import { UNIT_COUNT } from "./unit";

/** Far more losses in a row than there are threads. */
const ATTEMPTS_MAX: i32 = 256;

/** Puts the counters of one shared value back. */
export function restoreShard(key: Slice, kept: Slice, now: i64): void {
  if (!key.startsWith(SHARD_PREFIX)) return;
  for (let attempts = 0; attempts < ATTEMPTS_MAX; ++attempts) {
    const found = sharedData.get(key);
    const since = found ? Bucket.decode(found.value, now) : new Bucket();
    const value = new Writer(256);
    mergeBuckets(Bucket.decode(kept, now), since).encode(value);
    const status = found ? sharedData.set(key, value.take(), found.cas) : sharedData.create(key, value.take());
    if (status == Status.Ok) return;
  }
}

function mergeBuckets(kept: Bucket, since: Bucket): Bucket {
  for (let i = 0; i < kept.entries.length; ++i) {
    const entry = kept.entries[i];
    const counter = decodeCounter(entry.counter);
    endRequests(counter);
    const own = since.find(entry.name);
    if (own) mergeCounter(counter, decodeCounter(own));
    const bytes = new Writer(128);
    encodeCounter(counter, bytes);
    since.set(new BucketEntry(entry.name, endsAt(counter), bytes.take()));
  }
  return since;
}

/** Requests have ended with their Envoy. What they had set aside is of nobody who could settle it, and ends as such. */
function endRequests(counter: Counter): void {
  const leases = counter.leases;
  for (let i = leases.length - 1; i >= 0; --i) {
    leases[i].count = 0;
    if (leases[i].amounts.isNothing) leases.splice(i, 1);
  }
}

/** Adds to `counter`, which was kept, what has been counted `since`. */
export function mergeCounter(counter: Counter, since: Counter): void {
  counter.advance(since.wall);
  const shift = counter.last - since.last;
  for (let i = 0; i < since.windows.length; ++i) mergeWindow(counter, since, since.windows[i], shift);
  for (let i = 0; i < since.leases.length; ++i) mergeLease(counter, since.leases[i], shift);
}

function mergeWindow(counter: Counter, since: Counter, window: CounterWindow, shift: i64): void {
  const own = counter.window(window.unit, window.algorithm, window.period, window.limit);
  if (window.algorithm != Algorithm.SlidingWindow) {
    own.change(window.used, counter.last, since.wall, counter.last);
    return;
  }
  for (let i = 0; i < window.slots.length; ++i) {
    const time = window.slots[i] * window.slotMs + shift;
    own.change(window.amounts[i], time, time - counter.offset, counter.last);
  }
}

/** Leases lie by their minutes. */
function mergeLease(counter: Counter, since: Lease, shift: i64): void {
  const minute = (since.minute * MINUTE_MS + shift) / MINUTE_MS;
  const leases = counter.leases;
  let at = leases.length;
  while (at > 0 && leases[at - 1].minute > minute) --at;
  const isThere = at > 0 && leases[at - 1].minute == minute;
  const lease = isThere ? leases[at - 1] : new Lease(minute);
  lease.count += since.count;
  for (let unit = 0; unit < UNIT_COUNT; ++unit) {
    lease.amounts.set(unit, lease.amounts.get(unit) + since.amounts.get(unit));
  }
  if (isThere) return;
  leases.push(lease);
  for (let i = leases.length - 1; i > at; --i) leases[i] = leases[i - 1];
  leases[at] = lease;
}
