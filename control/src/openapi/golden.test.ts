// Golden cases: each testdata/<case>.yaml or .json is imported and compared with the servers and problems beside it.
// GOLDEN=update rewrites them and deletes those without a case. Every import is a configuration without a mistake.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseConfig } from "../config/load-config.ts";
import { formatProblems } from "../config/problem.ts";
import { writeServers } from "../config/write-servers.ts";
import { importOpenApi, type ImportOptions } from "./import-openapi.ts";
import { allOperations } from "./test/all-operations.ts";

const folder = join(import.meta.dirname, "testdata");
const isUpdate = process.env["GOLDEN"] === "update";
const outputs = /\.(servers\.yaml|problems\.txt)$/;
const cases = readdirSync(folder).filter((file) => /\.(yaml|json)$/.test(file) && !outputs.test(file));

const optionsOf: Record<string, Partial<ImportOptions>> = {
  "petstore-3.0.yaml": { server: "https://pets.example.com" },
  "petstore-3.1.yaml": { prefix: "store_" },
};

test.each(cases)("golden case %s", async (file) => {
  const name = file.replace(/\.(yaml|json)$/, "");
  const path = join(folder, file);
  const imported = await importOpenApi(readFileSync(path, "utf8"), path, { ...allOperations, ...optionsOf[file] });
  const problems = imported.problems.map((problem) => ({ ...problem, file }));
  const text = imported.entry && writeServers([imported.entry]);
  const table = imported.tools.map(({ name, call, args }) => `# ${name}: ${call} (${args.join(", ")})\n`).join("");
  expectGolden(join(folder, `${name}.servers.yaml`), text && table + text);
  expectGolden(join(folder, `${name}.problems.txt`), formatProblems(problems, { color: false }) || null);
  expectServed(text ?? "", imported.tools.length);
});

function expectGolden(path: string, text: string | null): void {
  if (isUpdate && text === null) rmSync(path, { force: true });
  else if (isUpdate && text !== null) writeFileSync(path, text);
  expect(existsSync(path) ? readFileSync(path, "utf8") : null).toBe(text);
}

/** `weir check` finds nothing, once the variables are set that stand for credentials. */
function expectServed(text: string, count: number): void {
  const names = [...text.matchAll(/(?<!\$)\$\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const env = Object.fromEntries(names.map((name) => [name, `value-of-${name.toLowerCase()}`]));
  const { model, problems } = parseConfig(text, "weir.yaml", { env });
  expect(formatProblems(problems, { color: false })).toBe("");
  expect(model?.mcp?.servers.map(({ problem, tools }) => [problem, tools.length])).toEqual([[null, count]]);
}

test("every golden file has a case", () => {
  const files = readdirSync(folder).filter((file) => outputs.test(file));
  const orphans = files.filter(
    (file) => !cases.some((each) => each.replace(/\.\w+$/, "") === file.replace(outputs, "")),
  );
  if (isUpdate) for (const file of orphans) rmSync(join(folder, file));
  else expect(orphans).toEqual([]);
});

test("there are cases", () => {
  expect(cases.length).toBeGreaterThan(9);
});
