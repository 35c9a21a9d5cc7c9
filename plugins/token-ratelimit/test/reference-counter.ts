// The algorithm of docs/decisions/token-windows.md, as plainly as it can be written. The plugin and the cases are held
// against it.
import type { LimitAlgorithm, LimitPeriod, LimitUnit } from "../../../control/src/model/limits.ts";

export interface CounterWindow {
  unit: LimitUnit;
  algorithm: LimitAlgorithm | null;
  period: LimitPeriod | null;
  limit: number;
}

export type Amounts = Partial<Record<LimitUnit, number>>;

export interface Reservation {
  time: number;
  wall: number;
  amounts: Amounts;
}

interface Lease {
  count: number;
  amounts: Amounts;
}

interface State {
  slots: Map<number, number>;
  used: number;
  step: number;
  rest: number;
  start: number;
}

const periodsMs: Record<LimitPeriod, number> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};
const slotCount = 20;
const stepCount = 1000;
const toleranceMs = 1000;
const minuteMs = 60_000;
const leaseMinutes = 30;

export class ReferenceCounter {
  #last = 0;
  #offset = 0;
  #states = new Map<string, State>();
  #leases = new Map<number, Lease>();

  reserve(windows: CounterWindow[], asked: Amounts, now: number, isForced = false): Reservation | null {
    return this.#changing(() => this.#reserve(windows, asked, now, isForced));
  }

  #reserve(windows: CounterWindow[], asked: Amounts, now: number, isForced: boolean): Reservation | null {
    const { time, wall } = this.#advance(windows, now);
    const amountOf = (unit: LimitUnit) => Math.max(1, asked[unit] ?? 1);
    const fits = windows.every((window) => this.#used(window) + amountOf(window.unit) <= window.limit);
    if (!fits && !isForced) return null;
    const amounts: Amounts = {};
    for (const { unit } of windows) amounts[unit] = amountOf(unit);
    for (const window of windows) this.#change(window, amounts[window.unit]!, { time, wall, amounts });
    const minute = Math.floor(time / minuteMs);
    const lease = this.#leases.get(minute) ?? { count: 0, amounts: {} };
    this.#leases.set(minute, lease);
    lease.count++;
    for (const [unit, amount] of Object.entries(amounts) as [LimitUnit, number][]) {
      if (unit !== "requests") lease.amounts[unit] = (lease.amounts[unit] ?? 0) + amount;
    }
    return { time, wall, amounts };
  }

  /** `requests` in `real` says that the request was not let through after all. */
  settle(windows: CounterWindow[], reservation: Reservation, real: Amounts, now: number): void {
    this.#advance(windows, now);
    const minute = Math.floor(reservation.time / minuteMs);
    const lease = this.#leases.get(minute);
    for (const window of windows) {
      const { unit } = window;
      const reserved = reservation.amounts[unit];
      if (reserved === undefined || unit === "concurrentRequests") continue;
      const isHeld = unit === "requests" || lease !== undefined;
      const wanted = unit === "requests" ? (real.requests ?? reserved) : (real[unit] ?? 0);
      this.#change(window, wanted - (isHeld ? reserved : 0), reservation);
    }
    if (!lease) return;
    lease.count--;
    for (const [unit, amount] of Object.entries(reservation.amounts) as [LimitUnit, number][]) {
      if (unit !== "requests") lease.amounts[unit] = Math.max(0, (lease.amounts[unit] ?? 0) - amount);
    }
    if (lease.count <= 0 && Object.values(lease.amounts).every((amount) => amount === 0)) this.#leases.delete(minute);
  }

