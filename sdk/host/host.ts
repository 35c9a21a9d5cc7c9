// What one imagined Envoy process has besides its VMs: clock, randomness, shared data, metrics, clusters, logs.
import { LogLevel } from "./abi.ts";
import { fromByteString } from "./byte-string.ts";
import { VirtualClock } from "./clock.ts";
import { Crossings } from "./crossings.ts";
import { stockForeignFunctions, type ForeignFunction } from "./foreign-functions.ts";
import type { GrpcCall, GrpcCluster } from "./grpc-callout.ts";
import type { HttpCall, HttpCluster } from "./http-callout.ts";
import { Metrics } from "./metrics.ts";
import { SeededRandom } from "./random.ts";
import { SharedData, SharedQueues } from "./shared-data.ts";

export interface HostOptions {
  /** Unix time in milliseconds at which the virtual clock starts. Default 2026-01-01T00:00:00Z. */
  startMs?: number;
  /** Seed of `random_get`. Default 1. */
  seed?: number;
  /** Clusters that HTTP callouts may name; a call to any other fails at once, as on Envoy. */
  clusters?: Record<string, HttpCluster>;
  /** Clusters that gRPC callouts may name. */
  grpcClusters?: Record<string, GrpcCluster>;
  /** Added to (or in place of) Envoy's stock foreign functions. */
  foreignFunctions?: Record<string, ForeignFunction>;
  /** What `proxy_get_log_level` tells; nothing is hidden from `logs`. Default trace (0). */
  logLevel?: number;
}

export interface LogEntry {
  level: number;
  message: string;
  /** The plugin that logged; empty for the host's own lines. */
  plugin: string;
}

export class Host {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly sharedData = new SharedData();
  readonly sharedQueues = new SharedQueues();
  readonly metrics = new Metrics();
  readonly crossings = new Crossings();
  readonly clusters: Record<string, HttpCluster>;
  readonly grpcClusters: Record<string, GrpcCluster>;
  readonly foreignFunctions: Record<string, ForeignFunction>;
  readonly logLevel: number;
  /** Everything logged, in order. Empty it with `logs.length = 0`. */
  readonly logs: LogEntry[] = [];
  /** Every HTTP callout made, in order. */
  readonly httpCalls: HttpCall[] = [];
  /** Every gRPC call and stream opened, in order. */
  readonly grpcCalls: GrpcCall[] = [];
  readonly #posted: (() => void)[] = [];
  #running = false;

  constructor(options: HostOptions) {
    this.clock = new VirtualClock(options.startMs ?? Date.UTC(2026, 0, 1));
    this.random = new SeededRandom(options.seed ?? 1);
    this.clusters = options.clusters ?? {};
    this.grpcClusters = options.grpcClusters ?? {};
    this.foreignFunctions = { ...stockForeignFunctions, ...options.foreignFunctions };
    this.logLevel = options.logLevel ?? LogLevel.Trace;
  }

  /** The messages logged so far, at `level` or above. */
  messages(level: number = LogLevel.Trace): string[] {
    return this.logs.filter((entry) => entry.level >= level).map((entry) => entry.message);
  }

  /** Moves the clock, so that timers, ticks and delayed replies happen. */
  advance(ms: number): void {
    this.clock.advance(ms);
    this.runPosted();
  }

  log(level: number, message: string, plugin: string): void {
    this.logs.push({ level, message: fromByteString(message), plugin });
  }

  /** Does `action` when the present event is over. */
  post(action: () => void): void {
    this.#posted.push(action);
  }

  /** Does what was posted, unless that is being done already. */
  runPosted(): void {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let action = this.#posted.shift(); action; action = this.#posted.shift()) action();
    } finally {
      this.#running = false;
    }
  }
}
