import { expect, test } from "vitest";
import { VirtualClock } from "./clock.ts";

test("timers run in the order of their times, each at its own, new ones included", () => {
  const clock = new VirtualClock(1000);
  const told: string[] = [];
  const tell = (name: string) => () => told.push(`${name} at ${clock.nowMs}`);
  clock.schedule(20, tell("late"));
  clock.schedule(10, tell("early"));
  clock.schedule(10, tell("also early"));
  clock.schedule(5, () => clock.schedule(1, tell("nested")));
  clock.cancel(clock.schedule(7, tell("cancelled")));
  clock.advance(15);
  expect(told).toEqual(["nested at 1006", "early at 1010", "also early at 1010"]);
  expect(clock.nowNanos).toBe(1_015_000_000n);
});
