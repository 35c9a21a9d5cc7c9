// Damages a fixture: what a broken or hostile peer may send.
import type { Random } from "../../sdk/test/random.ts";

const values = ["null", "true", "-1", "1e999", '""', '"\\u0022\\ud800"', "[]", "{}", "[[[{}]]]", '{"type":"text"}'];

/** `text` with one to three changes: some leave it JSON with wrong types, some do not. */
export function mutate(text: string, random: Random): string {
  let result = text;
  for (let i = random.below(3); i >= 0; --i) result = mutateOnce(result, random);
  return result;
}

function mutateOnce(text: string, random: Random): string {
  const at = random.below(Math.max(text.length, 1));
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + random.below(20));
    case 1:
      return text.slice(0, at) + random.of(['"', "\\", "{", "]", ",", "\n", "\0", "é"]) + text.slice(at);
    case 2:
      return replaceNth(text, /"[\w.]+"(?=\s*:)/g, random, () => `"${random.of(["type", "content", "index", "x"])}"`);
    default:
      return replaceNth(text, /(?<=:\s*)("[^"\\]*"|-?\d+|true|null|\{\}|\[\])/g, random, () => random.of(values));
  }
}

function replaceNth(text: string, pattern: RegExp, random: Random, replacement: () => string): string {
  const found = [...text.matchAll(pattern)];
  const chosen = found[random.below(Math.max(found.length, 1))];
  if (!chosen) return text;
  return text.slice(0, chosen.index) + replacement() + text.slice(chosen.index + chosen[0].length);
}
