// Holds the control plane's reading of regular expressions against the plugins' own engine: whatever is accepted here
// has to compile there, and both have to find and expand the same.
import { beforeAll, describe, expect, test } from "vitest";
import { loadHarness, type Harness } from "../../../sdk/test/harness.ts";
import { expandMatch, highestGroup, readModelRegex, RegexProblem } from "./model-regex.ts";

let engine: Harness;
beforeAll(async () => void (engine = await loadHarness("regex")));

const models = [
  "",
  "gpt-4",
  "gpt-4.1-mini",
  "GPT-4",
  "o3",
  "o1-mini",
  "claude-3-5-sonnet",
  "a/b:c",
  "aaaa",
  "a-b",
  "x",
  "é€𝄞",
  "a]b[c{d}",
  "4_4",
];

const accepted = [
  "^gpt-(.*)$",
  "^o(\\d)$",
  "gpt",
  "(?i)^gpt",
  "(?i:gpt)-(4)",
  "^(a|b)+$",
  "a{2,3}",
  "a{2}?",
  "a{2,}",
  "(?:a|)(b?)",
  "[a-z]+-[0-9]",
  "[^a-z]",
  "[\\w.-]+",
  "\\bmini\\b",
  "gpt\\-4",
  "a\\/b\\:c",
  "\\x61+",
  "^$",
  "(a|aa)+$",
  "(?<name>o)(\\d)",
  "(?P<name>o)(\\d)",
  ".",
  "..$",
  "€",
  "a]",
  "\\[c",
  "\\{d\\}",
  "x*?",
  "[\\]\\[]",
  "\\.|_",
  "(())",
  "]b",
  "}",
  "{",
  "a{,2}",
  "[\\-a]+",
  "\\S+",
];
const refused: [string, string][] = [
  ["", "characters"],
  ["(", "without its )"],
  [")", "without its ("],
  ["[a", "without its ]"],
  ["[]a]", "empty class"],
  ["[[:alpha:]]", "[ in a class"],
  ["*a", "repeats nothing"],
  ["a**", "repeats"],
  ["a{1}{2}", "repeats"],
  ["(a*)*", "can be empty"],
  ["(?i:|\\w)+", "can be empty"],
  ["(?:|a){1,3}", "can be empty"],
  ["(?:\\b|a)+", "can be empty"],
  ["(?:^|[^a])*", "can be empty"],
  ["(?=a)", "look-around"],
  ["(?!a)", "look-around"],
  ["(?<=a)b", "look-around"],
  ["(a)\\1", "\\1"],
  ["\\pL", "\\p"],
  ["\\A", "\\A"],
  ["a(?i)b", "flag"],
  ["a{1001}", "1000"],
  ["(((a{50}){50}){50})", "too large"],
  ["(".repeat(40) + ")".repeat(40), "groups"],
  ["(?:".repeat(40) + ")".repeat(40), "deep"],
  ["a\\", "\\"],
  ["[b-a]", "not valid"],
  ["[\\w-a]", "not valid"],
  ["a{3,2}", "not valid"],
  ["x".repeat(513), "512"],
];

describe("readModelRegex()", () => {
  test.each(accepted)("accepts %s, and finds what the plugins find", (pattern) => expectAgreement(pattern));

  test.each(refused)("refuses %.40s: %s", (pattern, reason) => {
    const read = readModelRegex(pattern);
    expect(read).toBeInstanceOf(RegexProblem);
    expect((read as RegexProblem).message).toContain(reason);
  });

  test("never accepts what the plugins refuse", () => {
    const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
    console.log(`seed ${seed}`);
    const random = randomOf(seed);
    const parts = [
      "a",
      "b",
      "-",
      "4",
      ".",
      "(",
      ")",
      "(?:",
      "(?i)",
      "(?i:",
      "[",
      "]",
      "[^",
      "a-z",
      "\\d",
      "\\w",
      "\\b",
      "|",
      "*",
      "+",
      "?",
      "{2}",
      "{1,3}",
      "{2,}",
      "{",
      "}",
      "^",
      "$",
      "\\.",
      "\\-",
      "€",
      "\\",
    ];
    let count = 0;
    for (let i = 0; i < 20_000; i++) {
      const pattern = Array.from(
        { length: 1 + Math.floor(random() * 8) },
        () => parts[Math.floor(random() * parts.length)],
      ).join("");
      if (readModelRegex(pattern) instanceof RegexProblem) continue;
      count++;
      expectAgreement(pattern);
    }
    expect(count).toBeGreaterThan(2000);
  });
});

describe("expandMatch()", () => {
  test("puts groups in place", () => {
    const match = /(o)(\d)(x)?/.exec("o3")!;
    expect(expandMatch("$2-${1}-$0-$3-$$1-$-$x", match)).toBe("3-o-o3--$1-$-$x");
  });

  test("highestGroup() sees both forms, and no escaped dollar", () => {
    expect(highestGroup("$1${12}$$13")).toBe(12);
    expect(highestGroup("plain")).toBe(0);
  });
});

function expectAgreement(pattern: string): void {
  const read = readModelRegex(pattern);
  if (read instanceof RegexProblem) throw new Error(`${pattern} ${read.message}`);
  if (engine.number("compile", pattern) !== 0) throw new Error(`The plugins refuse ${pattern}`);
  for (const model of models) {
    const match = read.regex.exec(model);
    const found = match && expandMatch("<$0|$1|$2>", match);
    const enginesFound = enginesMatch(model);
    if (enginesFound !== found) expect({ pattern, model, found: enginesFound }).toEqual({ pattern, model, found });
  }
}

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function enginesMatch(model: string): string | null {
  return engine.number("match", model) < 0 ? null : engine.text("expand", "<$0|$1|$2>");
}
