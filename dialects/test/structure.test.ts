// Every dialect looks the same from outside: the same files, and fixtures of every kind.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type Codec, fixtures, loadCodec } from "./codec.ts";

const folder = join(import.meta.dirname, "..");
/** The files of a dialect that clients speak, and of one that providers speak. */
const clientFiles = [
  "client",
  "names",
  "decode-request",
  "encode-response",
  "encode-stream",
  "finish",
  "usage",
  "error",
];
const providerFiles = [
  "provider",
  "names",
  "encode-request",
  "decode-response",
  "decode-stream",
  "finish",
  "usage",
  "error",
];
/** What a dialect takes from another of the same family as it is. */
const borrowed: Record<string, string[]> = { "openai-completions": ["usage", "error"] };
let codec: Codec;

beforeAll(async () => {
  codec = await loadCodec();
});

function missing(names: string[], files: string[]): string[] {
  const paths = names.flatMap((name) =>
    files.filter((file) => !borrowed[name]?.includes(file)).map((file) => join(name, "assembly", `${file}.ts`)),
  );
  return paths.filter((path) => !existsSync(join(folder, path)));
}

/** The folders that have this file. */
function foldersWith(file: string): string[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "assembly", file)))
    .toSorted();
}

test("a dialect's folder has the files that all have", () => {
  expect(missing(codec.clients, clientFiles)).toEqual([]);
  expect(missing(codec.providers, providerFiles)).toEqual([]);
});

test("a folder with a dialect is in the registry", () => {
  expect(foldersWith("client.ts")).toEqual(codec.clients.toSorted());
  expect(foldersWith("provider.ts")).toEqual(codec.providers.toSorted());
});

test.each([
  ["requests", 20],
  ["responses", 12],
  ["streams", 14],
  ["errors", 5],
] as const)("each dialect has fixtures: %s, at least %i", (kind, least) => {
  for (const name of kind === "requests" ? codec.clients : codec.providers) {
    expect(fixtures(kind).filter((one) => one.dialect === name).length).toBeGreaterThanOrEqual(least);
  }
});
