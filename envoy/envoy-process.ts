// One supervised Envoy: started, watched until it is ready, started again with growing pauses when it dies, stopped
// with a grace period. Nothing of it outlives this process.
//
//   starting ─ready─► running ─dies─► waiting ─pause over─► starting …    stop() leads to stopped from anywhere
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { askAdmin, type AdminAnswer } from "./admin-client.ts";
import type { AdminAddress } from "./bootstrap.ts";
import { drainEnvoy, type DrainOptions } from "./drain.ts";
import { describeExit, EnvoyFailed, type EnvoyExit } from "./envoy-exit.ts";
import { LastLines } from "./last-lines.ts";
import { OrphanGuard } from "./orphan-guard.ts";
import { relayedStdout, type Stdout } from "./stdout-relay.ts";

export interface EnvoyProcessOptions {
  /** The binary. */
  path: string;
  /**
   * Proto-JSON of the bootstrap, given the admin address that this process has chosen, and its folder: private to this
   * user, there for sockets, and gone when Envoy is stopped.
   */
  bootstrap: (admin: AdminAddress, folder: string) => object | Promise<object>;
  /** Default: a unix socket in a private folder. */
  admin?: AdminAddress;
  /** Worker threads; default one per core. */
  concurrency?: number;
  /** Default `warning`. */
  logLevel?: string;
  env?: Record<string, string | undefined>;
  /** Each line that Envoy writes to stderr. */
  onLog?: (line: string) => void;
  /** Envoy has died and is started again after the pause. */
  onRestart?: (exit: EnvoyExit, pauseMs: number) => void;
  /** Envoy serves; at the first start and after every other. */
  onReady?: () => void;
  timing?: Partial<EnvoyTiming>;
}

/** Milliseconds. */
export interface EnvoyTiming {
  pauseMin: number;
  pauseMax: number;
  /** An Envoy that lived this long starts again without the pauses that it had gathered. */
  stable: number;
  /** From start to ready, before `start` gives up. */
  ready: number;
  /** From SIGTERM to SIGKILL. */
  stopGrace: number;
}

const defaultTiming: EnvoyTiming = { pauseMin: 200, pauseMax: 30_000, stable: 10_000, ready: 60_000, stopGrace: 5_000 };

/** An Envoy that was never ready after so many starts will not be, and its owner must know. */
const firstStartsMax = 3;
const readyPollMs = 40;

export class EnvoyProcess {
  readonly #options: EnvoyProcessOptions;
  readonly #timing: EnvoyTiming;
  readonly #lines = new LastLines();
  readonly #stopping = new AbortController();
  #folder = "";
  #admin: AdminAddress = { socketPath: "" };
  #stdout: Stdout | null = null;
  #child: ChildProcess | null = null;
  #exited: Promise<EnvoyExit> | null = null;
  #preparing: Promise<void> | null = null;
  #supervision: Promise<void> | null = null;
  #stopped: Promise<void> | null = null;
  #everReady = false;
  #restarts = 0;

  constructor(options: EnvoyProcessOptions) {
    this.#options = options;
    this.#timing = { ...defaultTiming, ...options.timing };
  }

