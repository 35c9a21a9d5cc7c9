// A dependency is a promise to keep up with somebody; each one's reason is written down.
import { expect, test } from "vitest";
import { readText, repositoryFiles } from "./repository.ts";

type Manifest = Record<"dependencies" | "devDependencies", Record<string, string> | undefined>;

const manifests = repositoryFiles(/(^|\/)package\.json$/).filter((file) => !/^(examples|sdk\/examples)\//.test(file));

function dependencies(file: string): { name: string; version: string }[] {
  const manifest = JSON.parse(readText(file)) as Manifest;
  const all = { ...manifest.dependencies, ...manifest.devDependencies };
  return Object.entries(all).map(([name, version]) => ({ name, version }));
}

const foreign = manifests.flatMap(dependencies).filter(({ name }) => !name.startsWith("@weir/"));

test("each dependency's reason stands in docs/decisions", () => {
  const decisions = repositoryFiles(/^docs\/decisions\/.*\.md$/)
    .map(readText)
    .join("\n");
  const unexplained = foreign.filter(({ name }) => !decisions.includes(`| \`${name}\` `));
  expect(unexplained.map(({ name }) => name)).toEqual([]);
});

// `npm ci` refuses a lock file that lacks a workspace or holds another version, and then nothing else runs either.
test("the lock file holds each package of this repository with its dependencies", () => {
  const lock = JSON.parse(readText("package-lock.json")) as { packages: Record<string, Manifest | undefined> };
  const dependenciesOf = (manifest?: Manifest) => manifest && { ...manifest.dependencies, ...manifest.devDependencies };
  for (const file of manifests) {
    const locked = lock.packages[file === "package.json" ? "" : file.replace(/\/package\.json$/, "")];
    expect(dependenciesOf(locked), file).toEqual(dependenciesOf(JSON.parse(readText(file)) as Manifest));
  }
});

test("each dependency is pinned to one version", () => {
  expect(foreign.filter(({ version }) => !/^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/.test(version))).toEqual([]);
});

test("the SDK, the dialects and the plugins have no dependency", () => {
  const dataPlane = manifests.filter((file) => /^(sdk|dialects|plugins\/[^/]+)\/package\.json$/.test(file));
  expect(dataPlane.flatMap(dependencies).filter(({ name }) => !name.startsWith("@weir/"))).toEqual([]);
});
