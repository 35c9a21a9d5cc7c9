// Regular expressions: a table, JavaScript's RegExp as the reference on what both know, and patterns meant to hurt.
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { type Random, seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("regex");
});

const random = seededRandom("regex");
const code = { utf8: 3, deep: 6, large: 7, pattern: 9, unsupported: 13 };

/** The spans of the match and of its groups, or null; −1 where a group took no part. */
function match(pattern: string, input: string | Uint8Array): number[][] | null {
  expect(harness.number("compile", pattern), pattern).toBe(0);
  const groups = harness.number("match", input);
  if (groups < 0) return null;
  return Array.from({ length: groups + 1 }, (_, group) => [
    harness.number("start", group),
    harness.number("end", group),
  ]);
}

/** The matched texts, as RegExp gives them. */
function texts(pattern: string, input: string): (string | undefined)[] | null {
  const bytes = Buffer.from(input);
  return (
    match(pattern, input)?.map(([from, to]) => (from! < 0 ? undefined : bytes.subarray(from, to).toString())) ?? null
  );
}

describe("matching", () => {
  test.each<[string, string, (string | undefined)[] | null]>([
    ["", "abc", [""]],
    ["b", "abc", ["b"]],
    ["^b", "abc", null],
    ["c$", "abc", ["c"]],
    ["^$", "", [""]],
    ["a|ab", "ab", ["a"]],
    ["ab|a", "ab", ["ab"]],
    ["(a|ab)(c|bcd)(d*)", "abcd", ["abcd", "a", "bcd", ""]],
    ["a*?b", "aab", ["aab"]],
    ["<.+?>", "<a><b>", ["<a>"]],
    ["<.+>", "<a><b>", ["<a><b>"]],
    ["a{2}", "aaa", ["aa"]],
    ["a{2,}", "aaaa", ["aaaa"]],
    ["a{0,2}?b", "aab", ["aab"]],
    ["a{,2}", "a{,2}", ["a{,2}"]],
    ["a{", "a{", ["a{"]],
    ["x{2}y{0}z", "xxz", ["xxz"]],
    ["[a-c]+", "xxabcd", ["abc"]],
    ["[^a-c]+", "abxyc", ["xy"]],
    ["[]a]+", "x]a]", ["]a]"]],
    ["[^]a]", "]ab", ["b"]],
    ["[a-]+", "b-a-", ["-a-"]],
    ["[\\]\\-\\\\]+", "a]-\\", ["]-\\"]],
    ["[\\d.]+", "v4.1-x", ["4.1"]],
    ["[^\\D5]+", "456", ["4"]],
    ["\\d+\\s\\w+", "x 42 \t43 a_1-", ["43 a_1"]],
    ["\\D\\S\\W", "1ab-", ["ab-"]],
    ["\\bfoo\\b", "afoo foo", ["foo"]],
    ["\\Boo", "oo foo", ["oo"]],
    ["(?i)GPT-é", "my gpt-é", ["gpt-é"]],
    ["(?i)[A-C]+", "xaBc", ["aBc"]],
    ["a(?i)b|c", "AB aB C", ["aB"]],
    ["a(?i:B)c", "abC abc", ["abc"]],
    ["(?s).+", "a\nb", ["a\nb"]],
    [".+", "a\nb", ["a"]],
    ["(?m)^b$", "a\nb\nc", ["b"]],
    ["(?-s).", "\na", ["a"]],
    ["(?P<name>a)(?<other>b)", "ab", ["ab", "a", "b"]],
    ["(a)|(b)", "b", ["b", undefined, "b"]],
    ["(a)?b", "b", ["b", undefined]],
    ["(?:a(b))+", "abab", ["abab", "b"]],
    ["日+|é", "x日日é", ["日日"]],
    ["[а-я]+", "Xпривет", ["привет"]],
    ["^.$", "😀", ["😀"]],
    ["\\x41\\x{1F600}", "A😀", ["A😀"]],
    ["\\.\\*\\$\\{\\}\\/", ".*${}/", [".*${}/"]],
    ["\\Aa\\z", "a", ["a"]],
    ["\\t\\n\\r\\f\\v\\a", "\t\n\r\f\v\u0007", ["\t\n\r\f\v\u0007"]],
    ["(|a)*b", "aab", ["aab", "a"]],
    ["(a*)*b", "b", ["b", ""]],
    ["(a*)+$", "aaab", ["", ""]],
    ["^(o\\d)$", "o3", ["o3", "o3"]],
    ["^(?:gpt|o)-?(\\d)", "gpt-4o", ["gpt-4", "4"]],
  ])("%j on %j", (pattern, input, expected) => {
    expect(texts(pattern, input)).toEqual(expected);
  });

  test("malformed input is read as U+FFFD", () => {
    expect(match("^a.b$", Buffer.from([0x61, 0xff, 0x62]))).toEqual([[0, 3]]);
    expect(match("\uFFFD+", Buffer.from([0x61, 0xe2, 0x82, 0x80, 0xc3]))?.length).toBe(1);
  });
});

