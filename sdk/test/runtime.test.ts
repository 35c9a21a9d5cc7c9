// The runtime: what can be reached keeps its bytes through any mix of growing, dropping and collecting; what cannot
// gives its memory back.
import { beforeEach, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { seededRandom } from "./random.ts";

let harness: Harness;
beforeEach(async () => {
  harness = await loadHarness("runtime");
});

const random = seededRandom("runtime");
const placeCount = 64;
const anySize = () =>
  [random.below(40), random.below(700), random.below(5000), random.below(100_000)][random.below(4)]!;

function act(sizes: Map<number, number>): void {
  const place = random.below(placeCount);
  const size = anySize();
  const kind = random.below(6);
  if (kind <= 1) {
    harness.number("make", place, size, 1 + random.below(255));
    sizes.set(place, size);
  } else if (kind === 2) {
    harness.number("drop", place);
    sizes.delete(place);
  } else if (kind === 3) harness.number("link", place, random.below(placeCount));
  else if (kind === 4) {
    harness.number("resize", place, size);
    if (sizes.has(place)) sizes.set(place, size);
  } else {
    harness.number("push", place);
    if (sizes.has(place)) sizes.set(place, sizes.get(place)! + 1);
  }
}

test("nothing that can be reached is damaged", () => {
  const sizes = new Map<number, number>();
  for (let round = 0; round < 400; ++round) {
    for (let i = 0; i < 30; ++i) act(sizes);
    if (random.below(3) === 0) harness.collect();
    expect(harness.number("damage")).toBe(0);
  }
  for (let place = 0; place < placeCount; ++place) {
    expect(harness.number("lengthOf", place)).toBe(sizes.get(place) ?? -1);
  }
});

test.each([0, 16, 100, 496, 512, 513, 5000, 100_000])("objects of %i bytes give their memory back", (size) => {
  const fill = () => {
    for (let i = 0; i < 40_000_000 / (size + 400); ++i) {
      harness.number("make", 1, size, 7);
      if (harness.number("grown") > 1 << 20) harness.collect();
    }
  };
  fill();
  const before = harness.memorySize;
  fill();
  expect(harness.memorySize).toBe(before);
  expect(before).toBeLessThan(8 << 20);
});

test("what is alive is counted, and what was given out since", () => {
  harness.collect();
  const before = harness.number("alive");
  harness.number("make", 3, 4000, 1);
  expect(harness.number("grown")).toBeGreaterThanOrEqual(4000);
  harness.collect();
  expect(harness.number("grown")).toBe(0);
  const made = harness.number("alive") - before;
  expect(made).toBeGreaterThanOrEqual(4000);
  expect(made).toBeLessThan(4200);
});

test("a list that grows does not leave its former memory behind until the next collection", () => {
  harness.number("make", 1, 1000, 1);
  for (let size = 2000; size < 4_000_000; size += 100_000) harness.number("resize", 1, size);
  expect(harness.memorySize).toBeLessThan(16 << 20);
  expect(harness.number("damage")).toBe(0);
});
