// Tells whether files still hold what they held. A file that cannot be read has a fingerprint too: why it cannot.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** Of one file's content. */
export function contentHash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** What stands for a content that could not be read. */
export function failureHash(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unreadable";
}

/** One for all files, which the order in which they are given does not change. */
export function joinFingerprint(hashes: Map<string, string>): string {
  return contentHash(JSON.stringify([...hashes].sort(([a], [b]) => (a < b ? -1 : 1))));
}

export async function readFingerprint(files: readonly string[]): Promise<string> {
  const hashes = await Promise.all(files.map(async (file) => [file, await readHash(file)] as const));
  return joinFingerprint(new Map(hashes));
}

async function readHash(file: string): Promise<string> {
  try {
    return contentHash(await readFile(file));
  } catch (error) {
    return failureHash(error);
  }
}