describe("patterns that are refused", () => {
  test.each([
    ["(", code.pattern],
    [")", code.pattern],
    ["a)", code.pattern],
    ["(a", code.pattern],
    ["[a", code.pattern],
    ["[", code.pattern],
    ["[]", code.pattern],
    ["[b-a]", code.pattern],
    ["[a-\\d]", code.pattern],
    ["*", code.pattern],
    ["+a", code.pattern],
    ["a|?", code.pattern],
    ["(*)", code.pattern],
    ["a**", code.pattern],
    ["a+{2}", code.pattern],
    ["a{3,2}", code.pattern],
    ["a{1001}", code.large],
    ["\\", code.pattern],
    ["\\x4", code.pattern],
    ["\\x{110000}", code.pattern],
    ["(?=a)", code.unsupported],
    ["(?!a)", code.unsupported],
    ["(?<=a)", code.unsupported],
    ["(?<!a)", code.unsupported],
    ["(a)\\1", code.unsupported],
    ["\\p{L}", code.unsupported],
    ["[[:alpha:]]", code.unsupported],
    ["(?x)a", code.unsupported],
    ["(?i", code.pattern],
    ["(((a{100}){100}){100})", code.large],
    ["a{1000}b{1000}c", code.large],
    ["(?:".repeat(100) + ")".repeat(100), code.deep],
    ["(a)".repeat(33), code.large],
    ["|".repeat(100_000), code.large],
    ["a".repeat(1_000_000), code.large],
    [Buffer.from([0x61, 0xff]), code.utf8],
  ])("%j", (pattern, expected) => {
    expect(harness.number("compile", pattern)).toBe(expected);
    expect(harness.number("faultAt")).toBeGreaterThanOrEqual(0);
    expect(harness.number("match", "a")).toBe(-1);
  });
});

/** A random pattern of what RE2 and JavaScript read alike: no repeated empty matches, no groups in repetitions. */
function randomPattern(source: Random, depth: number): string {
  const atom = () => source.of(["a", "b", "c", ".", "[ab]", "[^a]", "\\w", "\\d", "é", "\\.", "(?:ab|c)", "[b-d]"]);
  const repeated = () => atom() + source.of(["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{1,}?"]);
  const sequence = () => Array.from({ length: 1 + source.below(4) }, repeated).join("");
  if (!depth) return sequence();
  const inner = randomPattern(source, depth - 1);
  return source.of([
    `(${inner})`,
    `${inner}|${sequence()}`,
    `(?:${inner})${sequence()}`,
    `^${inner}`,
    `(${inner})$`,
    `\\b${sequence()}(a(?:${inner}))?`,
  ]);
}

test("random patterns match what RegExp matches", () => {
  for (let round = 0; round < 20_000; ++round) {
    const pattern = randomPattern(random, random.below(4));
    const input = Array.from({ length: random.below(12) }, () =>
      random.of(["a", "b", "c", "d", "1", ".", "é", "\n", " "]),
    ).join("");
    const expected = new RegExp(pattern, "u").exec(input);
    expect(texts(pattern, input), `/${pattern}/ on ${JSON.stringify(input)}`).toEqual(expected && [...expected]);
  }
});

test("garbage compiles or is refused, and never traps", () => {
  const alphabet = Buffer.from("()[]{}|*+?.^$\\-,:<>=!Pimsabdwx019é");
  for (let round = 0; round < 50_000; ++round) {
    const compiled = harness.number("compile", random.bytes(random.below(25), random.below(8) ? alphabet : undefined));
    expect([0, ...Object.values(code)]).toContain(compiled);
    harness.number("match", random.bytes(random.below(20), alphabet));
    harness.number("start", random.below(50) - 10);
    harness.bytes("expand", random.bytes(random.below(10), Buffer.from("$${}0123456789a")));
  }
});

describe("time is linear", () => {
  test.each(["(x+x+)+y", "(x*)*y", "(x|x)*y", "(x|xx)+y", "x*x*x*x*x*y", "(.*)(.*)(.*)(.*)(.*)y", "(?:x?){50}x{50}y"])(
    "%s",
    (pattern) => {
      const time = (size: number) => {
        const started = performance.now();
        expect(match(pattern, "x".repeat(size))).toBeNull();
        return performance.now() - started;
      };
      time(2000);
      // Exponential or cubic growth would be far from it; the bound leaves room for a busy machine.
      expect(time(20_000)).toBeLessThan(time(2000) * 40 + 500);
    },
  );
});

describe("expand", () => {
  test.each([
    ["$1-$2", "b-c"],
    ["${1}0", "b0"],
    ["$0$$", "abc$"],
    ["$", "$"],
    ["a$", "a$"],
    ["$x${x}${1", "$x${x}${1"],
    ["$3", ""],
    ["$9$99", ""],
    ["plain", "plain"],
  ])("%j", (template, expected) => {
    expect(match("a(b)(c)(d)?", "xabcx")).not.toBeNull();
    expect(harness.text("expand", template)).toBe(expected);
    expect(harness.text("replace", template)).toBe(`x${expected}x`);
  });
});

describe("from a place on", () => {
  test.each<[string, string, number, number]>([
    ["a", "aba", 1, 2],
    ["a", "aba", 3, -1],
    ["a", "aba", 99, -1],
    ["\\bb", "ab b", 1, 3],
    ["^a", "aa", 1, -1],
    ["(?m)^a", "a\na", 1, 2],
    ["a$", "aa", 1, 1],
  ])("%s in %s from %i", (pattern, input, from, expected) => {
    expect(harness.number("compile", pattern)).toBe(0);
    const groups = harness.number("matchFrom", input, from);
    expect(groups < 0 ? -1 : harness.number("start", 0)).toBe(expected);
  });

  test.each<[string, string, number]>([
    ["abc", "xxab", 2],
    ["abc", "xxaab", 3],
    ["abc", "xxabc", -1],
    ["ab+c", "abbab", 3],
    ["(abc|b)x", "zabc", 1],
    ["[0-9]{3}", "1 12", 2],
    ["abc", "", -1],
    ["ab*", "xab", 1],
  ])("%s may still match behind %s, beginning at %#", (pattern, input, expected) => {
    expect(harness.number("compile", pattern)).toBe(0);
    harness.number("match", input);
    expect(harness.number("openFrom")).toBe(expected);
  });
});
