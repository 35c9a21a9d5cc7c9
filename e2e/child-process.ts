// A program started by a test: what it says, when it ends, and that it does not outlive the test.
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface StartOptions {
  env?: Record<string, string | undefined>;
  cwd?: string;
}

export class TestProcess {
  readonly #child: ChildProcess;
  #output = "";
  readonly exited: Promise<Exit>;

  constructor(command: string, args: string[], { env, cwd }: StartOptions = {}) {
    this.#child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", ...env },
      ...(cwd && { cwd }),
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => void (this.#output += text));
    }
    this.exited = new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", (code, signal) => resolve({ code, signal }));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Standard output and error, as they came. */
  get output(): string {
    return this.#output;
  }

  /** Resolves with the match once the output has one. */
  said(pattern: RegExp, timeoutMs = 20_000): Promise<RegExpExecArray> {
    return vi.waitFor(
      () => {
        const match = pattern.exec(this.#output);
        if (!match) throw new Error(`Nothing said matches ${pattern}:\n${this.#output}`);
        return match;
      },
      { timeout: timeoutMs, interval: 20 },
    );
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends it in order, and resolves when it is gone. */
  async stop(): Promise<void> {
    this.signal("SIGTERM");
    await this.exited.catch(() => undefined);
  }
}

const main = join(import.meta.dirname, "..", "control", "src", "cli", "main.ts");

/** The `weir` command. */
export function weir(args: string[], options: StartOptions = {}): TestProcess {
  return new TestProcess(process.execPath, [main, ...args], options);
}

/** The ids of a process's children, from Linux's process table. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

/** Whether the process runs. One that has ended and whose parent has not asked for its exit code yet does not. */
export function isRunning(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.[0];
    return state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}
