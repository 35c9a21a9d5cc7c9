// Ends a child when this process can no longer do so itself, killed outright for instance. A tiny shell waits for the
// end of a pipe which only this process holds: the system closes it, however this process dies.
import { spawn, type ChildProcess } from "node:child_process";

// $0 is the child, $1 the folder it used. The child is asked first, and forced after five seconds.
const script = `
cat >/dev/null
kill -TERM "$0"
for i in $(seq 50); do kill -0 "$0" 2>/dev/null || break; sleep 0.1; done
kill -KILL "$0" 2>/dev/null
rm -rf -- "$1"`;

export class OrphanGuard {
  readonly #shell: ChildProcess;

  /** In a session of its own, so that Ctrl-C in the terminal does not reach it. */
  constructor(pid: number, folder: string) {
    const args = ["-c", script, String(pid), folder];
    this.#shell = spawn("/bin/sh", args, { stdio: ["pipe", "ignore", "ignore"], detached: true });
    // Without a shell there is no guard; everything else works as before.
    this.#shell.on("error", () => undefined);
    this.#shell.stdin?.on("error", () => undefined);
    this.#shell.unref();
    (this.#shell.stdin as { unref?: () => void } | null)?.unref?.();
  }

  /** To be called once the child has ended: its process id may soon be another's. */
  release(): void {
    const { pid } = this.#shell;
    if (pid === undefined || this.#shell.exitCode !== null) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}
