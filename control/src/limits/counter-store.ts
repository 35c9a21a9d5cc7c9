// Counters of limits in Redis (or Valkey), each call one script that nothing comes between. The clock is Redis' own, so
// that all services have one.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createClient } from "@redis/client";
import type { LimitAlgorithm, LimitPeriod, LimitUnit } from "../model/limits.ts";

/** One window with an amount for it. */
export interface AmountInWindow {
  unit: LimitUnit;
  /** Null for `concurrentRequests`. */
  period: LimitPeriod | null;
  algorithm: LimitAlgorithm | null;
  limit: number;
  /** What is asked for; of a settlement, what was really used. */
  amount: number;
  /** Of a settlement: what was set aside. */
  reserved?: number;
}

/** What is to happen to one counter. */
export interface CounterOperation {
  /** Where the counter is. */
  key: string;
  kind: "ask" | "reserve" | "settle";
  windows: AmountInWindow[];
  /** Of a reservation: only count. */
  shadow?: boolean;
  /** Of a reservation: it will be settled. */
  leases?: boolean;
  /** Of a settlement: what the reservation was answered. */
  time?: number;
  wall?: number;
}

/** Makes operations that belong together be done once, however often they are sent. */
export interface ReservationCall {
  /** Where it is noted that it is open. */
  key: string;
  /** `again`: a settlement that has been sent before. `undo`: what was asked for is to be as if it never had been. */
  attempt: "first" | "again" | "undo";
}

export interface WindowState {
  remaining: number;
  resetMs: number;
  /** Until the amount fits; null for never. */
  retryMs: number | null;
  /** Whether it did. */
  fits: boolean;
}

export interface CounterState {
  letsThrough: boolean;
  time: number;
  wall: number;
  windows: WindowState[];
}

export interface CounterStoreOptions {
  /** `redis://user:password@host:port/database`, `rediss://` for TLS. */
  url: string;
  /** A call that takes longer has failed. */
  timeoutMs: number;
  /** The connection is lost, or there again. */
  onState?(isUp: boolean, message: string): void;
}

export interface RunOptions {
  now?: number;
  reservation?: ReservationCall;
  onLate?(states: CounterState[]): void;
}

const script = readFileSync(new URL("counter.lua", import.meta.url), "utf8");
const scriptSha = createHash("sha1").update(script).digest("hex");
const reconnectMsMax = 1000;
/** More that wait than this are too many to be answered in time. */
const waitingMax = 10_000;

export class CounterStore {
  readonly #client: ReturnType<typeof createClient>;
  readonly #options: CounterStoreOptions;
  #isUp = false;

  constructor(options: CounterStoreOptions) {
    this.#options = options;
    this.#client = createClient({
      url: options.url,
      // Whoever asks has other ways than to wait for a connection.
      disableOfflineQueue: true,
      commandsQueueMaxLength: waitingMax,
      pingInterval: 5000,
      socket: {
        connectTimeout: 2000,
        // A Redis that hangs keeps its connection: it is given up, so that a new one is tried.
        socketTimeout: 10_000,
        reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 10), reconnectMsMax),
      },
    });
    this.#client.on("ready", () => this.#tell(true, "Redis is reached"));
    this.#client.on("error", (error: Error) => this.#tell(false, messageOf(error)));
  }

  /** Connects, and goes on trying in the background. Resolves when there is a connection for the first time. */
  async connect(): Promise<void> {
    await this.#client.connect();
  }

  get isUp(): boolean {
    return this.#client.isReady;
  }

  /**
   * All or nothing: reservations are made only where each that is not in shadow fits. `now` is for tests. Throws
   * when Redis cannot be asked, or has not answered in time; what it does later is then told to `onLate`.
   */
  async run(operations: CounterOperation[], { now, reservation, onLate }: RunOptions = {}): Promise<CounterState[]> {
    const attempt = reservation && { attempt: reservation.attempt };
    const call = { ...(now !== undefined && { now }), ...attempt, operations: operations.map(toScript) };
    const keys = operations.map(({ key }) => key);
    const running = this.#evaluate(reservation ? [...keys, reservation.key] : keys, JSON.stringify(call)).then(
      (answers) => answers.map(toState),
    );
    const answered = await Promise.race([running, timeout(this.#options.timeoutMs)]);
    if (answered) return answered;
    running.then(
      (states) => onLate?.(states),
      () => undefined,
    );
    throw new Error(`Redis has not answered within ${this.#options.timeoutMs} ms`);
  }

  close(): void {
    this.#client.destroy();
  }

  async #evaluate(keys: string[], call: string): Promise<number[][]> {
    const given = [String(keys.length), ...keys, call];
    try {
      return await this.#client.sendCommand<number[][]>(["EVALSHA", scriptSha, ...given]);
    } catch (error) {
      // A Redis that was restarted knows no script.
      if (!messageOf(error).startsWith("NOSCRIPT")) throw error;
      return await this.#client.sendCommand<number[][]>(["EVAL", script, ...given]);
    }
  }

  #tell(isUp: boolean, message: string): void {
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    this.#options.onState?.(isUp, message);
  }
}

function toScript({ windows, key: _key, ...operation }: CounterOperation): object {
  return { ...operation, windows: windows.map(windowToScript) };
}

/** Lua has no null: what is not there is left out. */
function windowToScript({ unit, period, algorithm, ...amounts }: AmountInWindow): object {
  const id = [unit, algorithm, period].join(" ");
  return { id, unit, ...(period && { period, algorithm }), ...amounts };
}

const windowNumbers = 4;

function toState([letsThrough, time = 0, wall = 0, ...numbers]: number[]): CounterState {
  const windows = Array.from({ length: numbers.length / windowNumbers }, (_, i) => {
    const [remaining = 0, resetMs = 0, retryMs = 0, fits] = numbers.slice(i * windowNumbers, (i + 1) * windowNumbers);
    return { remaining, resetMs, retryMs: retryMs < 0 ? null : retryMs, fits: fits === 1 };
  });
  return { letsThrough: letsThrough === 1, time, wall, windows };
}

async function timeout(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null).unref());
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
