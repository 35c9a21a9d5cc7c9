// A Redis of its own for one test file, on a free loopback port; stopped, frozen and started again as a test likes.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, isOpen } from "../../../../envoy/test/ports.ts";

/** Redis or Valkey; null where neither is installed. */
export const redisBinary =
  ["redis-server", "valkey-server"].find((name) => spawnSync(name, ["--version"]).status === 0) ?? null;

if (redisBinary === null) console.warn("Tests with Redis are skipped: install redis-server or valkey-server");

/** Who serves there, by Redis' own word; null where nobody says. */
async function processAt(port: number): Promise<number | null> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.end("INFO server\r\n");
  let said = "";
  socket.setEncoding("utf8").on("data", (text: string) => void (said += text));
  await once(socket, "close");
  const id = /process_id:(\d+)/.exec(said)?.[1];
  return id === undefined ? null : Number(id);
}

export class Redis {
  readonly #folder = mkdtempSync(join(tmpdir(), "weir-redis-"));
  readonly #port: number;
  #process: ChildProcess | null = null;

  private constructor(port: number) {
    this.#port = port;
  }

  static async start(): Promise<Redis> {
    const redis = new Redis(await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Again, with what it knew when it was stopped. */
  async start(): Promise<void> {
    const options = ["--bind", "127.0.0.1", "--port", String(this.#port), "--dir", this.#folder];
    this.#process = spawn(redisBinary ?? "", [...options, "--appendonly", "yes", "--save", ""], { stdio: "ignore" });
    // Another process may have taken the port since it was free, and would answer as well.
    while (!(await isOpen(this.#port)) || (await processAt(this.#port)) !== this.#process.pid) {
      if (this.#process.exitCode !== null) throw new Error("Redis does not start");
      await sleep(20);
    }
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    child.kill("SIGCONT");
    child.kill("SIGTERM");
    await once(child, "exit");
  }

  /** It keeps its connections, and answers nothing. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
