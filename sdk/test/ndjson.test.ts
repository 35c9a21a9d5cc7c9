// NDJSON: streams under every cut into two chunks and every byte alone, against a plain splitting of the whole text.
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("ndjson");
});

const random = seededRandom("ndjson");
const lineBytesMax = 1 << 20;
const tooLarge = 7;

/** All lines of the chunks, the last one at the end of the stream included. */
function split(chunks: Uint8Array[], max = lineBytesMax): string[] {
  const lines: string[] = [];
  harness.number("open", max);
  for (const chunk of chunks) {
    harness.number("push", chunk);
    while (harness.number("next")) lines.push(harness.text("current")!);
  }
  if (harness.number("finish")) lines.push(harness.text("current")!);
  return lines;
}

/** The lines as they should be; what follows the last line feed counts only where it says something. */
function reference(stream: string): string[] {
  const lines = stream.split("\n").map((line) => line.replace(/\r$/, ""));
  const told = lines.map((line) => (/^[ \t]*$/.test(line) ? "" : line));
  return told.at(-1) === "" ? told.slice(0, -1) : told;
}

const corpus: Record<string, string> = {
  nothing: "",
  "one line": '{"a":1}\n',
  "two lines": '{"a":1}\n{"b":"é🌊"}\n',
  "no line feed at the end": '{"a":1}\n{"b":2}',
  "carriage returns": '{"a":1}\r\n\r\n{"b":2}\r',
  "carriage returns inside": '{"a":1}\r{"b":2}\n',
  "blank lines": '\n\n{"a":1}\n  \t\n\n{"b":2}\n\n  ',
  "escaped line feeds": '{"a":"x\\ny"}\n',
  "separators that are text": '{"a":"\u2028\u2029\u0085"}\n',
  "no JSON": "}{\n\0\n",
  "long lines": `"${"x".repeat(70)}"\n"${"y".repeat(33)}"\n`,
};

describe.each(Object.entries(corpus))("%s", (_name, text) => {
  const bytes = Buffer.from(text);
  const expected = reference(text);

  test("whole", () => {
    expect(split([bytes])).toEqual(expected);
  });

  test("each byte alone", () => {
    expect(split(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  test("every cut in two", () => {
    for (let cut = 0; cut <= bytes.length; ++cut) {
      expect(split([bytes.subarray(0, cut), bytes.subarray(cut)]), `cut at ${cut}`).toEqual(expected);
    }
  });
});

test("random streams under random cuts", () => {
  const pieces = ['{"a":1}', "x", "é", " ", "\n", "\n", "\r\n", "\r", "\n\n", "y".repeat(20)];
  for (let round = 0; round < 3000; ++round) {
    const text = Array.from({ length: random.below(30) }, () => random.of(pieces)).join("");
    const bytes = Buffer.from(text);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = 1 + random.below(12);
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    expect(split(chunks), JSON.stringify(text)).toEqual(reference(text));
  }
});

describe("chunks and copies", () => {
  test("lines that lie whole in a chunk are views of it, also behind one that does not", () => {
    harness.number("open", lineBytesMax);
    harness.number("push", '{"fir');
    expect(harness.number("next")).toBe(0);
    const chunk = harness.buffer(Buffer.from('st":1}\n{"second":2}\n{"thi'));
    harness.number("push", chunk);
    expect([harness.number("next"), harness.number("isViewOf", chunk)]).toEqual([1, 0]);
    expect(harness.text("current")).toBe('{"first":1}');
    expect([harness.number("next"), harness.number("isViewOf", chunk)]).toEqual([1, 1]);
    expect(harness.text("current")).toBe('{"second":2}');
    expect(harness.number("next")).toBe(0);
  });

  test("chunks pushed before the first is read are all read", () => {
    harness.number("open", lineBytesMax);
    for (const chunk of ["1\n2", "3", "\n", "4\n"]) harness.number("push", chunk);
    const lines: string[] = [];
    while (harness.number("next")) lines.push(harness.text("current")!);
    expect(lines).toEqual(["1", "23", "4"]);
  });

  test("nothing is taken after finish", () => {
    harness.number("open", lineBytesMax);
    harness.number("push", "1");
    harness.number("next");
    expect([harness.number("finish"), harness.text("current")]).toEqual([1, "1"]);
    harness.number("push", "2\n");
    expect([harness.number("next"), harness.number("finish")]).toEqual([0, 0]);
  });
});

describe("the limit of a line", () => {
  const fits = "a".repeat(32);

  test.each([
    ["with a line feed", `${fits}\n`, [fits], 0],
    ["with both", `${fits}\r\n`, [fits], 0],
    ["at the end", fits, [fits], 0],
    ["one more, with a line feed", `1\n${fits}b\n2\n`, ["1"], tooLarge],
    ["one more, with both", `1\n${fits}b\r\n2\n`, ["1"], tooLarge],
    ["one more, at the end", `1\n${fits}b`, ["1"], tooLarge],
  ])("%s is the same under every cut", (_name, stream, lines, fault) => {
    const bytes = Buffer.from(stream);
    for (let cut = 0; cut <= bytes.length; ++cut) {
      expect(split([bytes.subarray(0, cut), bytes.subarray(cut)], 32), `cut at ${cut}`).toEqual(lines);
      expect(harness.number("faultCode")).toBe(fault);
    }
  });

  test("holds for a line that never ends: memory stays bounded", () => {
    harness.number("open", 1000);
    harness.collect();
    const before = harness.memorySize;
    for (let i = 0; i < 100_000; ++i) {
      harness.number("push", "x".repeat(100));
      harness.number("next");
      if (i % 10_000 === 0) harness.collect();
    }
    expect(harness.number("faultCode")).toBe(tooLarge);
    expect(harness.memorySize - before).toBeLessThan(64 << 20);
  });
});

test("a stream of any length leaves the memory flat", () => {
  const stream = '{"message":{"content":"hello"},"done":false}\n'.repeat(50);
  harness.number("splitTimes", stream, 1000);
  harness.collect();
  const before = harness.memorySize;
  for (let round = 0; round < 20; ++round) {
    harness.number("splitTimes", stream, 1000);
    harness.collect();
  }
  expect(harness.memorySize).toBe(before);
});