  remaining(window: CounterWindow, now: number): number {
    return this.#looking(() => {
      this.#advance([window], now);
      return Math.max(0, window.limit - this.#used(window));
    });
  }

  /** Milliseconds until nothing is used. */
  resetMs(window: CounterWindow, now: number): number {
    return this.retryMs(window, window.limit, now) ?? 0;
  }

  /** Milliseconds until `amount` fits; null if it never will. */
  retryMs(window: CounterWindow, amount: number, now: number): number | null {
    return this.#looking(() => this.#retryMs(window, amount, now));
  }

  #retryMs(window: CounterWindow, amount: number, now: number): number | null {
    const { time, wall } = this.#advance([window], now);
    if (amount > window.limit) return null;
    const excess = this.#used(window) + amount - window.limit;
    if (excess <= 0 || window.period === null) return 0;
    const periodMs = periodsMs[window.period];
    const state = this.#state(window);
    if (window.algorithm === "calendar") return periodEnd(window.period, wall) - wall;
    if (window.algorithm === "tokenBucket") {
      if (window.limit === 0) return periodMs;
      const steps = Math.ceil((excess * stepCount - state.rest) / window.limit);
      return (state.step + steps) * (periodMs / stepCount) - time;
    }
    let freed = 0;
    for (const [slot, held] of [...state.slots].sort(([a], [b]) => a - b)) {
      freed += held;
      if (freed >= excess) return (slot + slotCount + 1) * (periodMs / slotCount) - time;
    }
    return 0;
  }

  /** What is not let through changes nothing, but where the clock was found set back. */
  #changing(reserve: () => Reservation | null): Reservation | null {
    const before = structuredClone([this.#last, this.#offset, this.#states, this.#leases] as const);
    const reservation = reserve();
    if (!reservation) this.#undo(before);
    return reservation;
  }

  #looking<T>(look: () => T): T {
    const before = structuredClone([this.#last, this.#offset, this.#states, this.#leases] as const);
    const seen = look();
    this.#undo(before);
    return seen;
  }

  #undo([last, offset, states, leases]: readonly [number, number, Map<string, State>, Map<number, Lease>]): void {
    if (this.#offset !== offset) return;
    [this.#last, this.#states, this.#leases] = [last, states, leases];
  }

  #advance(windows: CounterWindow[], now: number): { time: number; wall: number } {
    let time = now + this.#offset;
    if (time < this.#last - toleranceMs) this.#offset += this.#last - time;
    time = Math.max(time, this.#last);
    this.#last = time;
    const wall = time - this.#offset;
    for (const window of windows) if (window.algorithm) this.#age(window, this.#state(window), time, wall);
    const minute = Math.floor(time / minuteMs);
    for (const [began, { amounts }] of this.#leases) {
      if (minute - began <= leaseMinutes) continue;
      this.#leases.delete(began);
      const reservation = { time: began * minuteMs, wall: began * minuteMs - this.#offset, amounts };
      for (const window of windows) this.#change(window, -(amounts[window.unit] ?? 0), reservation);
    }
    return { time, wall };
  }

  #age(window: CounterWindow, state: State, time: number, wall: number): void {
    const periodMs = periodsMs[window.period!];
    if (window.algorithm === "slidingWindow") {
      const first = Math.floor(time / (periodMs / slotCount)) - slotCount;
      for (const slot of state.slots.keys()) if (slot < first) state.slots.delete(slot);
    } else if (window.algorithm === "tokenBucket") {
      const step = Math.floor(time / (periodMs / stepCount));
      const passed = step - state.step;
      state.step = step;
      const whole = Math.min(Math.floor(passed / stepCount), stepCount);
      const drained = state.rest + window.limit * (passed % stepCount);
      state.used -= whole * window.limit + Math.floor(drained / stepCount);
      state.rest = drained % stepCount;
      if (state.used > 0) return;
      state.used = 0;
      state.rest = 0;
    } else {
      const start = periodStart(window.period!, wall);
      if (start > state.start) state.used = 0;
      state.start = start;
    }
  }

  #state(window: CounterWindow): State {
    const key = [window.unit, window.algorithm, window.period].join(" ");
    const known = this.#states.get(key);
    if (known) return known;
    const period = window.period ?? "second";
    const step = Math.floor(this.#last / (periodsMs[period] / stepCount));
    const start = periodStart(period, this.#last - this.#offset);
    const state = { slots: new Map<number, number>(), used: 0, step, rest: 0, start };
    this.#states.set(key, state);
    return state;
  }

  #used(window: CounterWindow): number {
    if (window.unit === "concurrentRequests") {
      return [...this.#leases.values()].reduce((sum, { count }) => sum + count, 0);
    }
    const state = this.#state(window);
    return window.algorithm === "slidingWindow" ? [...state.slots.values()].reduce((a, b) => a + b, 0) : state.used;
  }

  #change(window: CounterWindow, change: number, { time, wall }: Reservation): void {
    if (window.unit === "concurrentRequests" || change === 0) return;
    const state = this.#state(window);
    const periodMs = periodsMs[window.period!];
    if (window.algorithm === "slidingWindow") {
      const slot = Math.floor(time / (periodMs / slotCount));
      if (slot < Math.floor(this.#last / (periodMs / slotCount)) - slotCount) return;
      const held = Math.max(0, (state.slots.get(slot) ?? 0) + change);
      if (held > 0) state.slots.set(slot, held);
      else state.slots.delete(slot);
    } else if (window.algorithm === "tokenBucket" || periodStart(window.period!, wall) >= state.start) {
      state.used = Math.max(0, state.used + change);
    }
  }
}

export function periodStart(period: LimitPeriod, now: number): number {
  if (period === "month") {
    const date = new Date(now);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  // 1970 began on a Thursday.
  const shift = period === "week" ? 3 * periodsMs.day : 0;
  return Math.floor((now + shift) / periodsMs[period]) * periodsMs[period] - shift;
}

export function periodEnd(period: LimitPeriod, now: number): number {
  if (period === "month") {
    const date = new Date(now);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }
  return periodStart(period, now) + periodsMs[period];
}
