// One counter: its time, its windows, and the leases of the requests under way.
import { Algorithm, CounterWindow } from "./counter-window";
import { Period } from "./period";
import { Amounts, isHeld, Unit, UNIT_COUNT } from "./unit";

export const MINUTE_MS: i64 = 60_000;
/** A lease that old is of requests that nobody will settle. */
export const LEASE_MINUTES: i64 = 30;
/** So far apart the clocks of workers may seem to be, which read them before they write. */
const TOLERANCE_MS: i64 = 1000;

/** What is set aside for the requests that began in one minute and are still under way. */
@final
export class Lease {
  count: i64 = 0;
  readonly amounts: Amounts = new Amounts();

  constructor(readonly minute: i64) {}
}

/** What one request has set aside. */
@final
export class Reservation {
  constructor(
    readonly time: i64,
    readonly wall: i64,
    readonly amounts: Amounts,
  ) {}
}

/** A counter. */
@final
export class Counter {
  last: i64 = 0;
  offset: i64 = 0;
  readonly windows: CounterWindow[] = [];
  leases: Lease[] = [];
  /** Whether the clock was found set back: that has to be kept, also where nothing else changes. */
  isSetBack: bool = false;

  get wall(): i64 {
    return this.last - this.offset;
  }

  /** The clock shows `now`: what has passed passes. */
  advance(now: i64): void {
    const time = now + this.offset;
    if (time < this.last - TOLERANCE_MS) {
      this.offset += this.last - time;
      this.isSetBack = true;
    } else if (time > this.last) this.last = time;
    for (let i = 0; i < this.windows.length; ++i) this.windows[i].age(this.last, this.wall);
    this.endLeases(this.last / MINUTE_MS - LEASE_MINUTES);
  }

  /** Gives back what leases that are older than `first` still have set aside. */
  private endLeases(first: i64): void {
    const leases = this.leases;
    while (leases.length && leases[0].minute < first) {
      const lease = leases.shift();
      const began = lease.minute * MINUTE_MS;
      for (let i = 0; i < this.windows.length; ++i) {
        const window = this.windows[i];
        window.change(-lease.amounts.get(window.unit), began, began - this.offset, this.last);
      }
    }
  }

  /** The window of this kind, begun if it is not there. A token bucket goes by `limit`. */
  window(unit: Unit, algorithm: Algorithm, period: Period, limit: i64): CounterWindow {
    let window = this.find(unit, algorithm, period);
    if (!window) {
      window = new CounterWindow(unit, algorithm, period);
      window.begin(this.last, this.wall);
      this.windows.push(window);
    }
    window.limit = limit;
    return window;
  }

  find(unit: Unit, algorithm: Algorithm, period: Period): CounterWindow | null {
    for (let i = 0; i < this.windows.length; ++i) {
      const window = this.windows[i];
      if (window.unit == unit && window.algorithm == algorithm && window.period == period) return window;
    }
    return null;
  }

  /** How many requests are under way. */
  get underWay(): i64 {
    let count: i64 = 0;
    for (let i = 0; i < this.leases.length; ++i) count += this.leases[i].count;
    return count;
  }

  /** Sets aside `amounts` in the lease of this minute; those of windows are changed beside. */
  hold(amounts: Amounts): Reservation {
    const minute = this.last / MINUTE_MS;
    const leases = this.leases;
    let lease = leases.length ? leases[leases.length - 1] : null;
    if (!lease || lease.minute != minute) {
      lease = new Lease(minute);
      leases.push(lease);
    }
    ++lease.count;
    for (let unit = 0; unit < UNIT_COUNT; ++unit) {
      if (isHeld(unit)) lease.amounts.set(unit, lease.amounts.get(unit) + amounts.get(unit));
    }
    return new Reservation(this.last, this.wall, amounts);
  }

  /** Takes out of its lease what a request had set aside. False: the lease has ended, and has given it back. */
  letGo(reservation: Reservation): bool {
    const minute = reservation.time / MINUTE_MS;
    for (let i = 0; i < this.leases.length; ++i) {
      const lease = this.leases[i];
      if (lease.minute != minute) continue;
      lease.count = max<i64>(0, lease.count - 1);
      for (let unit = 0; unit < UNIT_COUNT; ++unit) {
        const left = lease.amounts.get(unit) - reservation.amounts.get(unit);
        if (isHeld(unit)) lease.amounts.set(unit, max<i64>(0, left));
      }
      if (!lease.count && lease.amounts.isNothing) this.leases.splice(i, 1);
      return true;
    }
    return false;
  }
}
