// UTF-8 against TextDecoder and Buffer: every class of malformed sequence, at every place of a SIMD block.
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("bytes");
});

const random = seededRandom("text");
const replacing = new TextDecoder("utf-8", { ignoreBOM: true });

/** The first malformed sequence's offset: the longest well-formed prefix. */
function firstMalformed(bytes: Uint8Array): number {
  for (let size = 0; size <= bytes.length; ++size) {
    // A prefix that ends inside a sequence decodes in streaming mode: only real damage throws.
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    try {
      decoder.decode(bytes.subarray(0, size), { stream: size < bytes.length });
    } catch {
      return sequenceStart(bytes, size);
    }
  }
  return -1;
}

/** The start of the sequence that went wrong with byte `size - 1`: the end of the longest whole well-formed prefix. */
function sequenceStart(bytes: Uint8Array, size: number): number {
  for (let start = size; start >= 0; --start) if (isValid(bytes.subarray(0, start))) return start;
  return 0;
}

function isValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** What the module makes of the bytes: valid or not, the place of the first damage, the text. */
function read(bytes: Uint8Array): unknown[] {
  return [harness.number("utf8", bytes), harness.number("utf8FaultAt", bytes), harness.text("throughText", bytes)];
}

/** What Node makes of them. */
function expected(bytes: Uint8Array): unknown[] {
  return [Number(isValid(bytes)), firstMalformed(bytes), replacing.decode(bytes)];
}

describe("UTF-8", () => {
  test("all sequences of two bytes, and all second bytes of longer ones", () => {
    for (let first = 0x7f; first < 256; ++first) {
      for (let second = 0; second < 256; second += second > 0x70 && second < 0xc8 ? 1 : 16) {
        const tails = [[], [0x80], [0x80, 0x80], [0xbf, 0xbf], [0x41], [0x80, 0xc3]];
        for (const tail of tails) {
          const bytes = Uint8Array.of(first, second, ...tail);
          expect(harness.number("utf8", bytes), Buffer.from(bytes).toString("hex")).toBe(Number(isValid(bytes)));
          expect(harness.text("throughText", bytes)).toBe(replacing.decode(bytes));
          // The same across the edge of two blocks, where 16 bytes are checked at once.
          const inBlocks = Buffer.concat([Buffer.alloc(15, "a"), bytes, Buffer.alloc(32, "b")]);
          expect(harness.number("utf8", inBlocks), Buffer.from(bytes).toString("hex")).toBe(Number(isValid(inBlocks)));
        }
      }
    }
  });

  test("damage at every place around the blocks' edges", () => {
    const damages = ["80", "c3", "e282", "f09f98", "eda080", "f4908080", "c0af", "e08080", "fe", "ff41", "c3c3a9"];
    for (const filler of ["a", "é", "€", "😀"]) {
      const text = Buffer.from(filler.repeat(80)).subarray(0, filler.length === 1 ? 80 : undefined);
      for (let place = 0; place <= 80; ++place) {
        const bytes = Buffer.concat([
          text.subarray(0, place),
          Buffer.from(damages[place % damages.length]!, "hex"),
          text.subarray(place, 90),
        ]);
        expect(read(bytes), bytes.toString("hex")).toEqual(expected(bytes));
      }
    }
  });

  test("random mixes of good and bad pieces", () => {
    const pieces = ["a", "abcdefghijklmnopqrstuvwxyz", "é", "ſ", "€", "\uFFFF", "😀", "\u{10FFFF}"].map((text) =>
      Buffer.from(text),
    );
    const damage = ["80", "bf", "c3", "e2", "e282", "f0", "f09f", "f09f98", "c080", "f5", "edbfbf"].map((hex) =>
      Buffer.from(hex, "hex"),
    );
    for (let round = 0; round < 3000; ++round) {
      const parts = Array.from({ length: random.below(20) }, () => random.of(random.below(12) ? pieces : damage));
      const bytes = Buffer.concat(parts);
      expect(read(bytes), bytes.toString("hex")).toEqual(expected(bytes));
    }
  });

  test("a lone surrogate of a string becomes U+FFFD", () => {
    for (const text of [
      "\uD800",
      "\uDC00",
      "a\uD83D",
      "\uDE00\uD83D",
      "\uD83D\uD83D\uDE00",
      "x\uD83Dy\uDE00",
      "ok😀",
    ]) {
      expect(harness.bytes("fromUtf16", Buffer.from(text, "utf16le"))).toEqual(Buffer.from(text.toWellFormed()));
    }
  });

  test("ten megabytes", () => {
    const bytes = Buffer.from("日本語 and ASCII 😀 ".repeat(400_000));
    expect(harness.number("utf8", bytes)).toBe(1);
    bytes[bytes.length - 2] = 0xff;
    expect(harness.number("utf8", bytes)).toBe(0);
  });
});
