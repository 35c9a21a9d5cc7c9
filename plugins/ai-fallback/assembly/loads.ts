// The requests of one plugin instance that count as under way at their targets. Its share of each count is a lease,
// renewed as long as the instance lives: what a trap leaves uncounted is over when the lease is.
import { LEASE_NANOS, nowNanos, randomNumber, setTickPeriodMs } from "@weir/sdk/assembly";
import { Load } from "./load";

const tickMs: u32 = <u32>(LEASE_NANOS / 5 / 1_000_000);

/** The shares of one instance. */
@final
export class Loads {
  /** Below 2^62, so that it is a decimal integer everywhere; 0 until it is needed. */
  private id: u64 = 0;
  private open: i32 = 0;
  private isTicking: bool = false;

  /** What tells this instance's shares from others'. */
  get holder(): u64 {
    if (!this.id) this.id = (randomNumber() >> 2) | 1;
    return this.id;
  }

  /** A request is under way that counts. */
  onOpen(): void {
    this.open++;
    if (this.isTicking) return;
    this.isTicking = true;
    setTickPeriodMs(tickMs);
  }

  /** It has ended, and given its place back. */
  onClose(): void {
    this.open--;
  }

  /** Renews the shares in `all`. Where no request is under way none can count, whatever has gone wrong. */
  onTick(all: Load[]): void {
    const now = nowNanos();
    const isIdle = this.open == 0;
    for (let i = 0; i < all.length; ++i) all[i].count.renew(this.holder, isIdle, now);
    if (!isIdle) return;
    this.isTicking = false;
    setTickPeriodMs(0);
  }
}
