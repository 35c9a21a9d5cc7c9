// Numbers against JavaScript's own reading and writing, the hard cases of rounding included.
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { type Random, seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("bytes");
});

const random = seededRandom("number");

function randomBits(source: Random): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, source.below(2 ** 32));
  view.setUint32(4, source.below(2 ** 32));
  return view.getFloat64(0);
}

function digits(source: Random, count: number): string {
  return Array.from({ length: count }, () => source.below(10)).join("");
}

describe("reading a number", () => {
  test.each([
    ["the largest", "1.7976931348623157e308"],
    ["just under the overflow", "1.7976931348623158079372897140530341507993413271003782693617377898044e308"],
    [
      "the overflow",
      "1.797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775872070963302864166928879109465555478519404026306574886715058206819089020007083836762738548458177115317644757302700698555713669596228429148198608349364752927190741684443655107043427115596995080930428801779041744978e308",
    ],
    ["the smallest normal", "2.2250738585072014e-308"],
    ["the largest subnormal", "2.2250738585072011e-308"],
    ["the smallest", "4.9e-324"],
    ["half of the smallest", "2.4703282292062327208299439634110764623796e-324"],
    ["a little more than half of the smallest", "2.4703282292062327208299439634110764623797e-324"],
    ["halfway, to even below", "9007199254740993"],
    ["halfway and a little more", "9007199254740993.00000000000000000000000000000000000000000000000000001"],
    ["halfway, to even above", "9007199254740995"],
    ["many zeros", `0.${"0".repeat(400)}1e400`],
    ["many digits", `1${"0".repeat(1000)}e-1000`],
    ["a digit behind the kept ones", `9007199254740993.${"0".repeat(1200)}1`],
    ["a huge exponent", "1e99999999999999999999"],
    ["a huge negative exponent", "1e-99999999999999999999"],
    ["zero with a huge exponent", "0e99999999999999999999"],
    ["minus zero", "-0"],
    ["an integer past 64 bits", "18446744073709551616"],
  ])("%s", (_name, text) => {
    expect(harness.number("number", text)).toBe(Number(text));
  });

  test("random numbers of every size, as written and with their digits drawn out", () => {
    for (let round = 0; round < 20_000; ++round) {
      const value = randomBits(random);
      if (!Number.isFinite(value)) continue;
      const text = random.below(2) ? String(value) : value.toExponential(random.below(25));
      expect(harness.number("number", text), text).toBe(Number(text));
    }
  });

  test("random digits", () => {
    for (let round = 0; round < 20_000; ++round) {
      const text = `${1 + random.below(9)}${digits(random, random.below(30))}.${digits(random, 1 + random.below(30))}e${random.below(680) - 360}`;
      expect(harness.number("number", text), text).toBe(Number(text));
    }
  });

  test("points exactly between two neighbours go to the even one", () => {
    for (let round = 0; round < 300; ++round) {
      // Odd integers of 54 bits lie between two f64.
      const text = String(2n ** 53n + BigInt(random.below(2 ** 32)) * 2n + 1n);
      expect(harness.number("number", text), text).toBe(Number(text));
      expect(harness.number("number", `${text}.${"0".repeat(30)}1`)).toBe(Number(`${text}.${"0".repeat(30)}1`));
    }
  });

  test.each(["", "-", ".", "e5", "1e", "1e+", "1x", "x", "--1", "1..2", "1.5.", " 1", "Infinity", "0x10"])(
    "%j is none",
    (text) => {
      expect(harness.number("number", text)).toBeNaN();
    },
  );
});

describe("writing a number", () => {
  test("reads back the same, and is as short as JavaScript's", () => {
    for (let round = 0; round < 20_000; ++round) {
      const value = random.below(3) ? randomBits(random) : (random.below(2 ** 32) - 2 ** 31) / 10 ** random.below(9);
      const text = harness.text("fromNumber", value)!;
      const expected = Number.isFinite(value) ? String(value) : "null";
      expect([Number(text), text.length], text).toEqual([Number(expected), expected.length]);
    }
  });

  test.each([
    0, -0, 1, -1, 0.1, 1.5, 1e21, 123456789012345680000, 1e-7, 0.000001, 5e-324, 1.7976931348623157e308, 100, 0.7,
  ])("%d", (value) => {
    expect(harness.text("fromNumber", value)).toBe(JSON.stringify(value));
  });

  test.each([0n, 1n, -1n, 9n, 10n, -10n, 99999n, 2n ** 63n - 1n, -(2n ** 63n)])("the integer %d", (value) => {
    expect(harness.text("fromInteger", value)).toBe(`${value},${BigInt.asUintN(64, value)}`);
  });
});

describe("reading an integer", () => {
  test.each([
    ["0", 0n],
    ["-0", 0n],
    ["007", 7n],
    ["-12", -12n],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["9223372036854775808", 2n ** 63n - 1n],
    ["-9223372036854775808", -(2n ** 63n)],
    ["-9223372036854775809", -(2n ** 63n)],
    ["99999999999999999999999999", 2n ** 63n - 1n],
  ])("%s", (text, expected) => {
    expect(harness.bigint("integer", text)).toBe(expected);
    expect(harness.number("integerIsValid", text)).toBe(1);
  });

  test.each(["", "-", "+1", "1.0", "1e3", " 1", "1 ", "--1", "a", "1-"])("%j is none", (text) => {
    expect(harness.number("integerIsValid", text)).toBe(0);
    expect(harness.bigint("integer", text)).toBe(-1n);
  });
});
