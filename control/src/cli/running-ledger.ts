// The ledger beside a running control plane: started, stopped and moved as the configuration says.
import { accessSync, constants, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Ledger, type LedgerStatus } from "../ledger/ledger.ts";
import type { Model } from "../model/model.ts";
import { lockFile } from "../store/file-lock.ts";
import type { EnvoyProcess } from "../../../envoy/envoy-process.ts";
import { messageOf, UserError } from "./user-error.ts";
import type { WeirEvents } from "./weir.ts";

export interface RunningLedgerOptions {
  model: () => Model;
  /** Null while none runs here. */
  envoy: () => EnvoyProcess | null;
  /** Without an Envoy of this machine's the log is nobody's here. */
  hasEnvoy: boolean;
  events: WeirEvents;
  tuning?: LedgerTuning;
}

/** For tests: smaller files, shorter times. */
export interface LedgerTuning {
  rotateBytes?: number;
  settleMs?: number;
  pollMs?: number;
}

export class RunningLedger {
  readonly #options: RunningLedgerOptions;
  /** Logs that this process may write, and what gives each of them up. */
  readonly #locks = new Map<string, () => void>();
  #ledger: Ledger | null = null;
  /** What the running one was started with. */
  #place = "";

  constructor(options: RunningLedgerOptions) {
    this.#options = options;
  }

  /** Before Envoy learns of the log: its folder must be there. Throws `UserError` when somebody else writes it. */
  prepare(): void {
    const log = this.#options.model().ledger?.log;
    if (!log || !this.#options.hasEnvoy || this.#locks.has(log)) return;
    const release = lockLog(log);
    if (release) return void this.#locks.set(log, release);
    throw new UserError(`Another Weir writes ${log}. Give this one a WEIR_STATE or a ledger.log of its own`);
  }

  /** Does what the configuration in force says. */
  async follow(): Promise<void> {
    const { model, hasEnvoy, events } = this.#options;
    const { ledger } = model();
    if (ledger && !ledger.log) {
      const fix = "Set ledger.log to a path that each of their machines has, and run weir ledger ingest there";
      events.onTrouble?.(`Nothing is recorded: other Envoys may join, and the ledger has no log. ${fix}`);
    }
    const isHere = ledger?.database && ledger.log && hasEnvoy;
    const place = isHere ? JSON.stringify([ledger.database!.reveal(), ledger.log]) : "";
    if (place === this.#place) return;
    await this.#ledger?.stop();
    for (const [log, release] of this.#locks) {
      if (log === ledger?.log) continue;
      release();
      this.#locks.delete(log);
    }
    this.#place = place;
    this.#ledger = place === "" ? null : this.#make();
    this.#ledger?.start();
  }

  status(): Promise<LedgerStatus> | null {
    return this.#ledger?.status() ?? null;
  }

  /** When Envoy has ended: what it wrote last is taken in. */
  async close(): Promise<void> {
    await this.#ledger?.stop();
    this.#ledger = null;
    for (const release of this.#locks.values()) release();
    this.#locks.clear();
  }

  #make(): Ledger {
    const { model, envoy, events, tuning } = this.#options;
    const { database, log } = model().ledger!;
    return new Ledger({
      ...tuning,
      database: database!.reveal(),
      log: log!,
      models: () => model().models,
      retention: () => model().ledger?.retention ?? { requestsMs: 0, hoursMs: 0, daysMs: 0, bodiesMs: 0 },
      reopen: async () => void (await envoy()?.askAdmin("/reopen_logs", "POST")),
      writeFailures: async () => readCounter((await envoy()?.askAdmin(`/stats?filter=^${failures}$`))?.body ?? ""),
      onTrouble: (message) => events.onTrouble?.(message),
      onRecovery: (message) => events.onRecovery?.(message),
    });
  }
}

/** Null while another process has it. */
function lockLog(log: string): (() => void) | null {
  try {
    mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
    accessSync(dirname(log), constants.W_OK);
    return lockFile(`${log}.lock`);
  } catch (cause) {
    const message = `The ledger's log cannot be written: ${messageOf(cause)}. Set WEIR_STATE or ledger.log`;
    throw new UserError(message, { cause });
  }
}

/** https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/observability/statistics#file-system */
const failures = "filesystem.write_failed";

function readCounter(stats: string): number {
  return Number(/: (\d+)/.exec(stats)?.[1] ?? 0);
}
