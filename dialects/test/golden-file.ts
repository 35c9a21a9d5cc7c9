// A golden file that holds a case in every translation. GOLDEN=update rewrites it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Case, Told } from "./surfaces.ts";

const isUpdate = process.env.GOLDEN === "update";

/** Compares a case's translations with the file beside it: a line for each name, or one where all are alike. */
export function expectGolden(one: Case, translations: Record<string, Told>): void {
  const path = join(one.folder, `${one.name}.golden.json`);
  const texts = Object.values(translations).map((told) => JSON.stringify(told));
  const isSame = texts.length > 1 && texts.every((text) => text === texts[0]);
  const names = isSame ? ["every"] : Object.keys(translations);
  const text = `{\n${names.map((name, i) => `  "${name}": ${texts[i]}`).join(",\n")}\n}\n`;
  if (isUpdate) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
}
