// The JSON tape: a table of texts to accept and to refuse, then JSON.parse as the reference over random texts and
// damage.
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { accepted, refused } from "./json-cases.ts";
import { randomText, randomValue } from "./random-json.ts";
import { seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("json");
});

const random = seededRandom("json-tape");
const code = { end: 1, byte: 2, utf8: 3, escape: 4, number: 5, deep: 6, large: 7, trailing: 8 };

/** What JSON.parse makes of the bytes, or undefined where they are no JSON. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function name(text: string | Buffer): string {
  return typeof text === "string" ? text.slice(0, 40) : text.toString("hex").slice(0, 60);
}

/** Lone surrogates, which UTF-8 cannot say, come out as U+FFFD. */
function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed(item)]));
}

describe("scan", () => {
  test.each(accepted.map((text) => [name(text), text] as const))("accepts %j", (_name, text) => {
    const bytes = Buffer.from(text);
    expect(harness.number("scan", bytes)).toBe(0);
    expect(JSON.parse(harness.text("dump")!)).toEqual(wellFormed(parsed(bytes)));
  });

  test.each(refused.map((text) => [name(text), text] as const))("refuses %j", (_name, text) => {
    const bytes = Buffer.from(text);
    expect(harness.number("scan", bytes)).not.toBe(0);
    expect(harness.number("nodeCount")).toBe(0);
    expect(harness.number("faultAt")).toBeGreaterThanOrEqual(0);
    expect(harness.number("faultAt")).toBeLessThanOrEqual(bytes.length);
  });

  test.each([
    ["", code.end, 0],
    ["[1,", code.end, 3],
    ['{"a":tru', code.end, 8],
    ['{"a":trux}', code.byte, 5],
    ["[1 x]", code.byte, 3],
    ['["a\\qb"]', code.escape, 3],
    ["[1.x]", code.number, 3],
    ["[-]", code.number, 2],
    ["[".repeat(129), code.deep, 128],
    ["1 1", code.trailing, 2],
    ['["a\u0001"]', code.byte, 3],
  ])("%j gives code %i at %i", (text, expected, at) => {
    expect([harness.number("scan", text), harness.number("faultAt")]).toEqual([expected, at]);
  });

  test("malformed UTF-8 is found with its place", () => {
    const bytes = Buffer.from('{"a":"xé","b":"y"}');
    bytes[8] = 0x41;
    expect([harness.number("scan", bytes), harness.number("faultAt")]).toEqual([code.utf8, 7]);
  });

  test("random texts read as JSON.parse reads them", () => {
    for (let round = 0; round < 3000; ++round) {
      const value = randomValue(random, 5);
      const text = randomText(random, value);
      expect(harness.number("scan", text), text).toBe(0);
      expect(JSON.parse(harness.text("dump")!), text).toEqual(wellFormed(parsed(Buffer.from(text))));
    }
  });

  test("damaged texts are accepted and refused as JSON.parse does", () => {
    const alphabet = Buffer.from('{}[]",:\\ tfn0-1.eEu\u0000\u001f\u007f\u0080\u00c3', "latin1");
    for (let round = 0; round < 20_000; ++round) {
      const bytes = Buffer.from(randomText(random, randomValue(random, 3)));
      for (let i = random.below(3); i >= 0 && bytes.length; --i)
        bytes[random.below(bytes.length)] = random.of([...alphabet]);
      const cut = bytes.subarray(0, random.below(4) ? bytes.length : random.below(bytes.length + 1));
      expect(harness.number("scan", cut) === 0, cut.toString("latin1")).toBe(parsed(cut) !== undefined);
    }
  });

  test("garbage never traps", () => {
    const alphabet = Buffer.from('{}[]",:\\ \ntfn01-+.eEu/', "latin1");
    for (let round = 0; round < 20_000; ++round) {
      const bytes = random.bytes(random.below(60), random.below(4) ? alphabet : undefined);
      expect(harness.number("scan", bytes) === 0).toBe(parsed(bytes) !== undefined);
      harness.number("probe", random.below(20) - 3);
    }
  });

  test("every accessor accepts nodes that do not exist", () => {
    for (const text of ["{}", '{"k":{"k":[1,"a"]}}', "nope"]) {
      harness.number("scan", text);
      for (const node of [-2147483648, -1, 0, 1, 2, 3, 4, 5, 1000, 2147483647]) {
        expect(() => harness.number("probe", node), `${text} ${node}`).not.toThrow();
      }
    }
  });
});

