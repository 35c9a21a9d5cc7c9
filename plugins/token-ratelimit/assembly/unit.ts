// What is counted, by whom it is called what, and amounts of it.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

/** A unit. */
export const enum Unit {
  Requests = 0,
  Input = 1,
  Output = 2,
  Total = 3,
  Cached = 4,
  Weighted = 5,
  Concurrent = 6,
  /** Nano-dollars. */
  Cost = 7,
}

export const UNIT_COUNT: i32 = 8;

// In the order of Unit.
const NAMES: StaticArray<Slice> = [
  Slice.of("requests"),
  Slice.of("inputTokens"),
  Slice.of("outputTokens"),
  Slice.of("totalTokens"),
  Slice.of("cachedTokens"),
  Slice.of("weightedTokens"),
  Slice.of("concurrentRequests"),
  Slice.of("cost"),
];

/** The unit of this name in configurations, or −1. */
export function unitNamed(name: Slice): i32 {
  for (let i = 0; i < UNIT_COUNT; ++i) if (NAMES[i].equals(name)) return i;
  return -1;
}

export function unitName(unit: Unit): Slice {
  return NAMES[unit];
}

/** Whether it is set aside first, and settled later: tokens, and what they cost. */
export function isHeld(unit: Unit): bool {
  return unit != Unit.Requests && unit != Unit.Concurrent;
}

/** An amount of each unit. */
@final
export class Amounts {
  private readonly values: StaticArray<i64> = new StaticArray<i64>(UNIT_COUNT);

  get(unit: Unit): i64 {
    return this.values[unit];
  }

  set(unit: Unit, amount: i64): void {
    this.values[unit] = amount;
  }

  /** Whether every amount is 0. */
  get isNothing(): bool {
    for (let i = 0; i < UNIT_COUNT; ++i) if (this.values[i]) return false;
    return true;
  }
}
