// The stored entries as this process knows them: read at the start, and again when another process that shares the
// database has changed them. While the database is away, what is known stays in force.
import { setTimeout as pause } from "node:timers/promises";
import type { StoredEntry } from "../config/stored-entries.ts";
import { openStore, type Store } from "../store/store.ts";
import { readEntries, readRevision } from "./entry-store.ts";

export interface EntryWatchOptions {
  /** `postgres://…` or a file's path. */
  database: string;
  /** Somebody else has changed them. */
  onChange: (entries: StoredEntry[]) => void;
  /** Said once for each trouble, and once when it is over. */
  onTrouble?: (message: string) => void;
  onRecovery?: (message: string) => void;
  pollMs?: number;
}

const pollMsDefault = 500;
/** How long the start waits for the database. */
const firstMs = 5_000;

export class EntryWatch {
  readonly #options: EntryWatchOptions;
  readonly #stopping = new AbortController();
  #store: Promise<Store> | null = null;
  #revision = -1;
  #known = "[]";
  /** How often this process itself has put a change in force. */
  #own = 0;
  #trouble: string | null = null;
  #running: Promise<void> | null = null;

  constructor(options: EntryWatchOptions) {
    this.#options = options;
  }

  /** Gives what is stored; nothing where the database cannot be had in time, which is told. */
  async start(): Promise<StoredEntry[]> {
    let first: StoredEntry[] = [];
    const looked = this.#look((entries) => (first = entries));
    const timer = new AbortController();
    await Promise.race([looked, pause(firstMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    this.#running = looked.then(() => this.#run());
    return first;
  }

  /** Throws what the database says. A file that was deleted or replaced is opened anew. */
  async store(): Promise<Store> {
    const open = await this.#store?.catch(() => null);
    if (open?.isCurrent) return open;
    await open?.close().catch(() => undefined);
    this.#store = openStore({ database: this.#options.database });
    return this.#store;
  }

  /** This process has changed them itself: what a look has read before that is not to come into force after it. */
  overtake(entries: StoredEntry[]): void {
    this.#own += 1;
    this.#known = JSON.stringify(entries);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    const store = await this.#store?.catch(() => null);
    await store?.close().catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { pollMs = pollMsDefault, onChange } = this.#options;
    for (;;) {
      await pause(pollMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.#look(onChange);
    }
  }

  async #look(onChange: (entries: StoredEntry[]) => void): Promise<void> {
    try {
      const own = this.#own;
      const store = await this.store();
      const revision = await readRevision(store);
      if (revision !== this.#revision) {
        const entries = await readEntries(store);
        if (own !== this.#own) return;
        const text = JSON.stringify(entries);
        this.#revision = revision;
        if (text !== this.#known) onChange(entries);
        this.#known = text;
      }
      if (this.#trouble !== null) this.#options.onRecovery?.("What the admin API has stored can be read again");
      this.#trouble = null;
    } catch (error) {
      const { message } = error as Error;
      const rest = "What is known of it stays in force";
      if (message !== this.#trouble) {
        this.#options.onTrouble?.(`What the admin API has stored cannot be read: ${message}. ${rest}`);
      }
      this.#trouble = message;
    }
  }
}
