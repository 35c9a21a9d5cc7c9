// One limit of the configuration: what it allows, and what becomes of a counter by it.
import { Counter, Reservation } from "./counter";
import { Algorithm } from "./counter-window";
import { Period } from "./period";
import { Amounts, isHeld, Unit } from "./unit";
import { UsageWanted, usageWantedBy } from "./usage-wanted";

/** What a limit allows in a time. */
@final
export class LimitWindow {
  constructor(
    readonly unit: Unit,
    readonly limit: i64,
    /** Both mean nothing where requests under way are counted. */
    readonly algorithm: Algorithm,
    readonly period: Period,
  ) {}

  /** Brings it into `counter`, so that it passes by its own limit. */
  join(counter: Counter): void {
    if (this.unit != Unit.Concurrent) counter.window(this.unit, this.algorithm, this.period, this.limit);
  }

  used(counter: Counter): i64 {
    if (this.unit == Unit.Concurrent) return counter.underWay;
    const window = counter.find(this.unit, this.algorithm, this.period);
    return window ? window.used : 0;
  }

  /** How many milliseconds until `amount` fits; −1 if it never will. */
  waitMs(counter: Counter, amount: i64): i64 {
    if (amount > this.limit) return -1;
    const window = counter.find(this.unit, this.algorithm, this.period);
    return window ? window.waitMs(window.used + amount - this.limit, counter.last, counter.wall) : 0;
  }

  remaining(counter: Counter): i64 {
    return max<i64>(0, this.limit - this.used(counter));
  }

  /** How many milliseconds until nothing is used, if nothing more comes. */
  resetMs(counter: Counter): i64 {
    return max<i64>(0, this.waitMs(counter, this.limit));
  }
}

/** The windows of a limit, as one counter keeps them. */
@final
export class LimitWindows {
  readonly list: LimitWindow[] = [];

  /** Whether some window counts this unit. */
  counts(unit: Unit): bool {
    for (let i = 0; i < this.list.length; ++i) if (this.list[i].unit == unit) return true;
    return false;
  }

  /** What its windows have to know of an answer. */
  get usageWanted(): UsageWanted {
    let wanted: UsageWanted = UsageWanted.Nothing;
    for (let i = 0; i < this.list.length; ++i) wanted = max(wanted, usageWantedBy(this.list[i].unit));
    return wanted;
  }

  /** Whether some window counts tokens, or what they cost. */
  get countsTokens(): bool {
    for (let i = 0; i < this.list.length; ++i) if (isHeld(this.list[i].unit)) return true;
    return false;
  }

  /** The clock shows `now`. */
  advance(counter: Counter, now: i64): void {
    // The limits first: a token bucket empties by that of today.
    for (let i = 0; i < this.list.length; ++i) {
      const own = this.list[i];
      const window = counter.find(own.unit, own.algorithm, own.period);
      if (window && own.unit != Unit.Concurrent) window.limit = own.limit;
    }
    counter.advance(now);
    for (let i = 0; i < this.list.length; ++i) this.list[i].join(counter);
  }

  /** The first window that `asked` does not fit into, or null. */
  full(counter: Counter, asked: Amounts): LimitWindow | null {
    for (let i = 0; i < this.list.length; ++i) {
      const window = this.list[i];
      if (window.used(counter) + max<i64>(1, asked.get(window.unit)) > window.limit) return window;
    }
    return null;
  }

  /** The longest that any window takes until `asked` fits; −1 if it never will. */
  waitMs(counter: Counter, asked: Amounts): i64 {
    let longest: i64 = 0;
    for (let i = 0; i < this.list.length; ++i) {
      const window = this.list[i];
      const wait = window.waitMs(counter, max<i64>(1, asked.get(window.unit)));
      if (wait < 0) return -1;
      longest = max(longest, wait);
    }
    return longest;
  }

  /** Sets aside what is asked for, at least one of each unit. */
  take(counter: Counter, asked: Amounts): Reservation {
    const taken = new Amounts();
    for (let i = 0; i < this.list.length; ++i) {
      const unit = this.list[i].unit;
      const amount = max<i64>(1, asked.get(unit));
      taken.set(unit, amount);
      this.change(counter, i, amount, counter.last, counter.wall);
    }
    return counter.hold(taken);
  }

  /** Puts the real amounts in the place of those that were set aside; of requests `requests` ones. */
  settle(counter: Counter, reservation: Reservation, real: Amounts, requests: i64): void {
    const isHeld = counter.letGo(reservation);
    for (let i = 0; i < this.list.length; ++i) {
      const unit = this.list[i].unit;
      const isRequests = unit == Unit.Requests;
      const reserved = isHeld || isRequests ? reservation.amounts.get(unit) : 0;
      const wanted = isRequests ? requests : real.get(unit);
      this.change(counter, i, wanted - reserved, reservation.time, reservation.wall);
    }
  }

  private change(counter: Counter, index: i32, change: i64, time: i64, wall: i64): void {
    const own = this.list[index];
    if (own.unit == Unit.Concurrent) return;
    const window = counter.find(own.unit, own.algorithm, own.period);
    if (window) window.change(change, time, wall, counter.last);
  }
}
