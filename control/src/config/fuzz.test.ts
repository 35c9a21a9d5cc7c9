// Random damage to good configurations: whatever the text, there is an answer, its places are in the file, and no
// secret is in it. SEED replays a run.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { parseConfig, type ConfigResult } from "./load-config.ts";
import { formatProblems, hasErrors } from "./problem.ts";

const folder = join(import.meta.dirname, "testdata");
const good = ["everything", "references", "quick-start", "anchors-and-merge", "shadowed-routes", "urls"];
const corpus = readdirSync(folder).filter((file) => file.endsWith(".yaml") && file !== "alias-bomb.yaml");
const texts = corpus.map((file) => readFileSync(join(folder, file), "utf8"));
const goodTexts = good.map((name) => readFileSync(join(folder, `${name}.yaml`), "utf8"));

const environment = { OPENAI_API_KEY: "SECRET-env", REGION: "eu", PORT: "1", ADDRESS: "", EMPTY: "" };
const options = { env: environment, readFile: () => "SECRET-file" };

const snippets =
  "null|true|0|-1|1e999|.nan|[]|{}|''|- |: |? |\t|\n|\r\n|&a |*a |<<: *a|!!binary |---\n|...|#|%YAML 1.1|\"|'|[|]|{|}|${OPENAI_API_KEY}|${|$${|${file:x}|~(|~^o(\\d)$|*|\0|\ud800|\u202e|__proto__|constructor|apiKey|>-\n|\n  - ".split(
    "|",
  );

/** mulberry32 */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function mutate(text: string, random: (below: number) => number): string {
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

function checkAnswer({ model, problems }: ConfigResult, text: string): void {
  const lines = text.split(/\r\n|\r|\n/).length;
  if (!model) expect(hasErrors(problems)).toBe(true);
  for (const { line, column, message, fix } of problems) {
    expect(line).toBeLessThanOrEqual(lines);
    expect(line === 0 ? 1 : column).toBeGreaterThan(0);
    expect(message && fix).not.toBe("");
  }
  expect(formatProblems(problems, { color: false })).not.toContain("SECRET-");
  if (!model) return;
  const names = new Set(model.targets.map(({ name }) => name));
  expect(names.size).toBe(model.targets.length);
  for (const route of model.routes) expect(names.has(route.target)).toBe(true);
  for (const { credential } of model.targets)
    expect(credential === null || credential.secret instanceof Secret).toBe(true);
}

test("random damage never throws, and always gives an answer that holds", () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const random = randomOf(seed);
  let served = 0;
  for (let i = 0; i < 3000; i++) {
    const pool = i % 2 === 0 ? goodTexts : texts;
    let text = pool[random(pool.length)]!;
    for (let steps = 1 + random(4); steps > 0; steps--) text = mutate(text, random);
    const result = parseConfig(text, "weir.yaml", options);
    try {
      checkAnswer(result, text);
    } catch (cause) {
      throw new Error(`SEED=${seed}, round ${i}:\n${text}`, { cause });
    }
    if (result.model) served++;
  }
  // Most damage is local, and what is not damaged is served.
  expect(served).toBeGreaterThan(150);
});

test("every beginning of a good file gives an answer, as an editor's half-written file does", () => {
  for (const text of goodTexts) {
    for (let length = 0; length < text.length; length += 3) {
      const beginning = text.slice(0, length);
      checkAnswer(parseConfig(beginning, "weir.yaml", options), beginning);
    }
  }
});
