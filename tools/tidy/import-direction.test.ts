// Data flows one way through the house; an import against the stream fails here, with its file and line.
import { posix } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { isAssembly, readText, repositoryFiles } from "./repository.ts";

/** Folder → the folders it may import besides itself. The longest matching folder decides; `*` is everything. */
const mayImport: Record<string, string[]> = {
  "sdk/assembly": [],
  "sdk/examples": ["sdk/assembly"],
  "sdk/host": ["tools/build-plugins.ts"],
  "sdk/conformance": ["sdk", "envoy", "tools/build-plugins.ts"],
  dialects: ["sdk/assembly"],
  plugins: ["sdk/assembly", "dialects"],
  "control/src/model": [],
  "control/src/catalog": ["control/src/model"],
  "control/src/config": ["control/src/model", "control/src/catalog"],
  "control/src/openapi": ["control/src/model", "control/src/config"],
  "control/src/market": ["control/src/model", "control/src/store"],
  "control/src/modules": ["control/src/model"],
  "control/src/explain": ["control/src/model", "control/src/catalog"],
  "control/src/xds": ["control/src/model"],
  "control/src/kubernetes": ["control/src/model"],
  "control/src/discovery": ["control/src/model"],
  "control/src/serve": ["control/src/xds", "control/src/model", "control/proto"],
  "control/src/limits": ["control/src/serve/ads-door.ts", "control/src/xds/registry.ts", "control/src/model"],
  "control/src/counters": ["control/src/model", "control/src/store"],
  "control/src/simulator": [],
  "control/src/store": [],
  "control/src/ledger": ["control/src/model", "control/src/store"],
  "control/src/budget": ["control/src/model", "control/src/store", "control/src/ledger"],
  "control/src/admin": [
    "control/src/model",
    "control/src/config",
    "control/src/store",
    "control/src/ledger",
    "control/src/budget",
  ],
  "control/src/cli": ["control", "envoy", "tools/build-plugins.ts"],
  envoy: [],
  e2e: ["control", "envoy", "tools/build-plugins.ts"],
  "e2e/plugins": ["sdk/assembly"],
  bench: ["*"],
  "bench/plugins": ["sdk/assembly"],
  tools: ["*"],
};

function layerOf(file: string): string | undefined {
  const layers = Object.keys(mayImport).filter((layer) => file.startsWith(`${layer}/`));
  return layers.sort((a, b) => b.length - a.length)[0];
}

/** The repository path that `specifier` names, or null for a package or a Node module. */
function importedPath(file: string, specifier: string): string | null {
  if (specifier.startsWith(".")) return posix.normalize(posix.join(posix.dirname(file), specifier));
  const workspace = /^@weir\/([^/]+)(\/.*)?$/.exec(specifier);
  return workspace ? `${workspace[1]}${workspace[2] ?? ""}` : null;
}

/** A plugin's folder counts as a layer of its own, so that no plugin imports another. */
function unitOf(file: string): string {
  return /^plugins\/[^/]+/.exec(file)?.[0] ?? layerOf(file) ?? posix.dirname(file);
}

function isAllowed(file: string, target: string): boolean {
  const own = unitOf(file);
  if (target === own || target.startsWith(`${own}/`)) return true;
  const allowed = mayImport[layerOf(file) ?? ""] ?? [];
  return allowed.some((layer) => layer === "*" || target === layer || target.startsWith(`${layer}/`));
}

/** Tests may reach further (they compile plugins and start hosts), so only what ships is held to the direction. */
const shipped = repositoryFiles(/\.ts$/).filter((file) => !/\.test\.ts$|(^|\/)test\//.test(file));

test("every import goes the way data flows", () => {
  const against = shipped.flatMap((file) => {
    if (!layerOf(file)) return [];
    const { importedFiles } = ts.preProcessFile(readText(file), true, true);
    return importedFiles
      .map(({ fileName }) => importedPath(file, fileName))
      .filter((target) => target !== null && !isAllowed(file, target))
      .map((target) => `${file} imports ${target}`);
  });
  expect(against).toEqual([]);
});

/** The memory manager of the compiler's own runtime, which is not part of a module unless it is imported. */
const standardLibrary = "rt/tlsf";

test("AssemblyScript imports the workspace and nothing else", () => {
  const foreign = repositoryFiles(/\.ts$/)
    .filter(isAssembly)
    .flatMap((file) =>
      ts
        .preProcessFile(readText(file), true, true)
        .importedFiles.filter(({ fileName }) => importedPath(file, fileName) === null && fileName !== standardLibrary)
        .map(({ fileName }) => `${file} imports ${fileName}`),
    );
  expect(foreign).toEqual([]);
});

test("the table names only folders that exist", () => {
  const absent = Object.keys(mayImport).filter((layer) => !repositoryFiles().some((f) => f.startsWith(`${layer}/`)));
  expect(absent).toEqual([]);
});
