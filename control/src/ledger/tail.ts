// Follows the log that Envoy writes, into the database. The log is one file under its own name and, beside it, those
// that it was renamed to when it had grown; what has been taken in whole is removed.
//
//   requests.jsonl ──grown──► requests-<time>.jsonl ──Envoy has opened a new one, all of it taken in──► removed
import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ModelRow } from "../model/model-facts.ts";
import type { Store } from "../store/store.ts";
import { FileMoved, ingest, positionOf, type Ingested } from "./ingest.ts";
import { fileSize, LogFile, type Lines } from "./log-file.ts";

export interface TailOptions {
  /** The log's path; it ends in `.jsonl`. */
  path: string;
  /** The prices in force. */
  models: () => readonly ModelRow[];
  onIngested?: (ingested: Ingested) => void;
  /** Has Envoy open its log anew. Without it nothing is renamed, and nothing removed: the file is somebody else's. */
  reopen?: () => Promise<void>;
  /** A log that is larger is renamed. */
  rotateBytes?: number;
  /** So is one that is older: what is to be forgotten after a time does not stay in a log that hardly grows. */
  rotateAgeMs?: () => number;
  /** How long after Envoy has opened a new file it may still be writing to the old one. Milliseconds. */
  settleMs?: number;
}

const rotateBytesDefault = 64 * 1024 * 1024;
const rotateAgeMsDefault = 24 * 3_600_000;
const settleMsDefault = 5_000;
const reopenPauseMs = 1_000;

/** What has been found out about a file; it is read again only when it has grown. */
interface Known {
  fingerprint: string;
  position: number;
}

export class LedgerTail {
  readonly #options: TailOptions;
  readonly #known = new Map<string, Known>();
  /** When Envoy was last asked for a new file. */
  #askedAt = -Infinity;

  constructor(options: TailOptions) {
    this.#options = options;
  }

  /** Takes in all that is there. Throws what the database or the file system says; nothing is lost by that. */
  async run(store: Store): Promise<void> {
    const { path, reopen } = this.#options;
    for (const old of await this.#rotated()) {
      await this.#takeIn(store, old);
      if (reopen && (await this.#isOver(old))) await this.#finish(store, old);
    }
    await this.#takeIn(store, path);
    if (reopen) await this.#rotate(reopen);
  }

  /** Bytes that are there and not taken in. */
  async lag(): Promise<number> {
    let lag = 0;
    for (const path of [...(await this.#rotated()), this.#options.path]) {
      lag += ((await fileSize(path)) ?? 0) - (this.#known.get(path)?.position ?? 0);
    }
    return lag;
  }

  /** The database is another one now, and knows better. */
  forget(): void {
    this.#known.clear();
  }

  /** Oldest first. */
  async #rotated(): Promise<string[]> {
    const folder = dirname(this.#options.path);
    const prefix = `${basename(this.#options.path, ".jsonl")}-`;
    const files = await readdir(folder).catch(() => []);
    const rotated = files.filter((file) => file.startsWith(prefix) && /-\d{8}T\d{9}Z\.jsonl$/.test(file));
    return rotated.sort().map((file) => join(folder, file));
  }

  async #takeIn(store: Store, path: string): Promise<void> {
    const size = await fileSize(path);
    if (size === null) return void this.#known.delete(path);
    const known = this.#known.get(path);
    // It may have been replaced by another one, but not unnoticed: that one is not as long, or soon longer.
    if (known?.position === size) return;
    const file = await LogFile.open(path);
    if (!file) return;
    try {
      await this.#takeLines(store, file);
    } finally {
      await file.close();
    }
  }

  async #takeLines(store: Store, file: LogFile): Promise<void> {
    const fingerprint = await file.fingerprint();
    if (fingerprint === null) return;
    const known = await this.#identify(store, file, fingerprint);
    for (let lines; (lines = await file.lines(known.position));) await this.#ingest(store, file.path, known, lines);
  }

  async #identify(store: Store, file: LogFile, fingerprint: string): Promise<Known> {
    const known = this.#known.get(file.path);
    if (known?.fingerprint === fingerprint) return known;
    const found = { fingerprint, position: await positionOf(store, fingerprint) };
    this.#known.set(file.path, found);
    return found;
  }

  async #ingest(store: Store, path: string, known: Known, { lines, to }: Lines): Promise<void> {
    const { fingerprint, position: from } = known;
    try {
      const ingested = await ingest(store, { fingerprint, path, from, to, lines }, this.#options.models());
      known.position = to;
      this.#options.onIngested?.(ingested);
    } catch (error) {
      if (!(error instanceof FileMoved)) throw error;
      known.position = await positionOf(store, fingerprint);
    }
  }

  /** Envoy writes to a renamed file until it has opened a new one, and for a moment after. */
  async #isOver(old: string): Promise<boolean> {
    const settleMs = this.#options.settleMs ?? settleMsDefault;
    const next = await stat(this.#options.path).catch(() => null);
    const last = await stat(old).catch(() => null);
    if (!next || !last) return false;
    return Date.now() - Math.max(next.birthtimeMs, last.mtimeMs) >= settleMs;
  }

  /** Takes in what has no end, and removes the file. */
  async #finish(store: Store, old: string): Promise<void> {
    const file = await LogFile.open(old);
    if (!file) return;
    try {
      const known = await this.#identify(store, file, await file.lastFingerprint());
      const rest = await file.rest(known.position);
      if (rest) await this.#ingest(store, old, known, rest);
      if ((await file.size()) !== known.position) return;
    } finally {
      await file.close();
    }
    this.#known.delete(old);
    await rm(old, { force: true });
  }

  async #rotate(reopen: () => Promise<void>): Promise<void> {
    const { path, rotateBytes = rotateBytesDefault } = this.#options;
    const log = await stat(path).catch(() => null);
    if (log && (log.size > rotateBytes || this.#isOld(log))) await this.#rename(path);
    // Whoever renamed it, Envoy must be told until it has opened a new one: the first time it may have been starting.
    if ((await fileSize(path)) !== null || (await this.#rotated()).length === 0) return;
    // It opens one when it next has something to write.
    if (performance.now() - this.#askedAt < reopenPauseMs) return;
    this.#askedAt = performance.now();
    await reopen();
  }

  /** An empty one has nothing to forget. Not every file system knows when a file was made. */
  #isOld({ size, birthtimeMs }: { size: number; birthtimeMs: number }): boolean {
    const { rotateAgeMs = () => rotateAgeMsDefault } = this.#options;
    return size > 0 && birthtimeMs > 0 && Date.now() - birthtimeMs > rotateAgeMs();
  }

  async #rename(path: string): Promise<void> {
    const time = new Date().toISOString().replaceAll(/[-:.]/g, "");
    const renamed = `${path.slice(0, -".jsonl".length)}-${time}.jsonl`;
    await rename(path, renamed);
    const known = this.#known.get(path);
    if (known) this.#known.set(renamed, known);
    this.#known.delete(path);
  }
}
