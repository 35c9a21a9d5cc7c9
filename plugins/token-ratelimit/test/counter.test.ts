// The plugin's counter, held against the cases, and against the reference at random.
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom, type Random } from "../../../sdk/test/random.ts";
import { limitAlgorithms, limitPeriods, limitUnits } from "../../../control/src/model/limits.ts";
import { cases, type Case, type Step } from "./cases.ts";
import { periodEnd, periodStart, ReferenceCounter } from "./reference-counter.ts";
import type { Amounts, CounterWindow, Reservation } from "./reference-counter.ts";
import { WasmCounter } from "./wasm-counter.ts";

let counter: WasmCounter;
beforeAll(async () => {
  counter = await WasmCounter.load();
}, 60_000);

test.each(cases)("$name", (one) => {
  const reservations = new Map<string, number>();
  counter.begin(one.windows);
  for (const step of one.steps) {
    const now = Date.parse(one.from) + step.at;
    take(one, step, reservations);
    expect(one.windows.map((_, index) => counter.remaining(index, now))).toEqual(step.remaining);
    expect(one.windows.map((_, index) => counter.resetMs(index, now))).toEqual(step.resetMs);
  }
});

function take({ from, shadow }: Case, step: Step, kept: Map<string, number>): void {
  const now = Date.parse(from) + step.at;
  if (step.reserve) {
    let taken = counter.reserve(step.reserve, now);
    expect(taken !== null).toBe(step.allowed);
    if (taken === null) expect(counter.waitMs(step.reserve, now)).toBe(step.retryMs);
    if (taken === null && shadow) taken = counter.reserve(step.reserve, now, true);
    if (taken !== null) kept.set(step.as!, taken);
  } else if (step.settle) counter.settle(kept.get(step.settle)!, step.real!, now);
  else counter.settle(kept.get(step.release!)!, { requests: 0 }, now);
}

describe("at random", () => {
  const random = seededRandom("token-ratelimit counter");

  test("says what the reference says", () => {
    for (let round = 0; round < 300; ++round) expectAlike(random, randomWindows(random));
  });

  test("is read from any bytes without a trap", () => {
    for (let round = 0; round < 3000; ++round) {
      counter.begin(randomWindows(random));
      expect(counter.harness.number("readsAny", random.bytes(random.below(60)), BigInt(Date.now()))).toBe(1);
    }
  });

  test("knows where periods of the calendar begin and end", () => {
    for (let round = 0; round < 5000; ++round) {
      const period = random.of(limitPeriods);
      const wall = random.below(2 ** 31) * 1900 + random.below(1000);
      const index = limitPeriods.indexOf(period);
      expect(Number(counter.harness.bigint("startOf", index, BigInt(wall)))).toBe(periodStart(period, wall));
      expect(Number(counter.harness.bigint("endOf", index, BigInt(wall)))).toBe(periodEnd(period, wall));
    }
  });
});

test("a change of the amount keeps the count, a new window begins empty", () => {
  const now = Date.UTC(2026, 2, 10);
  const minute: CounterWindow = { unit: "totalTokens", limit: 100, period: "minute", algorithm: "slidingWindow" };
  const bucket: CounterWindow = { unit: "totalTokens", limit: 1000, period: "minute", algorithm: "tokenBucket" };
  counter.begin([minute]);
  const first = counter.reserve({ totalTokens: 80 }, now)!;
  counter.configure([{ ...minute, limit: 200 }, bucket]);
  expect([counter.remaining(0, now), counter.remaining(1, now)]).toEqual([120, 1000]);
  const second = counter.reserve({ totalTokens: 50 }, now)!;
  // Both go on by the configuration that they began with.
  counter.configure([minute]);
  counter.settle(first, { totalTokens: 10 }, now + 1);
  counter.configure([{ ...minute, limit: 200 }, bucket]);
  expect([counter.remaining(0, now), counter.remaining(1, now)]).toEqual([140, 950]);
  counter.settle(second, { totalTokens: 20 }, now + 2);
  expect([counter.remaining(0, now + 2), counter.remaining(1, now + 2)]).toEqual([170, 980]);
});

test("a counter that says nothing any more is done with", () => {
  const now = Date.UTC(2026, 2, 10);
  counter.begin([{ unit: "totalTokens", limit: 100, period: "minute", algorithm: "slidingWindow" }]);
  const only = counter.reserve({ totalTokens: 80 }, now)!;
  expect(counter.harness.bigint("lastsMs", BigInt(now))).toBe(31n * 60_000n);
  counter.settle(only, { totalTokens: 80 }, now + 1000);
  expect(counter.harness.bigint("lastsMs", BigInt(now + 1000))).toBe(62_000n);
  expect(counter.harness.number("size")).toBeLessThan(24);
});

function randomWindows(random: Random): CounterWindow[] {
  const windows = new Map<string, CounterWindow>();
  for (let count = 1 + random.below(4); count > 0; --count) {
    const unit = random.of(limitUnits);
    const isConcurrent = unit === "concurrentRequests";
    const algorithm = isConcurrent ? null : random.of(limitAlgorithms);
    const period = isConcurrent ? null : random.of(limitPeriods);
    const limit = random.of([0, 1, 3, 100, 5000, 9_000_000_000]);
    windows.set([unit, algorithm, period].join(), { unit, algorithm, period, limit });
  }
  return [...windows.values()];
}

/** Does the same with both, over times that mostly go forward. */
function expectAlike(random: Random, windows: CounterWindow[]): void {
  const reference = new ReferenceCounter();
  const open: [Reservation, number][] = [];
  let now = Date.UTC(2026, 1, 28, 23) + random.below(7_200_000);
  counter.begin(windows);
  for (let step = 0; step < 40; ++step) {
    now += random.of([0, 1, 40, 900, 5000, 61_000, 1_900_000, 90_000_000, -3, -999, -1001, -3_600_000]);
    if (random.below(3) < 2 || open.length === 0) {
      const asked = randomAmounts(random);
      const isForced = random.below(8) === 0;
      const expected = reference.reserve(windows, asked, now, isForced);
      const taken = counter.reserve(asked, now, isForced);
      expect(taken !== null).toBe(expected !== null);
      if (expected && taken !== null) open.push([expected, taken]);
    } else {
      const [[expected, taken] = [null!, 0]] = open.splice(random.below(open.length), 1);
      const real = { ...randomAmounts(random), requests: random.below(2) };
      reference.settle(windows, expected, real, now);
      counter.settle(taken, real, now);
    }
    expectSameState(reference, windows, now);
  }
}

function expectSameState(reference: ReferenceCounter, windows: CounterWindow[], now: number): void {
  windows.forEach((window, index) => {
    expect(counter.remaining(index, now)).toBe(reference.remaining(window, now));
    expect(counter.resetMs(index, now)).toBe(reference.resetMs(window, now));
  });
}

function randomAmounts(random: Random): Amounts {
  return Object.fromEntries(limitUnits.map((unit) => [unit, random.of([0, 1, 1, 7, 80, 3000, 1_000_000])]));
}
