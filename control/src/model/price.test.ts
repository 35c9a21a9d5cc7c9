// What requests cost, by hand.
import { expect, test } from "vitest";
import { costNanoUsd, picoUsd, type Price } from "./price.ts";

const price: Price = {
  picoUsd: { input: picoUsd("3"), output: picoUsd("15"), cacheRead: picoUsd("0.3"), cacheWrite: picoUsd("3.75") },
  tiers: [{ aboveInputTokens: 200_000, picoUsd: { input: picoUsd("6"), output: picoUsd("22.5") } }],
};

test("a price of USD per million tokens is whole pico-dollars a token", () => {
  expect(["2", "0.0375", "0.000001", "9999999.999999"].map(picoUsd)).toEqual([2e6, 37_500, 1, 9_999_999_999_999]);
});

test.each(["", "-1", "1e3", "0.0000001", ".5", "1,5", "Infinity", "12345678"])("%j is no price", (text) => {
  expect(picoUsd(text)).toBeNaN();
});

test("each kind is paid once, at its own price", () => {
  const counts = { input: 1_000_000, cacheRead: 400_000, cacheWrite: 100_000, output: 10_000 };
  const tierless = { ...price, tiers: [] };
  // 0.5 × 3 + 0.4 × 0.3 + 0.1 × 3.75 + 0.01 × 15
  expect(costNanoUsd(tierless, counts)).toBe(2_145_000_000n);
});

test("a kind without a price of its own costs what the kind costs that holds it", () => {
  const plain: Price = { picoUsd: { input: picoUsd("1"), output: picoUsd("4") }, tiers: [] };
  const counts = { input: 100, cacheRead: 50, cacheWrite: 20, cacheWriteHour: 20, audioInput: 30, output: 10 };
  expect(costNanoUsd(plain, { ...counts, reasoning: 4, audioOutput: 6 })).toBe(140_000n);
});

test("an hour in the cache has a price of its own", () => {
  const hour: Price = { picoUsd: { ...price.picoUsd, cacheWriteHour: picoUsd("6") }, tiers: [] };
  expect(costNanoUsd(hour, { input: 100, cacheWrite: 100, cacheWriteHour: 40 })).toBe(60n * 3750n + 40n * 6000n);
});

test("a long prompt's price holds for the whole request, from one token above on", () => {
  expect(costNanoUsd(price, { input: 200_000, output: 100 })).toBe(601_500_000n);
  expect(costNanoUsd(price, { input: 200_001, output: 100 })).toBe(1_202_256_000n);
});

test("parts that are larger than the whole make nothing negative", () => {
  expect(costNanoUsd(price, { input: 10, cacheRead: 1000, output: 0, reasoning: 5 })).toBe(3000n);
});

test("the sum is rounded once, half up", () => {
  const fine: Price = { picoUsd: { input: 37_500, output: 1 }, tiers: [] };
  expect(costNanoUsd(fine, { input: 1, output: 0 })).toBe(38n);
  expect(costNanoUsd(fine, { input: 2, output: 499 })).toBe(75n);
  expect(costNanoUsd(fine, { input: 2, output: 500 })).toBe(76n);
});

test("absurd counts are as exact as others", () => {
  expect(costNanoUsd(price, { input: 2 ** 40, output: 2 ** 40 })).toBe((BigInt(2 ** 40) * 28_500_000n) / 1000n);
});
