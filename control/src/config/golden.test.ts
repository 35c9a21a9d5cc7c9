// Golden cases: each testdata/<case>.yaml is loaded and compared with the model and the problems beside it.
// GOLDEN=update rewrites them and deletes those without a case.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { loadConfig } from "./load-config.ts";
import { formatProblems, hasErrors } from "./problem.ts";

const folder = join(import.meta.dirname, "testdata");
const isUpdate = process.env["GOLDEN"] === "update";
const cases = readdirSync(folder).flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? []);

const env = {
  ADDRESS: "",
  EMPTY: "",
  MULTILINE: "sk-line-one\nsk-line-two",
  OPENAI_API_KEY: "sk-from-the-environment",
  PORT: "9090",
  REGION: "region-from-the-environment",
};

/** What must not be seen in any output, though a case holds it. */
const secrets = [
  "sk-",
  "hunter2",
  "from-the-environment",
  "literal-but-secret",
  "also-literal",
  "abcdefghijklmnop",
  "fallback-key",
];

/** `REGION` stands for a part of a URL in one case; there it is meant to be seen. */
const shown = ["region-from-the-environment.example.com", "Check the key"];

async function goldenFiles(name: string): Promise<[path: string, text: string | null][]> {
  const { model, problems } = await loadConfig(join(folder, `${name}.yaml`), { env, baseDir: "/etc/weir", readFile });
  const named = problems.map((problem) => ({ ...problem, file: `${name}.yaml` }));
  return [
    [join(folder, `${name}.model.json`), model && `${JSON.stringify(visible(model), null, 2)}\n`],
    [join(folder, `${name}.problems.txt`), formatProblems(named, { color: false }) || null],
  ];
}

function readFile(path: string): string {
  return readFileSync(path.replace("/etc/weir", folder), "utf8");
}

/** Secrets are not shown, but where they come from is. */
function visible(value: unknown): unknown {
  if (value instanceof Secret) return `[secret from ${Object.values(value.source).join(" ")}]`;
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visible(item)]));
}

describe.each(cases)("golden case %s", (name) => {
  test("gives the model and the problems as written", async () => {
    for (const [path, text] of await goldenFiles(name)) {
      if (isUpdate) update(path, text);
      expect(existsSync(path) ? readFileSync(path, "utf8") : null).toBe(text);
    }
  });

  test("shows no secret", async () => {
    const output = (await goldenFiles(name)).map(([, text]) => text ?? "").join("");
    const rest = shown.reduce((text, allowed) => text.replaceAll(allowed, ""), output);
    for (const secret of secrets) expect(rest).not.toContain(secret);
  });

  test("gives a model or says why not, and each problem has a place, a path or a fix", async () => {
    const { model, problems } = await loadConfig(join(folder, `${name}.yaml`), { env, baseDir: "/etc/weir", readFile });
    if (!model) expect(hasErrors(problems)).toBe(true);
    for (const { line, column, message, fix } of problems) {
      expect(message).not.toBe("");
      expect(fix).not.toBe("");
      expect(line === 0).toBe(column === 0);
    }
    for (const { target } of model?.routes ?? []) expect(model!.targets.map(({ name }) => name)).toContain(target);
  });
});

function update(path: string, text: string | null): void {
  if (text === null) rmSync(path, { force: true });
  else writeFileSync(path, text);
}

test("every golden file has a case", () => {
  const files = readdirSync(folder).filter((file) => /\.(model\.json|problems\.txt)$/.test(file));
  const orphans = files.filter((file) => !cases.includes(file.replace(/\.(model\.json|problems\.txt)$/, "")));
  if (isUpdate) for (const file of orphans) rmSync(join(folder, file));
  else expect(orphans).toEqual([]);
});

test("there are cases", () => {
  expect(cases.length).toBeGreaterThan(25);
});
