// One window of a counter: how much is used, and how that passes. docs/decisions/token-windows.md has it in full, and
// fixtures/token-windows.json the cases.
import { lengthMs, Period, periodEnd, periodStart } from "./period";
import { Unit } from "./unit";

/** How what is used passes. */
export const enum Algorithm {
  SlidingWindow = 0,
  TokenBucket = 1,
  Calendar = 2,
}

export const SLOTS: i64 = 20;
const STEPS: i64 = 1000;

/** A window. Times are the counter's: `time` never goes back, `wall` is what the clock shows. */
@final
export class CounterWindow {
  used: i64 = 0;
  /** The limit that a token bucket empties by. */
  limit: i64 = 0;
  /** Of a token bucket: up to which step it is emptied, and what remains of a token, in thousandths. */
  step: i64 = 0;
  rest: i64 = 0;
  /** Of the calendar: when the period began. */
  start: i64 = 0;
  /** Of a sliding window: its slots from the oldest on, and what was used in each. */
  readonly slots: i64[] = [];
  readonly amounts: i64[] = [];

  constructor(
    readonly unit: Unit,
    readonly algorithm: Algorithm,
    readonly period: Period,
  ) {}

  /** Begins an empty window. */
  begin(time: i64, wall: i64): void {
    this.step = time / this.stepMs;
    this.start = periodStart(this.period, wall);
  }

  get slotMs(): i64 {
    return lengthMs(this.period) / SLOTS;
  }

  private get stepMs(): i64 {
    return lengthMs(this.period) / STEPS;
  }

  /** Lets pass what has passed. */
  age(time: i64, wall: i64): void {
    if (this.algorithm == Algorithm.SlidingWindow) this.dropSlots(time / this.slotMs - SLOTS);
    else if (this.algorithm == Algorithm.TokenBucket) this.drain(time / this.stepMs);
    else this.turn(periodStart(this.period, wall));
  }

  private dropSlots(first: i64): void {
    const slots = this.slots;
    while (slots.length && slots[0] < first) {
      slots.shift();
      this.used -= this.amounts.shift();
    }
  }

  private drain(step: i64): void {
    const passed = step - this.step;
    const limit = this.limit;
    this.step = step;
    const drained = this.rest + limit * (passed % STEPS);
    // A debt may be many limits deep.
    this.used -= min(passed / STEPS, STEPS) * limit + drained / STEPS;
    this.rest = drained % STEPS;
    if (this.used > 0) return;
    this.used = 0;
    this.rest = 0;
  }

  /** A period that is earlier than the last one comes of a clock that was set back: it begins with the same count. */
  private turn(start: i64): void {
    if (start > this.start) this.used = 0;
    this.start = start;
  }

  /** Changes what is used by a request that began at `time`, when `wall` was the time of day. `now` is `time` now. */
  change(change: i64, time: i64, wall: i64, now: i64): void {
    if (!change) return;
    if (this.algorithm == Algorithm.SlidingWindow) this.changeSlot(change, time / this.slotMs, now / this.slotMs);
    else if (this.algorithm == Algorithm.TokenBucket || periodStart(this.period, wall) >= this.start) {
      this.used = max<i64>(0, this.used + change);
    }
  }

  private changeSlot(change: i64, slot: i64, nowSlot: i64): void {
    if (slot < nowSlot - SLOTS) return;
    const slots = this.slots;
    let at = slots.length;
    while (at > 0 && slots[at - 1] > slot) --at;
    const isThere = at > 0 && slots[at - 1] == slot;
    const held = isThere ? this.amounts[at - 1] : 0;
    const changed = max<i64>(0, held + change);
    this.used += changed - held;
    if (isThere) this.setSlot(at - 1, changed);
    else if (changed) this.insertSlot(at, slot, changed);
  }

  private setSlot(at: i32, amount: i64): void {
    if (amount) {
      this.amounts[at] = amount;
      return;
    }
    this.slots.splice(at, 1);
    this.amounts.splice(at, 1);
  }

  private insertSlot(at: i32, slot: i64, amount: i64): void {
    const slots = this.slots;
    const amounts = this.amounts;
    slots.push(slot);
    amounts.push(amount);
    for (let i = slots.length - 1; i > at; --i) {
      slots[i] = slots[i - 1];
      amounts[i] = amounts[i - 1];
    }
    slots[at] = slot;
    amounts[at] = amount;
  }

  /** How many milliseconds it takes until `excess` of what is used has passed. */
  waitMs(excess: i64, time: i64, wall: i64): i64 {
    if (excess <= 0) return 0;
    if (this.algorithm == Algorithm.Calendar) return periodEnd(this.period, wall) - wall;
    if (this.algorithm == Algorithm.SlidingWindow) return this.slotWaitMs(excess, time);
    if (!this.limit) return lengthMs(this.period);
    const wanted = excess * STEPS - this.rest;
    return (this.step + (wanted + this.limit - 1) / this.limit) * this.stepMs - time;
  }

  private slotWaitMs(excess: i64, time: i64): i64 {
    let freed: i64 = 0;
    for (let i = 0; i < this.slots.length; ++i) {
      freed += this.amounts[i];
      if (freed >= excess) return (this.slots[i] + SLOTS + 1) * this.slotMs - time;
    }
    return 0;
  }

  /** Whether an empty window would be no different. */
  get isEmpty(): bool {
    return this.used == 0 && this.rest == 0;
  }
}
