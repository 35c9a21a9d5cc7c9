// Reads the configuration file and the files that it refers to.
import { readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { failureHash } from "./fingerprint.ts";
import { fileBytesMax, referencedFileBytesMax } from "./limits.ts";
import type { Problem } from "./problem.ts";

/** The file's bytes, or why there are none. */
export async function readConfigFile(file: string): Promise<Uint8Array | { failure: string }> {
  try {
    const { size } = await stat(file);
    return size > fileBytesMax ? { failure: "EFBIG" } : await readFile(file);
  } catch (error) {
    return { failure: failureHash(error) };
  }
}

/** The bytes as text; null when they are not UTF-8. A byte order mark is left out. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Throws as `readFileSync` does, also with code `EFBIG` for a file that is no key or certificate. */
export function readReferencedFile(path: string): string {
  const text = readFileSync(path, "utf8");
  if (text.length > referencedFileBytesMax) throw Object.assign(new Error("Too large"), { code: "EFBIG" });
  return text;
}

/** A problem with the file as such. */
export function fileProblem(file: string, message: string, fix: string): Problem {
  return { severity: "error", file, line: 0, column: 0, path: "", value: "", message, fix };
}
