// What a running Weir is made from, what it tells, and what can be asked of it.
import type { Problem } from "../config/problem.ts";
import type { Model } from "../model/model.ts";
import type { EnvoyStatus } from "../serve/envoy-status.ts";
import type { TcpDoor } from "../serve/ads-door.ts";
import type { Simulator } from "../simulator/simulator.ts";
import type { AdminAddress } from "../../../envoy/bootstrap.ts";
import type { EnvoyExit } from "../../../envoy/envoy-exit.ts";
import type { EnvoyProcess } from "../../../envoy/envoy-process.ts";
import type { GatewayOverride } from "./configuration-in-force.ts";
import type { PluginFile } from "./plugin-files.ts";
import type { BudgetTuning } from "./running-budgets.ts";
import type { LedgerTuning } from "./running-ledger.ts";
import type { MarketStatus } from "./running-market.ts";

export interface StartWeirOptions {
  /** weir.yaml */
  configFile: string;
  env?: Record<string, string | undefined>;
  /** In place of the file's. */
  gateway?: GatewayOverride;
  /** Where the control plane listens; see `ControlPlaneOptions`. */
  control?: { address?: string; httpPort?: number; xds?: TcpDoor; keptMs?: number };
  /** Follow the file's changes; default true. Without it only `reload` does. */
  watch?: boolean;
  /** In place of the plugins that ship with Weir. */
  plugins?: PluginFile[];
  /** False serves a fleet that others start; default true. */
  envoy?: boolean;
  admin?: AdminAddress;
  /** Envoy's worker threads; default one per core. */
  concurrency?: number;
  /** Envoy's own log, default `warning`. */
  envoyLogLevel?: string;
  ledger?: LedgerTuning;
  budgets?: BudgetTuning;
  events?: WeirEvents;
  signal?: AbortSignal;
}

/** Each is optional; what it reports has already happened. */
export interface WeirEvents {
  /** A step that may take long begins. */
  onStep?(text: string): void;
  /** The configuration was read. `applied`: false when the last good one stays. */
  onConfiguration?(problems: Problem[], applied: boolean): void;
  onEnvoyLog?(line: string): void;
  onEnvoyRestart?(exit: EnvoyExit, pauseMs: number): void;
  /** Envoy serves again after a restart. */
  onEnvoyReady?(): void;
  /** An Envoy has refused a resource, which is a bug of Weir's. Its last good version stays. */
  onReject?(message: string): void;
  /** Somebody at the TCP port of ADS was turned away. */
  onXdsRefuse?(peer: string, reason: string): void;
  /** A change cannot be put in force as the file wants it; what was before stays. */
  onTrouble?(message: string): void;
  /** A trouble is over. */
  onRecovery?(message: string): void;
}

export interface Weir {
  /** `http://127.0.0.1:8080`, without a path. */
  gatewayUrl: string;
  /** `http://127.0.0.1:18001`: status and plugins. */
  controlUrl: string;
  /** 0 while ADS has no TCP port. */
  xdsPort: number;
  /** 0 while there is no admin API. */
  adminPort: number;
  readonly market: { status(): MarketStatus | null };
  envoy: EnvoyProcess | null;
  /** Version of the Envoy that was started. */
  envoyVersion: string | null;
  /** Null while the model has no simulated target. */
  readonly simulator: Simulator | null;
  readonly model: Model;
  readonly problems: Problem[];
  status(): EnvoyStatus[];
  /** Reads the file again and resolves when the Envoy started here has taken it. False: the last good one stays. */
  reload(): Promise<boolean>;
  /**
   * New connections are refused; open requests may finish for `timeoutMs`. Tells how many are open, at first and at
   * each change, and gives how many are left. The configuration is followed no more.
   */
  drain(timeoutMs: number, onOpen?: (requests: number) => void): Promise<number>;
  /** Stops everything, at once for clients. May be called again. */
  close(): Promise<void>;
  /** Without grace; the process should end now. */
  kill(): void;
}
