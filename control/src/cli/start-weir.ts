// Everything that runs when Weir runs, put together: configuration, control plane, simulated provider, Envoy. The
// command line and the end-to-end tests start it alike; who prints what is theirs.
//
//   plugins ─► control plane ─► configuration ─► simulator (if used) ─► publish ─► Envoy ─► accepted ─► watch the file
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { ConfigWatch } from "../config/watch-config.ts";
import type { Problem } from "../config/problem.ts";
import type { Model } from "../model/model.ts";
import type { EnvoyStatus } from "../serve/envoy-status.ts";
import type { Simulator } from "../simulator/simulator.ts";
import type { AdminAddress } from "../../../envoy/bootstrap.ts";
import type { EnvoyExit } from "../../../envoy/envoy-exit.ts";
import type { EnvoyProcess } from "../../../envoy/envoy-process.ts";
import { ConfigurationInForce, type GatewayOverride } from "./configuration-in-force.ts";
import { ControlPlane } from "./control-plane.ts";
import { explainPort, requireGatewayPort } from "./listen-check.ts";
import { findPlugins } from "./plugin-files.ts";
import { startEnvoy } from "./start-envoy.ts";
import { UserError } from "./user-error.ts";

export interface StartWeirOptions {
  /** weir.yaml */
  configFile: string;
  env?: Record<string, string | undefined>;
  /** In place of the file's. */
  gateway?: GatewayOverride;
  /** Where the control plane listens; see `ControlPlaneOptions`. */
  control?: { address?: string; xdsPort?: number; httpPort?: number };
  /** Follow the file's changes; default true. Without it only `reload` does. */
  watch?: boolean;
  /** False serves a fleet that others start; default true. */
  envoy?: boolean;
  admin?: AdminAddress;
  /** Envoy's worker threads; default one per core. */
  concurrency?: number;
  /** Envoy's own log, default `warning`. */
  envoyLogLevel?: string;
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
  /** An Envoy has refused a resource. Its last good version stays. */
  onReject?(message: string): void;
}

export interface Weir {
  /** `http://127.0.0.1:8080`, without a path. */
  gatewayUrl: string;
  /** `http://127.0.0.1:18001`: status and plugins. */
  controlUrl: string;
  xdsPort: number;
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
  /** Stops everything. May be called again. */
  close(): Promise<void>;
  /** Without grace; the process should end now. */
  kill(): void;
}

/** Throws a `UserError`, with nothing left running, when Weir cannot serve. */
export async function startWeir(options: StartWeirOptions): Promise<Weir> {
  const running = new RunningWeir(options);
  try {
    await running.start();
    return running;
  } catch (error) {
    await running.close();
    throw error;
  }
}

const settlePollMs = 20;
/** Envoy fetches and compiles the plugins in this time, even on a busy machine. */
const settleMs = 30_000;

class RunningWeir implements Weir {
  readonly #options: StartWeirOptions;
  readonly #events: WeirEvents;
  readonly #configuration: ConfigurationInForce;
  /** Not two Envoys of one fleet may share an id, not even one after the other. */
  readonly #nodeId = `weir-${process.pid}-${randomUUID().slice(0, 8)}`;
  #control: ControlPlane | null = null;
  #watch: ConfigWatch | null = null;
  #closed: Promise<void> | null = null;
  #reloading: Promise<boolean> = Promise.resolve(true);
  envoy: EnvoyProcess | null = null;
  envoyVersion: string | null = null;

  constructor(options: StartWeirOptions) {
    this.#options = options;
    this.#events = options.events ?? {};
    this.#configuration = new ConfigurationInForce(options.configFile, options.env ?? process.env, options.gateway);
  }

  get gatewayUrl(): string {
    const { address, port } = this.model.gateway;
    const host =
      { "0.0.0.0": "127.0.0.1", "::": "[::1]" }[address] ?? (address.includes(":") ? `[${address}]` : address);
    return `http://${host}:${port}`;
  }

