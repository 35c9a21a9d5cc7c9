// Runs something in the foreground until Ctrl-C or SIGTERM: the first stops it in order, the second at once.
import { UserError } from "./user-error.ts";
import type { Terminal } from "./terminal.ts";
import type { Weir } from "./weir.ts";

/** npm passes on the signal that the terminal has sent already, so one Ctrl-C arrives twice. */
const sameSignalMs = 500;
const forcedExitCode = 130;

/** Starts, waits for a signal, closes. Resolves when nothing is left running. */
export async function untilStopped(terminal: Terminal, start: (signal: AbortSignal) => Promise<Weir>): Promise<void> {
  const stop = new AbortController();
  let weir: Weir | null = null;
  let stoppedAt = 0;
  const onSignal = (): void => {
    if (stoppedAt === 0) {
      stoppedAt = performance.now();
      terminal.note("Stopping; Ctrl-C again to force");
      return stop.abort();
    }
    if (performance.now() - stoppedAt < sameSignalMs) return;
    weir?.kill();
    process.exit(forcedExitCode);
  };
  const onHangup = (): void => void weir?.reload();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal).on("SIGHUP", onHangup);
  try {
    weir = await start(stop.signal);
    await aborted(stop.signal);
    await weir.close();
  } catch (error) {
    if (!stop.signal.aborted || error instanceof UserError) throw error;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal).off("SIGHUP", onHangup);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    // An abort listener keeps no process alive; the gateway's own servers do.
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
