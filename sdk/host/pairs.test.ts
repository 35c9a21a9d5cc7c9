import { expect, test } from "vitest";
import { decodePairs, encodePairs, type Pairs } from "./pairs.ts";
import { SeededRandom } from "./random.ts";

const seed = Number(process.env["SEED"] ?? 7);

function anyText(random: SeededRandom): string {
  return Buffer.from(random.bytes(random.next() % 20)).toString("latin1");
}

test(`what is encoded is decoded (seed ${seed})`, () => {
  const random = new SeededRandom(seed);
  for (let i = 0; i < 500; i++) {
    const pairs: Pairs = Array.from({ length: random.next() % 12 }, () => [anyText(random), anyText(random)]);
    expect(decodePairs(encodePairs(pairs))).toEqual(pairs);
  }
});

test(`damaged bytes never throw, and give pairs or none (seed ${seed})`, () => {
  const random = new SeededRandom(seed);
  const good = encodePairs([
    [":path", "/one"],
    ["x-header", "value"],
  ]);
  for (let i = 0; i < 2000; i++) {
    const bytes = Buffer.from(good.subarray(0, random.next() % (good.length + 1)));
    if (bytes.length) bytes[random.next() % bytes.length] = random.next() & 255;
    for (const pair of decodePairs(bytes)) expect(pair).toHaveLength(2);
  }
});

test("more pairs than Envoy reads are none", () => {
  const many: Pairs = Array.from({ length: 1025 }, () => ["a", "b"]);
  expect(decodePairs(encodePairs(many))).toEqual([]);
  expect(decodePairs(encodePairs(many.slice(1)))).toHaveLength(1024);
});
