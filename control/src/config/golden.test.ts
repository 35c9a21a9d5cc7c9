// Golden cases: each testdata/<case>.yaml is loaded and compared with the model and the problems beside it.
// GOLDEN=update rewrites them and deletes those without a case.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fromConfiguration } from "../model/model-facts.ts";
import { targetsOf } from "../model/routing.ts";
import { Secret } from "../model/secret.ts";
import { loadConfig, type LoadedConfig } from "./load-config.ts";
import { formatProblems, hasErrors } from "./problem.ts";
import { fakeServiceAccount } from "./test/service-account.ts";

const folder = join(import.meta.dirname, "testdata");
const isUpdate = process.env["GOLDEN"] === "update";
const cases = readdirSync(folder).flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? []);

const env = {
  ADDRESS: "",
  CI_KEY: "wk-from-the-environment-of-ci",
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
  "ZnJvbS10aGUt",
];

/** `REGION` stands for a part of a URL in one case; there it is meant to be seen. */
const shown = ["region-from-the-environment.example.com"];

function goldenFiles(name: string, { model, problems }: LoadedConfig): [path: string, text: string | null][] {
  // The catalogue's rows have tests of their own; here they would hide everything else.
  const models = model?.models.filter(({ source }) => source === fromConfiguration) ?? [];
  const shown = model && { ...model, models };
  const named = problems.map((problem) => ({ ...problem, file: `${name}.yaml` }));
  return [
    [join(folder, `${name}.model.json`), shown && `${JSON.stringify(visible(shown), null, 2)}\n`],
    [join(folder, `${name}.problems.txt`), formatProblems(named, { color: false }) || null],
  ];
}

function readFile(path: string): string {
  if (path === "/etc/weir/service-account.json") return fakeServiceAccount();
  return readFileSync(path.replace("/etc/weir", folder), "utf8");
}

/** Secrets are not shown, but where they come from is. */
function visible(value: unknown): unknown {
  if (value instanceof Secret) return `[secret from ${Object.values(value.source).join(" ")}]`;
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visible(item)]));
}

test.each(cases)("golden case %s", async (name) => {
  const loaded = await loadConfig(join(folder, `${name}.yaml`), { env, baseDir: "/etc/weir", readFile });
  const files = goldenFiles(name, loaded);
  for (const [path, text] of files) {
    if (isUpdate) update(path, text);
    expect(existsSync(path) ? readFileSync(path, "utf8") : null).toBe(text);
  }
  expectNoSecret(files.map(([, text]) => text ?? "").join(""));
  expectSound(loaded);
});

function expectNoSecret(output: string): void {
  const rest = shown.reduce((text, allowed) => text.replaceAll(allowed, ""), output);
  for (const secret of secrets) expect(rest).not.toContain(secret);
}

/** A model or the reason why not; problems with a place, words and a fix; routes that lead somewhere. */
function expectSound({ model, problems }: LoadedConfig): void {
  if (!model) expect(hasErrors(problems)).toBe(true);
  for (const { line, column, message, fix } of problems) {
    expect(message && fix).not.toBe("");
    expect(line === 0).toBe(column === 0);
  }
  const names = model?.targets.map(({ name }) => name);
  for (const target of (model?.routes ?? []).flatMap(targetsOf)) expect(names).toContain(target);
}

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
