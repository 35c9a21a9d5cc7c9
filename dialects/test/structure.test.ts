// Every dialect looks the same from outside: the same files, and fixtures of every kind.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { fixtures, loadCodec } from "./codec.ts";

const folder = join(import.meta.dirname, "..");
const files = [
  "dialect",
  "names",
  ...["request", "response", "stream"].flatMap((what) => [`decode-${what}`, `encode-${what}`]),
  "finish",
  "usage",
  "error",
];
let names: string[];

beforeAll(async () => {
  names = (await loadCodec()).names;
});

test("a dialect's folder has the files that all have", () => {
  const missing = names.flatMap((name) =>
    files.map((file) => join(name, "assembly", `${file}.ts`)).filter((path) => !existsSync(join(folder, path))),
  );
  expect(missing).toEqual([]);
});

test("a folder with a dialect is in the registry", () => {
  const found = readdirSync(folder).filter((name) => existsSync(join(folder, name, "assembly", "dialect.ts")));
  expect(found.filter((name) => name !== "hub").toSorted()).toEqual(names.toSorted());
});

test.each([
  ["requests", 20],
  ["responses", 12],
  ["streams", 14],
  ["errors", 5],
] as const)("each dialect has fixtures: %s, at least %i", (kind, least) => {
  for (const name of names) {
    expect(fixtures(kind).filter((one) => one.dialect === name).length).toBeGreaterThanOrEqual(least);
  }
});
