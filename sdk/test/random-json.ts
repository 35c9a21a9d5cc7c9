// Random JSON values and texts for property tests.
import type { Random } from "./random.ts";

const strings = [
  "",
  "a",
  "model",
  "é",
  "日本",
  "😀",
  "\n",
  '"',
  "\\",
  "\u0000",
  "\u001F",
  "\u007F",
  "\u2028",
  "x".repeat(17),
  "</script>",
  "\uD800",
];

/** A random value, nested at most `depth` deep. */
export function randomValue(random: Random, depth: number): unknown {
  switch (random.below(depth > 0 ? 8 : 6)) {
    case 0:
      return null;
    case 1:
      return random.below(2) === 1;
    case 2:
      return random.below(2 ** 31) - 2 ** 30;
    case 3:
      return (random.below(2 ** 31) - 2 ** 30) / 2 ** random.below(60);
    case 4:
    case 5:
      return randomString(random);
    case 6:
      return Array.from({ length: random.below(5) }, () => randomValue(random, depth - 1));
    default:
      return randomObject(random, depth);
  }
}

/** A random object, nested at most `depth` deep. */
export function randomObject(random: Random, depth: number): Record<string, unknown> {
  const entries = Array.from({ length: random.below(5) }, () => [randomKey(random), randomValue(random, depth - 1)]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/**
 * As `randomString`, without backslashes: Node 24.9's JSON.parse, the reference here, reads the key "\\u0061" as a
 * backslash once it has seen an object of the same shape with a lone backslash as key.
 */
export function randomKey(random: Random): string {
  return randomString(random).replaceAll("\\", "/");
}

/** One or several pieces, some of which need escapes. */
export function randomString(random: Random): string {
  return Array.from({ length: random.below(4) }, () => random.of(strings)).join("");
}

/** `value` as JSON, with random blanks between tokens and random escapes in strings. */
export function randomText(random: Random, value: unknown): string {
  const blank = () => random.of(["", "", "", " ", "\n", "\t", "\r\n", " ".repeat(random.below(40))]);
  const write = (item: unknown): string => {
    if (typeof item === "string") return randomQuoted(random, item);
    if (Array.isArray(item)) return `[${blank()}${item.map(write).join(`${blank()},${blank()}`)}${blank()}]`;
    if (item === null || typeof item !== "object") return JSON.stringify(item);
    const members = Object.entries(item).map(([key, member]) => `${write(key)}${blank()}:${blank()}${write(member)}`);
    return `{${blank()}${members.join(`${blank()},${blank()}`)}${blank()}}`;
  };
  return blank() + write(value) + blank();
}

function randomQuoted(random: Random, text: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const plain = JSON.stringify(text).slice(1, -1);
  if (random.below(4)) return `"${plain}"`;
  return `"${text
    .split("")
    .map((unit) => (random.below(2) ? escaped(unit) : JSON.stringify(unit).slice(1, -1)))
    .join("")}"`;
}
