// The first thing a stranger does: `npm start`, the printed line pasted into a shell, Ctrl-C. Nothing may stay behind,
// however it ends.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";

const root = join(import.meta.dirname, "..", "..", "..");
const startMs = 60_000;

class Start {
  readonly #child: ChildProcess;
  /** In the environment of everything that is started below, whatever becomes of its parents. */
  readonly #mark = `WEIR_TEST_MARK=${randomUUID()}`;
  readonly exited: Promise<unknown>;
  output = "";

  constructor(port: number) {
    const [name = "", value = ""] = this.#mark.split("=");
    this.#child = spawn("npm", ["start", "--", "--port", String(port), "--concurrency", "1"], {
      cwd: root,
      env: { ...process.env, [name]: value, NO_COLOR: "1", OPENAI_API_KEY: "" },
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, as a shell gives to a command.
      detached: true,
    });
    this.exited = once(this.#child, "exit");
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => void (this.output += text));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ready(): Promise<void> {
    await vi.waitFor(() => expect(this.output).toContain("Ctrl-C stops it"), { timeout: startMs, interval: 50 });
  }

  /** What the terminal does at Ctrl-C: the signal goes to every process of the group. */
  pressCtrlC(): void {
    process.kill(-this.pid, "SIGINT");
  }

  /** The processes that this start has left, by their command lines. */
  processes(): { pid: number; command: string }[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          if (!readFileSync(`/proc/${pid}/environ`, "latin1").includes(this.#mark)) return [];
          return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ") }];
        } catch {
          return [];
        }
      });
  }

  async leavesNothing(): Promise<void> {
    await vi.waitFor(() => expect(this.processes()).toEqual([]), { timeout: 8_000, interval: 50 });
  }
}

let start: Start | undefined;
afterEach(async () => {
  for (const { pid } of start?.processes() ?? []) process.kill(pid, "SIGKILL");
  await start?.exited;
  start = undefined;
});

async function begin(): Promise<Start> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  start = new Start(port);
  await start.ready();
  return start;
}

/** The printed line, run by a shell as it is. */
async function paste(line: string): Promise<string> {
  return (await promisify(execFile)("sh", ["-c", `${line} --silent --show-error --no-buffer`])).stdout;
}

const hasCurl = (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, "curl")));

describe.skipIf(process.platform !== "linux")("npm start", () => {
  it("answers the line that it prints, streaming included, and ends at Ctrl-C without a trace", async (context) => {
    if (!hasCurl) return context.skip("there is no curl on this machine");
    const started = await begin();
    const line = /^ *(curl .*)$/m.exec(started.output)?.[1] ?? "";
    const answer = JSON.parse(await paste(line)) as { choices: { message: { content: string } }[] };
    expect(answer.choices[0]?.message.content).toMatch(/simulated.*Hello/);
    const stream = await paste(line.replace(`-d '{`, `-d '{"stream":true,`));
    expect(stream.match(/^data: /gm)?.length).toBeGreaterThan(5);
    expect(stream).toMatch(/data: \[DONE\]\n\n$/);
    started.pressCtrlC();
    await started.exited;
    await started.leavesNothing();
    expect(started.output).toContain("Stopping");
    expect(started.output).not.toMatch(/error|warning/i);
  });

  it("ends when npm is told to", async () => {
    const started = await begin();
    process.kill(started.pid, "SIGTERM");
    await started.exited;
    await started.leavesNothing();
  });

  it("takes Envoy along when it is killed outright", async () => {
    const started = await begin();
    const weir = started.processes().find(({ command }) => /main\.ts run/.test(command) && !/npm|sh -c/.test(command));
    process.kill(weir?.pid ?? 0, "SIGKILL");
    await started.exited;
    await started.leavesNothing();
  });
});
