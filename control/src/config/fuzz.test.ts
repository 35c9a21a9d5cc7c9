// Random damage to good configurations: whatever the text, there is an answer, its places are in the file, and no
// secret is in it. SEED replays a run.
import { expect, test } from "vitest";
import { secretsOf } from "../model/credential.ts";
import { targetsOf } from "../model/routing.ts";
import { Secret } from "../model/secret.ts";
import { parseConfig, type ConfigResult } from "./load-config.ts";
import { formatProblems, hasErrors } from "./problem.ts";
import { damaged, goodTexts, randomOf } from "./test/damage.ts";

const environment = { OPENAI_API_KEY: "SECRET-env", REGION: "eu", PORT: "1", ADDRESS: "", EMPTY: "" };
const options = { env: environment, readFile: () => "SECRET-file" };

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
  for (const route of model.routes) for (const name of targetsOf(route)) expect(names.has(name)).toBe(true);
  for (const { credential } of model.targets) {
    const secrets = credential ? secretsOf(credential).map(([, secret]) => secret) : [];
    for (const secret of secrets) expect(secret).toBeInstanceOf(Secret);
  }
}

test("random damage never throws, and always gives an answer that holds", () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const random = randomOf(seed);
  let served = 0;
  for (let i = 0; i < 1500; i++) {
    const text = damaged(i, random);
    const result = parseConfig(text, "weir.yaml", options);
    try {
      checkAnswer(result, text);
    } catch (cause) {
      throw new Error(`SEED=${seed}, round ${i}:\n${text}`, { cause });
    }
    if (result.model) served++;
  }
  // Most damage is local, and what is not damaged is served.
  expect(served).toBeGreaterThan(75);
});

test("every beginning of a good file gives an answer, as an editor's half-written file does", () => {
  for (const text of goodTexts) {
    // As many of a long file as of a short one: what a prefix costs grows with it.
    const step = Math.max(3, Math.ceil(text.length / 1000));
    for (let length = 0; length < text.length; length += step) {
      const beginning = text.slice(0, length);
      checkAnswer(parseConfig(beginning, "weir.yaml", options), beginning);
    }
  }
});