  get controlUrl(): string {
    return `http://${this.#plane.address}:${this.#plane.httpPort}`;
  }

  get xdsPort(): number {
    return this.#plane.xdsPort;
  }

  get simulator(): Simulator | null {
    return this.#configuration.simulator;
  }

  get model(): Model {
    return this.#configuration.model;
  }

  get problems(): Problem[] {
    return this.#configuration.problems;
  }

  status(): EnvoyStatus[] {
    return this.#plane.status();
  }

  async start(): Promise<void> {
    this.#options.signal?.addEventListener("abort", () => void this.envoy?.stop());
    const { watch = true, envoy = true } = this.#options;
    await this.#readFirst();
    if (envoy) await requireGatewayPort(this.model.gateway.address, this.model.gateway.port);
    this.#control = await this.#startControlPlane();
    await this.#control.addPlugins(await findPlugins((name) => this.#events.onStep?.(`Compiling plugin ${name}`)));
    this.#publish();
    if (envoy) await this.#startEnvoy();
    if (watch) this.#watch = this.#configuration.watch(() => void this.reload());
  }

  reload(): Promise<boolean> {
    // One after the other: each must see what the one before it has put in force.
    this.#reloading = this.#reloading.then(() => this.#reload());
    return this.#reloading;
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  kill(): void {
    this.envoy?.kill();
  }

  get #plane(): ControlPlane {
    if (!this.#control) throw new Error("The control plane is not started");
    return this.#control;
  }

  async #readFirst(): Promise<void> {
    const usable = await this.#configuration.read();
    this.#events.onConfiguration?.(this.problems, usable);
    if (!usable) throw new UserError(`${this.#options.configFile} has nothing that can be served`);
  }

  #startControlPlane(): Promise<ControlPlane> {
    return ControlPlane.start({
      ...this.#options.control,
      config: () => this.#configuration.view(),
      onReject: (envoyId, _, name, message) => this.#events.onReject?.(`Envoy ${envoyId} refuses ${name}: ${message}`),
    });
  }

  async #startEnvoy(): Promise<void> {
    const { options, plane } = { options: this.#options, plane: this.#plane };
    const started = await startEnvoy({ ...options, events: this.#events, nodeId: this.#nodeId, plane });
    this.envoy = started.process;
    this.envoyVersion = started.version;
    this.#events.onStep?.("Starting Envoy");
    await this.envoy.start();
    await this.#settle();
    await this.#requireListener();
  }

  async #reload(): Promise<boolean> {
    if (this.#closed) return false;
    const usable = await this.#configuration.read();
    if (usable) this.#publish();
    this.#events.onConfiguration?.(this.problems, usable);
    if (usable && this.envoy) await this.#settle();
    return usable;
  }

  #publish(): void {
    for (const { name, message } of this.#plane.publish(this.model)) {
      this.#events.onReject?.(`Not sent to any Envoy: ${name}: ${message}`);
    }
  }

  async #settle(): Promise<void> {
    const deadline = performance.now() + settleMs;
    while (!this.#closed && !this.#plane.isSettled(this.#nodeId) && performance.now() < deadline) {
      await pause(settlePollMs);
    }
  }

  /** An Envoy that could not listen runs all the same: only its refusal tells. */
  async #requireListener(): Promise<void> {
    const { address, port } = this.model.gateway;
    const own = this.status().find((status) => status.id === this.#nodeId);
    const refused = own?.resources.find(({ kind, state }) => kind === "listener" && state === "rejected");
    if (!refused) return;
    const taken = /[Aa]ddress already in use/.test(refused.message ?? "");
    throw new UserError(
      taken
        ? await explainPort(address, port, "EADDRINUSE")
        : `Envoy refuses the gateway's listener: ${refused.message}`,
    );
  }

  async #end(): Promise<void> {
    this.#watch?.close();
    await this.envoy?.stop();
    await this.#control?.close();
    await this.#configuration.close();
  }
}
