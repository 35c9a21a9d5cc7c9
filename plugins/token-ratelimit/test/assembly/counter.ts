// Harness: one counter with its windows. Before each operation it goes through its bytes, as in the shared data.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { Counter, Reservation } from "../../assembly/counter";
import { decodeCounter, encodeCounter, endsAt } from "../../assembly/counter-code";
import { LimitWindow, LimitWindows } from "../../assembly/limit";
import { periodEnd, periodStart } from "../../assembly/period";
import { Amounts, UNIT_COUNT } from "../../assembly/unit";
import { VarintReader } from "../../assembly/varint";

let windows = new LimitWindows();
let bytes = Slice.empty();
let reservations: Reservation[] = [];

export function begin(): void {
  windows = new LimitWindows();
  bytes = Slice.empty();
  reservations = [];
}

/** The configuration has changed; the counter stays. */
export function clearWindows(): void {
  windows = new LimitWindows();
}

export function addWindow(unit: i32, limit: i64, algorithm: i32, period: i32): void {
  windows.list.push(new LimitWindow(unit, limit, algorithm, period));
}

/** The number of the reservation, or −1. */
export function reserve(now: i64, asked: ArrayBuffer, isForced: bool): i32 {
  const counter = current(now);
  const amounts = amountsOf(asked);
  if (windows.full(counter, amounts) && !isForced) return -1;
  reservations.push(windows.take(counter, amounts));
  save(counter);
  return reservations.length - 1;
}

export function settle(now: i64, reservation: i32, real: ArrayBuffer, requests: i64): void {
  const counter = current(now);
  windows.settle(counter, reservations[reservation], amountsOf(real), requests);
  save(counter);
}

export function waitMs(now: i64, asked: ArrayBuffer): i64 {
  return windows.waitMs(current(now), amountsOf(asked));
}

export function remaining(now: i64, window: i32): i64 {
  return windows.list[window].remaining(current(now));
}

export function resetMs(now: i64, window: i32): i64 {
  return windows.list[window].resetMs(current(now));
}

/** How long the counter has something to say, in milliseconds from its time of day on. */
export function lastsMs(now: i64): i64 {
  const counter = current(now);
  return endsAt(counter) - counter.wall;
}

/** The counter as it is kept. */
export function encoded(): ArrayBuffer {
  return bytes.toBuffer();
}

export function size(): i32 {
  return bytes.length;
}

export function startOf(period: i32, wall: i64): i64 {
  return periodStart(period, wall);
}

export function endOf(period: i32, wall: i64): i64 {
  return periodEnd(period, wall);
}

/** Whether malformed bytes are read to an end. */
export function readsAny(any: ArrayBuffer, now: i64): bool {
  const counter = decodeCounter(Slice.wrap(any));
  windows.advance(counter, now);
  endsAt(counter);
  return counter.windows.length >= 0;
}

function current(now: i64): Counter {
  const counter = decodeCounter(bytes);
  windows.advance(counter, now);
  if (counter.isSetBack) save(counter);
  return counter;
}

function save(counter: Counter): void {
  const writer = new Writer();
  encodeCounter(counter, writer);
  bytes = writer.take();
}

/** Varints, one for each unit. */
function amountsOf(buffer: ArrayBuffer): Amounts {
  const reader = new VarintReader(Slice.wrap(buffer));
  const amounts = new Amounts();
  for (let unit = 0; unit < UNIT_COUNT; ++unit) amounts.set(unit, reader.next());
  return amounts;
}
