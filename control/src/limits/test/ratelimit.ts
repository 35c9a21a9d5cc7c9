// A real envoyproxy/ratelimit for one test file, on free loopback ports. Unless told otherwise it reads its
// configuration from a folder.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, isOpen } from "../../../../envoy/test/ports.ts";

/** What .ci/run builds. */
const built = join(import.meta.dirname, "../../../../.cache/ci/ratelimit-3fb702589d36/ratelimit");

/** `$RATELIMIT`, what .ci/run has built, or `ratelimit` on the PATH; null where there is none. */
export const ratelimitBinary =
  process.env["RATELIMIT"] ??
  (existsSync(built) ? built : spawnSync("which", ["ratelimit"]).stdout?.toString().trim()) ??
  null;

if (!ratelimitBinary) console.warn("Tests with envoyproxy/ratelimit are skipped: build it as .ci/run does");

export interface RatelimitOptions {
  /** `127.0.0.1:6379` */
  redis: string;
  /** Holds the folder `config`. */
  root: string;
  port: number;
  /** More of its settings. */
  settings?: Record<string, string>;
}

export class Ratelimit {
  readonly #process: ChildProcess;
  readonly #port: number;
  #output = "";

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.#port = port;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => void (this.#output += text));
    }
  }

  static async start(options: RatelimitOptions): Promise<Ratelimit> {
    const ratelimit = await Ratelimit.launch(options);
    await ratelimit.#listening();
    return ratelimit;
  }

  /** Without waiting for it to listen, which it does once it has a configuration. */
  static async launch({ redis, root, port, settings }: RatelimitOptions): Promise<Ratelimit> {
    const [http, debug] = [await freePort(), await freePort()];
    const env = {
      ...process.env,
      REDIS_SOCKET_TYPE: "tcp",
      REDIS_URL: redis,
      RUNTIME_ROOT: root,
      RUNTIME_WATCH_ROOT: "false",
      RUNTIME_IGNOREDOTFILES: "true",
      USE_STATSD: "false",
      LOG_LEVEL: "info",
      HOST: "127.0.0.1",
      PORT: String(http),
      DEBUG_HOST: "127.0.0.1",
      DEBUG_PORT: String(debug),
      GRPC_HOST: "127.0.0.1",
      GRPC_PORT: String(port),
      ...settings,
    };
    const child = spawn(ratelimitBinary ?? "", [], { env, stdio: ["ignore", "pipe", "pipe"] });
    return new Ratelimit(child, port);
  }

  /** What it has printed. */
  get output(): string {
    return this.#output;
  }

  async #listening(): Promise<void> {
    while (!(await isOpen(this.#port))) {
      if (this.#process.exitCode !== null) throw new Error(`ratelimit does not start:\n${this.#output}`);
      await sleep(20);
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }
}
