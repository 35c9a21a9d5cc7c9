// A clock that moves only when the test says so, and the timers that hang on it.

interface Timer {
  at: number;
  order: number;
  run: () => void;
}

export class VirtualClock {
  #nowMs: number;
  #order = 0;
  readonly #timers = new Map<number, Timer>();

  /** `startMs` is Unix time in milliseconds, fractions allowed. */
  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get nowNanos(): bigint {
    return BigInt(Math.round(this.#nowMs * 1000)) * 1000n;
  }

  /** Runs `run` once, `delayMs` from now, during an advance(). Returns what `cancel` takes. */
  schedule(delayMs: number, run: () => void): number {
    const order = ++this.#order;
    this.#timers.set(order, { at: this.#nowMs + delayMs, order, run });
    return order;
  }

  cancel(id: number): void {
    this.#timers.delete(id);
  }

  /** Moves time forward by `ms`, running what falls due in order, each at its own time. */
  advance(ms: number): void {
    const until = this.#nowMs + ms;
    for (let timer = this.#next(until); timer; timer = this.#next(until)) {
      this.#timers.delete(timer.order);
      this.#nowMs = Math.max(this.#nowMs, timer.at);
      timer.run();
    }
    this.#nowMs = until;
  }

  #next(until: number): Timer | null {
    let first: Timer | null = null;
    for (const timer of this.#timers.values()) {
      if (timer.at > until) continue;
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
    }
    return first;
  }
}
