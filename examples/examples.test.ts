// Every example is a configuration that Weir takes without a warning, and has a README that names its commands.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../control/src/config/load-config.ts";
import { formatProblems } from "../control/src/config/problem.ts";
import { targetsOf } from "../control/src/model/routing.ts";
import { fakeServiceAccount } from "../control/src/config/test/service-account.ts";

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Something for every variable that the file refers to. */
function environmentFor(text: string): Record<string, string> {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const valueOf = (name: string) => `example-${name.toLowerCase().replaceAll("_", "-")}`;
  const values = names.map((name) => [name, name === "GOOGLE_SERVICE_ACCOUNT" ? fakeServiceAccount() : valueOf(name)]);
  return Object.fromEntries(values);
}

describe.each(folders)("example %s", (folder) => {
  const file = join(import.meta.dirname, folder, "weir.yaml");

  it("is a configuration without error or warning, and every provider in it is available", async () => {
    const env = environmentFor(readFileSync(file, "utf8"));
    const { model, problems } = await loadConfig(file, { env });
    expect(formatProblems(problems, { color: false })).toBe("");
    expect((model?.targets.length ?? 0) + (model?.mcp?.servers.length ?? 0)).toBeGreaterThan(0);
    expect(model?.mcp?.servers.map(({ problem }) => problem) ?? []).not.toContainEqual(expect.any(String));
  });

  it("has a README that shows it", () => {
    const readme = join(import.meta.dirname, folder, "README.md");
    expect(existsSync(readme)).toBe(true);
    expect(readFileSync(readme, "utf8")).toContain("weir.yaml");
  });
});

it("the quick start needs no key at all", async () => {
  const file = join(import.meta.dirname, "quick-start", "weir.yaml");
  const { model, problems } = await loadConfig(file, { env: {} });
  expect(problems.filter(({ severity }) => severity !== "info")).toEqual([]);
  expect(model?.routes.flatMap(targetsOf)).toEqual(["simulated"]);
});
