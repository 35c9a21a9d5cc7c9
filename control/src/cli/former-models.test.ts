import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Model } from "../model/model.ts";
import { readCase } from "../xds/test/golden-case.ts";
import { FormerModels } from "./former-models.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const models = Object.fromEntries(
  ["a", "b", "c"].map((name) => [name, readCase(`{ targets: [{ name: ${name} }], routes: [] }`)]),
) as Record<"a" | "b" | "c", Model>;

test("a model is kept for its time, and then it is told that it is over", () => {
  const onOver = vi.fn();
  const former = new FormerModels({ keptMs: 1000, onOver });
  expect(former.add(models.a, models.b)).toEqual([models.a]);
  vi.advanceTimersByTime(600);
  expect(former.add(models.b, models.c)).toEqual([models.b, models.a]);
  vi.advanceTimersByTime(401);
  expect(onOver).toHaveBeenCalledTimes(1);
  expect(former.current()).toEqual([models.b]);
  vi.advanceTimersByTime(600);
  expect(onOver).toHaveBeenCalledTimes(2);
  expect(former.current()).toEqual([]);
  former.close();
  expect(vi.getTimerCount()).toBe(0);
});

test("what changes back and forth is kept once, and what nobody lacks is not", () => {
  const former = new FormerModels({ keptMs: 1000, onOver: () => {} });
  for (let round = 0; round < 50; round++) {
    expect(former.add(models.a, models.b)).toEqual([models.a]);
    expect(former.add(models.b, models.a)).toEqual([models.b]);
  }
  expect(former.add(models.a, models.a)).toEqual([models.b]);
  former.close();
});
