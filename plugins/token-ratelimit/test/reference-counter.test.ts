// The reference itself, held against the cases.
import { expect, test } from "vitest";
import { cases, type Case, type Step } from "./cases.ts";
import { ReferenceCounter, type Amounts, type Reservation } from "./reference-counter.ts";

test.each(cases)("reference: $name", (one) => {
  const counter = new ReferenceCounter();
  const reservations = new Map<string, Reservation>();
  for (const step of one.steps) {
    const now = Date.parse(one.from) + step.at;
    take(counter, one, step, reservations);
    expect(one.windows.map((window) => counter.remaining(window, now))).toEqual(step.remaining);
    expect(one.windows.map((window) => counter.resetMs(window, now))).toEqual(step.resetMs);
  }
});

function take(counter: ReferenceCounter, { windows, from, shadow }: Case, step: Step, kept: Map<string, Reservation>) {
  const now = Date.parse(from) + step.at;
  if (step.reserve) {
    let taken = counter.reserve(windows, step.reserve, now);
    expect(taken !== null).toBe(step.allowed);
    if (!taken) {
      const asked = (unit: keyof Amounts) => Math.max(1, step.reserve![unit] ?? 1);
      const waits = windows.map((window) => counter.retryMs(window, asked(window.unit), now));
      expect(waits.includes(null) ? null : Math.max(...(waits as number[]))).toBe(step.retryMs);
      if (shadow) taken = counter.reserve(windows, step.reserve, now, true);
    }
    if (taken) kept.set(step.as!, taken);
  } else if (step.settle) counter.settle(windows, kept.get(step.settle)!, step.real!, now);
  else counter.settle(windows, kept.get(step.release!)!, { requests: 0 }, now);
}
