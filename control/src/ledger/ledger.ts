// The ledger while Weir runs: follows the log, keeps to the retention, and goes on trying when the database, the disk
// or Envoy's log is in trouble. The gateway serves meanwhile, and what it has served is taken in later.
import { setTimeout as pause } from "node:timers/promises";
import type { Retention } from "../model/ledger.ts";
import type { ModelRow } from "../model/model-facts.ts";
import { openStore, type Store } from "../store/store.ts";
import type { Ingested } from "./ingest.ts";
import { deleteOld } from "./retention.ts";
import { LedgerTail, type TailOptions } from "./tail.ts";

export interface LedgerOptions extends Pick<TailOptions, "rotateBytes" | "settleMs"> {
  /** `postgres://…` or a file's path. */
  database: string;
  /** The log that Envoy writes. */
  log: string;
  models: () => readonly ModelRow[];
  retention: () => Retention;
  /** Has Envoy open its log anew. Without it, the log is left as it is. */
  reopen?: () => Promise<void>;
  /** How often Envoy could not write to a file. Throws when Envoy does not answer. */
  writeFailures?: () => Promise<number>;
  /** Said once for each trouble, and once when it is over. */
  onTrouble?: (message: string) => void;
  onRecovery?: (message: string) => void;
  pollMs?: number;
}

export interface LedgerStatus {
  /** Requests that were taken in since the start. */
  records: number;
  /** Lines of the log that were none, since the start. */
  unreadableLines: number;
  /** Bytes of the log that wait to be taken in. */
  lagBytes: number;
  /** What is wrong now; null for nothing. */
  trouble: string | null;
}

const pollMsDefault = 250;
const pauseMsMax = 5_000;
/** A last look at the log, when Envoy has ended, does not hold up the end of Weir for longer. */
const lastLookMs = 10_000;
const retentionEveryMs = 10 * 60_000;
const watchEveryMs = 5_000;
const dayMs = 24 * 3_600_000;

export class Ledger {
  readonly #options: LedgerOptions;
  readonly #tail: LedgerTail;
  readonly #stopping = new AbortController();
  readonly #totals = { records: 0, unreadableLines: 0 };
  #store: Store | null = null;
  #running: Promise<void> | null = null;
  #trouble: string | null = null;
  #retainedAt = -Infinity;
  #watchedAt = -Infinity;
  #writeFailures = 0;

  constructor(options: LedgerOptions) {
    this.#options = options;
    const { log: path, models, reopen, rotateBytes, settleMs } = options;
    const onIngested = (ingested: Ingested): void => this.#count(ingested);
    const tuning = { ...(rotateBytes && { rotateBytes }), ...(settleMs !== undefined && { settleMs }) };
    const rotateAgeMs = (): number => rotateAge(options.retention());
    this.#tail = new LedgerTail({ path, models, onIngested, rotateAgeMs, ...(reopen && { reopen }), ...tuning });
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Takes in what Envoy has written until its end, if the database lets it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    const timer = new AbortController();
    await Promise.race([this.#round(), pause(lastLookMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    await this.#close();
  }

  async status(): Promise<LedgerStatus> {
    return { ...this.#totals, lagBytes: await this.#tail.lag(), trouble: this.#trouble };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { pollMs = pollMsDefault } = this.#options;
    for (let wait = pollMs; !signal.aborted;) {
      wait = (await this.#round()) ? pollMs : Math.min(wait * 2, pauseMsMax);
      await this.#watchEnvoy();
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Whether all went well. */
  async #round(): Promise<boolean> {
    try {
      const store = await this.#open();
      await this.#tail.run(store);
      await this.#retain(store);
      this.#onGood();
      return true;
    } catch (error) {
      await this.#onBad(error as Error);
      return false;
    }
  }

  async #open(): Promise<Store> {
    if (this.#store && !this.#store.isCurrent) {
      await this.#close();
      throw new Error("its file was deleted or replaced; it is opened anew");
    }
    this.#store ??= await openStore({ database: this.#options.database });
    return this.#store;
  }

  async #close(): Promise<void> {
    const store = this.#store;
    this.#store = null;
    this.#tail.forget();
    await store?.close().catch(() => undefined);
  }

  async #retain(store: Store): Promise<void> {
    if (performance.now() - this.#retainedAt < retentionEveryMs) return;
    this.#retainedAt = performance.now();
    await deleteOld(store, this.#options.retention(), Date.now());
  }

  #onGood(): void {
    if (this.#trouble === null) return;
    this.#trouble = null;
    this.#options.onRecovery?.("The ledger works again, and has taken in what it had missed");
  }

  async #onBad(error: Error): Promise<void> {
    // Who finds it locked has lost nothing; after anything else a new connection is the better one.
    if (!isLocked(error)) await this.#close();
    const message = error.message || String(error);
    if (message === this.#trouble) return;
    this.#trouble = message;
    const rest = "Requests are served on, and recorded when it works again";
    this.#options.onTrouble?.(`The ledger cannot be written: ${message}. ${rest}`);
  }

  /** What Envoy could not write, to a full disk for instance, it drops: no one can record it later. */
  async #watchEnvoy(): Promise<void> {
    const { writeFailures } = this.#options;
    if (!writeFailures || performance.now() - this.#watchedAt < watchEveryMs) return;
    this.#watchedAt = performance.now();
    const failures = await writeFailures().catch(() => 0);
    if (failures > this.#writeFailures) {
      const lost = "requests of this time are missing in the ledger. Is the disk full?";
      this.#options.onTrouble?.(`Envoy failed to write its logs (${failures} times since its start): ${lost}`);
    }
    this.#writeFailures = failures;
  }

  #count({ records, unreadable }: Ingested): void {
    this.#totals.records += records;
    this.#totals.unreadableLines += unreadable;
    if (unreadable > 0) {
      this.#options.onTrouble?.(`${unreadable} lines of the ledger's log were cut or unreadable, and are not recorded`);
    }
  }
}

/** The log holds what was said, too: for a day, or as long as that is kept if that is less. */
function rotateAge({ bodiesMs }: Retention): number {
  return bodiesMs > 0 ? Math.min(dayMs, bodiesMs) : dayMs;
}

function isLocked(error: Error): boolean {
  // https://sqlite.org/rescode.html: SQLITE_BUSY and SQLITE_LOCKED.
  return [5, 6].includes(Number((error as { errcode?: number }).errcode) & 0xff);
}
