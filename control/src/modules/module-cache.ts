// Modules that were had once, in a folder: each by its digest, and beside them by which source it was had.
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { sha256Of } from "./source-key.ts";

/** What nobody has asked for in this time is removed. */
const keptMs = 30 * 24 * 3_600_000;

export class ModuleCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** By `sourceKey`; null where it was never had, or is damaged. */
  async find(key: string): Promise<Uint8Array | null> {
    try {
      const sha256 = (await readFile(this.#source(key), "utf8")).trim();
      const bytes = await readFile(this.#module(sha256));
      if (sha256Of(bytes) !== sha256) return null;
      await this.#touch(key, sha256);
      return bytes;
    } catch {
      return null;
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const sha256 = sha256Of(bytes);
    await this.#write(this.#module(sha256), bytes);
    await this.#write(this.#source(key), `${sha256}\n`);
  }

  async prune(): Promise<void> {
    const files = await readdir(this.#folder).catch(() => []);
    for (const file of files) {
      const path = join(this.#folder, file);
      const used = await stat(path).catch(() => null);
      if (used && Date.now() - used.mtimeMs > keptMs) await rm(path, { force: true });
    }
  }

  /** Whoever reads it finds all of it, whatever happens while it is written. */
  async #write(path: string, content: Uint8Array | string): Promise<void> {
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, content, { mode: 0o600 });
    await rename(draft, path);
  }

  async #touch(key: string, sha256: string): Promise<void> {
    const now = new Date();
    await Promise.all([this.#source(key), this.#module(sha256)].map((path) => utimes(path, now, now)));
  }

  #module(sha256: string): string {
    return join(this.#folder, `${sha256}.wasm`);
  }

  #source(key: string): string {
    return join(this.#folder, `${key}.source`);
  }
}
