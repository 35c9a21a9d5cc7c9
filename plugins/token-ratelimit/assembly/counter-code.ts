// A counter as bytes: numbers, each a varint.
//
//   last offset  leases: how many, each { minute count units, an amount of each unit }
//                windows, each { kind, of a sliding window: how many slots, each { slots since the one before, amount }
//                                      of a token bucket: used step rest limit
//                                      of the calendar: used start }
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { Counter, Lease, LEASE_MINUTES, MINUTE_MS } from "./counter";
import { Algorithm, CounterWindow } from "./counter-window";
import { Period } from "./period";
import { UNIT_COUNT } from "./unit";
import { VarintReader, writeVarint } from "./varint";

/** More than any counter has; malformed bytes could announce any number. */
const LIST_MAX: i64 = 256;

/** Appends `counter`. */
export function encodeCounter(counter: Counter, writer: Writer): void {
  writeVarint(writer, counter.last);
  writeVarint(writer, counter.offset);
  writeVarint(writer, counter.leases.length);
  for (let i = 0; i < counter.leases.length; ++i) encodeLease(counter.leases[i], writer);
  for (let i = 0; i < counter.windows.length; ++i) {
    if (!counter.windows[i].isEmpty) encodeWindow(counter.windows[i], writer);
  }
}

function encodeLease(lease: Lease, writer: Writer): void {
  let units: u64 = 0;
  for (let unit = 0; unit < UNIT_COUNT; ++unit) if (lease.amounts.get(unit)) units |= 1 << unit;
  writeVarint(writer, lease.minute);
  writeVarint(writer, lease.count);
  writeVarint(writer, units);
  for (let unit = 0; unit < UNIT_COUNT; ++unit) {
    if (units & (1 << unit)) writeVarint(writer, lease.amounts.get(unit));
  }
}

function encodeWindow(window: CounterWindow, writer: Writer): void {
  writeVarint(writer, <u64>window.unit | ((<u64>window.algorithm) << 3) | ((<u64>window.period) << 5));
  if (window.algorithm == Algorithm.SlidingWindow) {
    const slots = window.slots;
    writeVarint(writer, slots.length);
    for (let i = 0; i < slots.length; ++i) {
      writeVarint(writer, i ? slots[i] - slots[i - 1] : slots[i]);
      writeVarint(writer, window.amounts[i]);
    }
    return;
  }
  writeVarint(writer, window.used);
  writeVarint(writer, window.algorithm == Algorithm.Calendar ? window.start : window.step);
  if (window.algorithm == Algorithm.Calendar) return;
  writeVarint(writer, window.rest);
  writeVarint(writer, window.limit);
}

/** Reads what `encodeCounter` wrote. */
export function decodeCounter(bytes: Slice): Counter {
  const reader = new VarintReader(bytes);
  const counter = new Counter();
  counter.last = reader.next();
  counter.offset = reader.next();
  for (let left = min(reader.next(), LIST_MAX); left > 0; --left) counter.leases.push(decodeLease(reader));
  while (!reader.isOver) counter.windows.push(decodeWindow(reader));
  return counter;
}

function decodeLease(reader: VarintReader): Lease {
  const lease = new Lease(reader.next());
  lease.count = reader.next();
  const units = reader.next();
  for (let unit = 0; unit < UNIT_COUNT; ++unit) if (units & (1 << unit)) lease.amounts.set(unit, reader.next());
  return lease;
}

function decodeWindow(reader: VarintReader): CounterWindow {
  const kind = <i32>reader.next();
  const algorithm = (kind >> 3) & 3;
  const window = new CounterWindow(
    min<i32>(kind & 7, UNIT_COUNT - 1),
    algorithm,
    min<i32>((kind >> 5) & 7, Period.Month),
  );
  if (algorithm == Algorithm.SlidingWindow) {
    let slot: i64 = 0;
    for (let left = min(reader.next(), LIST_MAX); left > 0; --left) {
      slot += reader.next();
      const amount = reader.next();
      window.slots.push(slot);
      window.amounts.push(amount);
      window.used += amount;
    }
    return window;
  }
  window.used = reader.next();
  const since = reader.next();
  if (algorithm == Algorithm.Calendar) window.start = since;
  else window.step = since;
  if (algorithm == Algorithm.Calendar) return window;
  window.rest = reader.next();
  window.limit = reader.next();
  return window;
}

/** The time of day from which on the counter would say nothing any more. */
export function endsAt(counter: Counter): i64 {
  const wall = counter.wall;
  let end = wall;
  for (let i = 0; i < counter.windows.length; ++i) {
    const window = counter.windows[i];
    if (!window.isEmpty) end = max(end, wall + window.waitMs(window.used, counter.last, wall));
  }
  const leases = counter.leases;
  if (leases.length)
    end = max(end, (leases[leases.length - 1].minute + LEASE_MINUTES + 1) * MINUTE_MS - counter.offset);
  return end;
}
