// One counter, decoded: how much is used of each window at some moment. docs/decisions/token-windows.md has the
// algorithm, plugins/token-ratelimit/assembly/counter-code.ts the bytes.
import { limitAlgorithms, limitPeriods, limitUnits } from "../model/limits.ts";
import type { LimitAlgorithm, LimitPeriod, LimitUnit, LimitWindow } from "../model/limits.ts";
import { VarintReader } from "./bucket.ts";

interface Window {
  unit: LimitUnit;
  algorithm: LimitAlgorithm;
  period: LimitPeriod;
  used: number;
  /** Of a token bucket the step, of the calendar the period's start. */
  since: number;
  rest: number;
  slots: Map<number, number>;
}

interface Lease {
  minute: number;
  count: number;
  amounts: Map<LimitUnit, number>;
}

export interface CounterState {
  last: number;
  offset: number;
  leases: Lease[];
  windows: Window[];
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const periodsMs: Record<LimitPeriod, number> = {
  second: 1000,
  minute: minuteMs,
  hour: 60 * minuteMs,
  day: dayMs,
  week: 7 * dayMs,
  month: 30 * dayMs,
};
const slotCount = 20;
const stepCount = 1000;
const toleranceMs = 1000;
const leaseMinutes = 30;
/** More than any counter has; malformed bytes could announce any number. */
const listMax = 256;

export function decodeCounter(bytes: Uint8Array): CounterState {
  const reader = new VarintReader(bytes);
  const last = reader.next();
  const offset = reader.next();
  const leases = Array.from({ length: Math.min(reader.next(), listMax) }, () => decodeLease(reader));
  const windows: Window[] = [];
  while (!reader.isOver) windows.push(decodeWindow(reader));
  return { last, offset, leases, windows };
}

function decodeLease(reader: VarintReader): Lease {
  const minute = reader.next();
  const count = reader.next();
  const units = reader.next();
  const held = limitUnits.filter((_, index) => units & (1 << index));
  return { minute, count, amounts: new Map(held.map((unit) => [unit, reader.next()])) };
}

function decodeWindow(reader: VarintReader): Window {
  const kind = reader.next();
  const unit = limitUnits[kind & 7] ?? "requests";
  const algorithm = limitAlgorithms[(kind >> 3) & 3] ?? "calendar";
  const window = { unit, algorithm, period: limitPeriods[(kind >> 5) & 7] ?? "month", rest: 0 };
  if (algorithm === "slidingWindow") return { ...window, used: 0, since: 0, slots: decodeSlots(reader) };
  const used = reader.next();
  const since = reader.next();
  if (algorithm === "calendar") return { ...window, used, since, slots: new Map() };
  const rest = reader.next();
  // The limit of then is not that of now.
  reader.next();
  return { ...window, used, since, rest, slots: new Map() };
}

function decodeSlots(reader: VarintReader): Map<number, number> {
  const slots = new Map<number, number>();
  let slot = 0;
  for (let left = Math.min(reader.next(), listMax); left > 0; left--) {
    slot += reader.next();
    slots.set(slot, reader.next());
  }
  return slots;
}

/** Requests under way. */
export function underWay({ leases }: CounterState): number {
  return leases.reduce((sum, { count }) => sum + count, 0);
}

/** How much of a limit's window is used when the clock shows `now`. */
export function usedOf(counter: CounterState, window: LimitWindow, now: number): number {
  const { last, offset } = counter;
  // A clock that was set back stands still for a moment.
  const time = now + offset < last - toleranceMs ? last : Math.max(last, now + offset);
  const first = Math.floor(time / minuteMs) - leaseMinutes;
  const live = counter.leases.filter(({ minute }) => minute >= first);
  if (window.unit === "concurrentRequests") return underWay({ ...counter, leases: live });
  const own = counter.windows.find(
    ({ unit, algorithm, period }) => unit === window.unit && algorithm === window.algorithm && period === window.period,
  );
  if (!own) return 0;
  const ended = counter.leases.filter(({ minute }) => minute < first);
  const used = usedIn(own, window.limit, time, time - offset);
  return Math.max(0, used - endedIn(own, ended, time));
}

function usedIn(window: Window, limit: number, time: number, wall: number): number {
  const periodMs = periodsMs[window.period];
  if (window.algorithm === "calendar") return periodStart(window.period, wall) > window.since ? 0 : window.used;
  if (window.algorithm === "slidingWindow") {
    const first = Math.floor(time / (periodMs / slotCount)) - slotCount;
    return [...window.slots].reduce((sum, [slot, amount]) => sum + (slot < first ? 0 : amount), 0);
  }
  const passed = Math.max(0, Math.floor(time / (periodMs / stepCount)) - window.since);
  return Math.max(0, window.used - Math.floor((window.rest + limit * passed) / stepCount));
}

/** What leases that have ended give back. A sliding window counts it where it began, if that still counts. */
function endedIn(window: Window, ended: Lease[], time: number): number {
  const slotMs = periodsMs[window.period] / slotCount;
  const counted = ended.filter(({ minute }) => {
    const slot = Math.floor((minute * minuteMs) / slotMs);
    return window.algorithm !== "slidingWindow" || slot >= Math.floor(time / slotMs) - slotCount;
  });
  return counted.reduce((sum, { amounts }) => sum + (amounts.get(window.unit) ?? 0), 0);
}

function periodStart(period: LimitPeriod, wall: number): number {
  const date = new Date(wall);
  if (period === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  // 1970 began on a Thursday.
  const shift = period === "week" ? 3 * dayMs : 0;
  return Math.floor((wall + shift) / periodsMs[period]) * periodsMs[period] - shift;
}
