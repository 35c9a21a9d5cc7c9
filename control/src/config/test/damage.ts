// Configurations and random damage to them, for tests that must hold whatever a file says.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Random = (below: number) => number;

const folder = join(import.meta.dirname, "../testdata");
const good = [
  "everything",
  "references",
  "quick-start",
  "anchors-and-merge",
  "shadowed-routes",
  "urls",
  "dialects",
  "clouds",
  "consumers",
  "jwt",
  "mcp",
  "mcp-alone",
];
const corpus = readdirSync(folder).filter((file) => file.endsWith(".yaml") && file !== "alias-bomb.yaml");
/** Every golden case but one that takes seconds. */
export const texts = corpus.map((file) => readFileSync(join(folder, file), "utf8"));
/** The golden cases without a mistake in them. */
export const goodTexts = good.map((name) => readFileSync(join(folder, `${name}.yaml`), "utf8"));

const snippets =
  'null|true|0|-1|1e999|.nan|[]|{}|\'\'|- |: |? |\t|\n|\r\n|&a |*a |<<: *a|!!binary |---\n|...|#|%YAML 1.1|"|\'|[|]|{|}|${OPENAI_API_KEY}|${|$${|${file:x}|~(|~^o(\\d)$|*|\0|\ud800|\u202e|__proto__|constructor|apiKey|"\\ud83d"|"\\0"|>-\n|\n  - '.split(
    "|",
  );

/** mulberry32 */
export function randomOf(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** One small change, somewhere. */
export function mutate(text: string, random: Random): string {
  const at = random(text.length + 1);
  const length = random(20);
  const lines = text.split("\n");
  const line = random(lines.length);
  switch (random(8)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + snippets[random(snippets.length)] + text.slice(at);
    case 3:
      return text.slice(0, at) + snippets[random(snippets.length)] + text.slice(at + length);
    case 4:
      return lines.toSpliced(line, 1).join("\n");
    case 5:
      return lines.toSpliced(line, 0, lines[random(lines.length)]!).join("\n");
    case 6:
      return lines.with(line, `${" ".repeat(random(6))}${lines[line]!.trimStart()}`).join("\n");
    default:
      return lines.with(line, lines[line]!.replace(/:.*/, `: ${snippets[random(snippets.length)]}`)).join("\n");
  }
}

/** A configuration with one to four changes; every second one was good. */
export function damaged(round: number, random: Random): string {
  const pool = round % 2 === 0 ? goodTexts : texts;
  let text = pool[random(pool.length)]!;
  for (let steps = 1 + random(4); steps > 0; steps--) text = mutate(text, random);
  return text;
}