describe("sizes", () => {
  test("a string of ten megabytes, plain and all escapes", () => {
    for (const text of [`"${"a".repeat(10_000_000)}"`, `"${"\\n".repeat(5_000_000)}"`, `"${"日".repeat(3_000_000)}"`]) {
      expect(harness.number("scan", text)).toBe(0);
      expect(harness.text("dump") === text).toBe(true);
    }
    expect(harness.number("scan", `"${"a".repeat(10_000_000)}`)).toBe(code.end);
  });

  test("more values than a tape records", () => {
    const text = `[${"1,".repeat(1_100_000)}1]`;
    expect(harness.number("scan", text)).toBe(code.large);
    harness.number("recordTo", 0);
    expect(harness.number("scan", text)).toBe(0);
    harness.number("recordTo", 128);
  });

  test("below the recorded depth values are checked, and containers look empty", () => {
    harness.number("recordTo", 1);
    expect(harness.number("scan", '{"a":[1,{"x":2}],"b":{"c":{}},"d":"e"}')).toBe(0);
    expect(harness.number("nodeCount")).toBe(4);
    expect(harness.text("dump")).toBe('{"a":[],"b":{},"d":"e"}');
    expect(harness.number("scan", '{"a":[1,{"x":2]]}')).toBe(code.byte);
    expect(harness.number("scan", '{"a":[1,{"x":2,}],"b":1}')).toBe(code.byte);
    harness.number("recordTo", 128);
  });

  test("the memory stays flat over 200,000 scans", () => {
    const body = JSON.stringify({
      messages: Array.from({ length: 40 }, (_, i) => ({ role: "user", content: `${i} ${"word ".repeat(80)}` })),
    });
    harness.number("scanTimes", body, 1000);
    harness.collect();
    const before = harness.memorySize;
    for (let round = 0; round < 20; ++round) {
      harness.number("scanTimes", body, 10_000);
      harness.collect();
    }
    expect(harness.memorySize).toBe(before);
  });
});

describe("reading values", () => {
  test("the last of duplicate keys counts, however they are escaped", () => {
    harness.number("scan", '{"a":1,"\\u0061":2,"b":3}');
    expect(harness.number("numberOf", "a")).toBe(2);
    harness.number("scan", '{"\\u0061":1,"a":2.5}');
    expect(harness.number("numberOf", "a")).toBe(2.5);
  });

  test("values of members have keys, values in arrays have none", () => {
    harness.number("scan", '{ "k\\n" : [1,{"x":2}],"y":3}');
    const nodes = [0, 1, 2, 3, 4, 5];
    expect(nodes.map((node) => harness.text("keyOf", node))).toEqual(["", "k\\n", "", "", "x", "y"]);
    expect(nodes.map((node) => harness.number("memberStart", node))).toEqual([0, 2, 11, 13, 14, 22]);
  });

  test.each([
    ["1.9", 1n],
    ["-1.9", -1n],
    ["1e3", 1000n],
    ["1e30", 2n ** 63n - 1n],
    ["-1e30", -(2n ** 63n)],
    ["9007199254740993", 9007199254740993n],
    ['"5"', 0n],
    ["null", 0n],
  ])("the integer of %s", (text, expected) => {
    harness.number("scan", `{"k":${text}}`);
    expect(harness.bigint("integerOf", "k")).toBe(expected);
  });
});

test("JsonWriter writes what JSON.stringify writes", () => {
  for (let round = 0; round < 3000; ++round) {
    const value = wellFormed(randomValue(random, 5));
    harness.number("scan", randomText(random, value));
    expect(JSON.parse(harness.text("rewrite")!)).toEqual(value);
    expect(harness.text("rewrite")!.length).toBe(JSON.stringify(value).length);
  }
});

describe("jsonString", () => {
  test("writes what JSON.stringify writes", () => {
    const every = Array.from({ length: 0x800 }, (_, code) => String.fromCharCode(code)).join("") + "\u2028\uFFFF😀";
    expect(harness.text("quote", every)).toBe(JSON.stringify(every));
    for (let size = 0; size < 40; ++size) {
      for (const special of ['"', "\\", "\n", "\u0001", "é", "😀"]) {
        const text = "a".repeat(size) + special + "b".repeat(20);
        expect(harness.text("quote", text)).toBe(JSON.stringify(text));
      }
    }
  });

  test("malformed UTF-8 becomes U+FFFD", () => {
    for (let round = 0; round < 2000; ++round) {
      const bytes = random.bytes(
        random.below(40),
        Buffer.from('a"\\\n\u0080\u00c3\u00a9\u00e2\u0082\u00f0\u009f\u00ed\u00ff', "latin1"),
      );
      expect(harness.text("quote", bytes)).toBe(
        JSON.stringify(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)),
      );
    }
  });
});
