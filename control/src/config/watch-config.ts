// Follows a configuration file, and the files it refers to, and tells each new state once it has settled. Events of
// the file system say when to look at once; a slow poll sees what they miss (network mounts, swapped symbolic links).
//
//   event or poll ─► content differs? ─► wait until it stays the same ─► load ─► onResult
import { watch, type FSWatcher } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { readFingerprint } from "./fingerprint.ts";
import { loadConfig, type ConfigOptions, type LoadedConfig } from "./load-config.ts";

export interface WatchOptions extends ConfigOptions {
  /** The state that is known already; without it the first state is told too. */
  known?: LoadedConfig;
  /** Every further state, whether it can be served or not: keeping the last good one is up to whoever is told. */
  onResult: (result: LoadedConfig) => void;
  /** How long the content must stay the same. Default 100 ms. */
  quietMs?: number;
  /** How often to look without an event. Default 2 s. */
  pollMs?: number;
}

export interface ConfigWatch {
  /** Nothing is told any more once this returns. */
  close(): void;
}

export function watchConfig(file: string, options: WatchOptions): ConfigWatch {
  const watcher = new ConfigWatcher(file, options);
  watcher.start();
  return watcher;
}

/** What cannot be served may be half-written: its author gets this many times longer before anyone is told. */
const patience = 10;

class ConfigWatcher implements ConfigWatch {
  readonly #file: string;
  readonly #options: WatchOptions;
  readonly #quietMs: number;
  readonly #pollMs: number;
  #known: string;
  #files: string[];
  /** The content that was seen last and is not told yet, and since when it is there. */
  #candidate: { fingerprint: string; sinceMs: number } | null = null;
  #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  /** Something happened while a look was under way, which may not have seen it. */
  #isDirty = false;
  #isClosed = false;

  constructor(file: string, options: WatchOptions) {
    this.#file = file;
    this.#options = options;
    this.#quietMs = options.quietMs ?? 100;
    this.#pollMs = options.pollMs ?? 2_000;
    this.#known = options.known?.fingerprint ?? "";
    this.#files = options.known?.files ?? [];
  }

  start(): void {
    this.#look(0);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #look(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#onTimer(), delayMs);
    this.#timer.unref();
  }

  async #onTimer(): Promise<void> {
    this.#isLooking = true;
    this.#isDirty = false;
    const delayMs = await this.#step();
    this.#isLooking = false;
    this.#look(this.#isDirty ? Math.min(delayMs, this.#quietMs / 2) : delayMs);
  }

  #onEvent(): void {
    if (this.#isLooking) this.#isDirty = true;
    else this.#look(this.#quietMs / 2);
  }

  /** Returns after how long to look again. */
  async #step(): Promise<number> {
    await this.#watchFolders();
    const fingerprint = await readFingerprint(this.#files);
    if (this.#files.length > 0 && fingerprint === this.#known) {
      this.#candidate = null;
      return this.#pollMs;
    }
    const nowMs = performance.now();
    if (this.#candidate?.fingerprint !== fingerprint) this.#candidate = { fingerprint, sinceMs: nowMs };
    const quietMs = nowMs - this.#candidate.sinceMs;
    if (quietMs < this.#quietMs && this.#files.length > 0) return this.#quietMs - quietMs;
    return this.#load(quietMs);
  }

  async #load(quietMs: number): Promise<number> {
    const result = await loadConfig(this.#file, this.#options);
    if (this.#isClosed) return 0;
    this.#files = result.files;
    if (!result.model && quietMs < this.#quietMs * patience) {
      this.#candidate = { fingerprint: result.fingerprint, sinceMs: this.#candidate?.sinceMs ?? performance.now() };
      return this.#quietMs;
    }
    this.#candidate = null;
    this.#known = result.fingerprint;
    this.#options.onResult(result);
    return this.#quietMs;
  }

  /** Both the folder where a file is named and the one where it really is: a link may be swapped in either. */
  async #watchFolders(): Promise<void> {
    const folders = new Set<string>();
    for (const file of this.#files) {
      folders.add(dirname(file));
      folders.add(dirname(await realpath(file).catch(() => file)));
    }
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#watchFolder(folder);
  }

  #watchFolder(folder: string): void {
    if (this.#isClosed) return;
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#onEvent());
      // The folder is gone or cannot be watched any more: the poll goes on, and the next step tries again.
      watcher.on("error", () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      this.#forget(folder);
    }
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