  /** The running Envoy's process id; null between two lives. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get restarts(): number {
    return this.#restarts;
  }

  get admin(): AdminAddress {
    return this.#admin;
  }

  /** Throws when Envoy does not answer. */
  askAdmin(path: string, method = "GET"): Promise<AdminAnswer> {
    return askAdmin(this.#admin, path, method);
  }

  /** Resolves when Envoy is ready. Throws `EnvoyFailed` with the cause when it does not get there, and stops it. */
  async start(): Promise<void> {
    const outcome = Promise.withResolvers<void>();
    this.#preparing = this.#prepare();
    try {
      await this.#preparing;
      this.#supervision = this.#supervise(outcome);
      await outcome.promise;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    this.#folder = await mkdtemp(join(socketsBase(), "weir-"));
    this.#admin = this.#options.admin ?? { socketPath: join(this.#folder, "admin.sock") };
    this.#stdout = await relayedStdout(this.#folder);
    const bootstrap = await this.#options.bootstrap(this.#admin, this.#folder);
    await writeFile(this.#bootstrapPath, JSON.stringify(bootstrap), { mode: 0o600 });
  }

  /** Lets open requests finish. Gives how many were open at the end; `stop` is the next step in any case. */
  drain(options: Omit<DrainOptions, "ask">): Promise<number> {
    if (!this.#child) return Promise.resolve(0);
    return drainEnvoy({ ...options, ask: (path, method) => this.askAdmin(path, method) });
  }

  /** Ends Envoy, at once for its clients, and resolves when it is gone. May be called at any time and again. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    this.#stopping.abort();
    await this.#preparing?.catch(() => undefined);
    await this.#endChild();
    await this.#supervision;
    this.#stdout?.close();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }

  /** Ends this life of Envoy; the next one begins after the usual pause. */
  restart(): void {
    this.#child?.kill("SIGTERM");
  }

  /** Kills without grace, for an owner in a hurry. */
  kill(): void {
    this.#stopping.abort();
    this.#child?.kill("SIGKILL");
  }

  get #bootstrapPath(): string {
    return join(this.#folder, "bootstrap.json");
  }

  async #supervise(outcome: PromiseWithResolvers<void>): Promise<void> {
    const { signal } = this.#stopping;
    let gatheredPause = this.#timing.pauseMin;
    for (let starts = 1; !signal.aborted; starts++) {
      const startedAt = performance.now();
      const exit = await this.#live(outcome);
      if (signal.aborted) break;
      if (performance.now() - startedAt > this.#timing.stable) gatheredPause = this.#timing.pauseMin;
      if (!this.#everReady && starts >= firstStartsMax) return outcome.reject(new EnvoyFailed(exit));
      this.#restarts++;
      this.#options.onRestart?.(exit, gatheredPause);
      await pause(gatheredPause, undefined, { signal }).catch(() => undefined);
      gatheredPause = Math.min(gatheredPause * 2, this.#timing.pauseMax);
    }
    outcome.reject(new Error("Envoy was stopped before it was ready"));
  }

  /** One life of an Envoy, from start to exit. */
  async #live(outcome: PromiseWithResolvers<void>): Promise<EnvoyExit> {
    this.#exited = this.#spawn();
    const over = new AbortController();
    void this.#awaitReady(over.signal, outcome);
    const exit = await this.#exited;
    over.abort();
    return exit;
  }

  async #awaitReady(over: AbortSignal, outcome: PromiseWithResolvers<void>): Promise<void> {
    const deadline = performance.now() + this.#timing.ready;
    while (!over.aborted) {
      const answer = await this.askAdmin("/ready").catch(() => null);
      if (over.aborted) return;
      if (answer?.status === 200) {
        this.#everReady = true;
        outcome.resolve();
        return this.#options.onReady?.();
      }
      if (performance.now() > deadline) outcome.reject(this.#notReady(answer));
      await pause(readyPollMs);
    }
  }

  #notReady(answer: AdminAnswer | null): Error {
    const state = answer ? `it says ${answer.body.trim()}` : "its admin interface does not answer";
    const cause = describeExit({ code: null, signal: null, lastLines: this.#lines.list, error: null });
    return new Error(`Envoy was not ready after ${this.#timing.ready / 1000} s: ${state}${cause}`);
  }

  #arguments(): string[] {
    const { concurrency, logLevel = "warning" } = this.#options;
    return [
      ...["-c", this.#bootstrapPath, "--log-level", logLevel, "--log-format", "[%l][%n] %v"],
      // Several Envoys on one machine would meet in the shared memory of hot restart.
      "--disable-hot-restart",
      // Access logs are for reading now, and what is gathered is lost when Envoy is killed; the default is ten seconds.
      ...["--file-flush-interval-msec", "100"],
      ...(concurrency ? ["--concurrency", String(concurrency)] : []),
    ];
  }

  #spawn(): Promise<EnvoyExit> {
    this.#lines.clear();
    const child = spawn(this.#options.path, this.#arguments(), {
      stdio: ["ignore", this.#stdout?.fd ?? "ignore", "pipe"],
      env: this.#options.env ?? process.env,
      // A session of its own: Ctrl-C in the terminal is for Weir, which then stops Envoy in order.
      detached: true,
    });
    this.#child = child;
    const guard = child.pid === undefined ? null : new OrphanGuard(child.pid, this.#folder);
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      const lines = this.#lines.push(text);
      // That it was told to stop is no news.
      if (!this.#stopping.signal.aborted) for (const line of lines) this.#options.onLog?.(line);
    });
    return new Promise((resolve) => {
      const done = (code: number | null, signal: NodeJS.Signals | null, error: Error | null): void => {
        guard?.release();
        this.#child = null;
        resolve({ code, signal, error, lastLines: this.#lines.list });
      };
      child.on("error", (error) => child.pid === undefined && done(null, null, error));
      child.on("close", (code, signal) => done(code, signal, null));
    });
  }

  async #endChild(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), this.#timing.stopGrace);
    await this.#exited;
    clearTimeout(timer);
  }
}

/** What fits into a socket's address on every system (104 bytes on macOS, NUL included). */
const socketPathBytesMax = 103;

/** Where temporary folders are, unless the paths of sockets in one would be too long: then the usual place for them. */
function socketsBase(): string {
  const longest = join(tmpdir(), "weir-XXXXXX", "admin.sock");
  return Buffer.byteLength(longest) > socketPathBytesMax ? "/tmp" : tmpdir();
}
