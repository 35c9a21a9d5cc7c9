// Slice against Node's own views of the same bytes, ranges outside the buffer included.
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("slice");
});

const random = seededRandom("slice");
const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** What a slice of [start, end) must hold. */
function view(bytes: Uint8Array, start: number, end: number): Buffer {
  const from = clamp(start, 0, bytes.length);
  return Buffer.from(bytes.subarray(from, clamp(end, from, bytes.length)));
}

/** Few letters in both cases and blanks, so that searches hit and miss. */
function randomBytes(): Uint8Array {
  return random.bytes(random.below(50), Buffer.from("abAB \t"));
}

const edges = [-2147483648, -3, -1, 0, 1, 5, 17, 60, 2147483647];

describe("Slice", () => {
  test("clamps every range", () => {
    const bytes = Buffer.from("0123456789abcdefghij");
    for (const start of edges) {
      for (const end of edges) {
        const expected = view(bytes, start, end);
        expect(harness.bytes("bytesOf", bytes, start, end)).toEqual(expected);
        for (const from of edges) {
          expect(harness.bytes("sub", bytes, start, end, from, 7)).toEqual(view(expected, from, 7));
          expect(harness.number("at", bytes, start, end, from)).toBe(expected[from] ?? 0);
        }
      }
    }
  });

  test("searches as Buffer does", () => {
    for (let round = 0; round < 2000; ++round) {
      const bytes = randomBytes();
      const [start, end] = [random.below(4), random.below(60)];
      const slice = view(bytes, start, end);
      const from = random.below(20);
      const needle = random.bytes(random.below(4), Buffer.from("abAB"));
      expect(harness.number("indexOf", bytes, start, end, 0x61, from)).toBe(slice.indexOf(0x61, from));
      expect(harness.number("lastIndexOf", bytes, start, end, 0x61)).toBe(slice.lastIndexOf(0x61));
      // Buffer finds an empty needle behind the end as well: the position is clamped in both.
      expect(harness.number("find", bytes, start, end, needle, from)).toBe(slice.indexOf(needle, from));
    }
  });

  test("compares", () => {
    for (let round = 0; round < 2000; ++round) {
      const bytes = randomBytes();
      const [start, end] = [random.below(4), random.below(60)];
      const slice = view(bytes, start, end).toString();
      const other = random.below(2) ? slice.slice(0, random.below(40)) : slice.slice(random.below(40)).toLowerCase();
      const expected =
        Number(slice === other) |
        (Number(slice.toLowerCase() === other.toLowerCase()) << 1) |
        (Number(slice.startsWith(other)) << 2) |
        (Number(slice.endsWith(other)) << 3);
      expect(harness.number("compare", bytes, start, end, other)).toBe(expected);
    }
  });

  test("finds the one byte that differs, at every place of every length", () => {
    for (let size = 1; size < 40; ++size) {
      for (let place = 0; place < size; ++place) {
        const other = Buffer.alloc(size, "x");
        other[place] = 0x79;
        expect(harness.number("compare", Buffer.alloc(size, "x"), 0, size, other)).toBe(0);
      }
    }
  });

  test("ignores case for ASCII letters alone", () => {
    for (let code = 0; code < 256; ++code) {
      const isLetter = /[a-zA-Z]/.test(String.fromCharCode(code));
      const bits = harness.number("compare", Uint8Array.of(code), 0, 1, Uint8Array.of(code ^ 0x20));
      expect(bits & 2, `byte ${code}`).toBe(isLetter ? 2 : 0);
    }
  });

  test("trims spaces and tabs", () => {
    for (let round = 0; round < 500; ++round) {
      const bytes = randomBytes();
      expect(harness.text("trim", bytes, 0, bytes.length)).toBe(Buffer.from(bytes).toString().trim());
    }
    expect(harness.text("trim", " \n ", 0, 3)).toBe("\n");
  });

  test("gives its own buffer where it covers all of it", () => {
    expect(harness.number("keepsBuffer", "abc", 0, 3)).toBe(1);
    expect(harness.number("keepsBuffer", "abc", 0, 2)).toBe(0);
  });
});
