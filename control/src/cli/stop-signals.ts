// Runs something in the foreground until Ctrl-C or SIGTERM. The first one lets open requests finish for a while, then
// stops everything in order; the second one stops it at once.
import { constants } from "node:os";
import { UserError } from "./user-error.ts";
import type { Terminal } from "./terminal.ts";
import type { Weir } from "./weir.ts";

/** npm passes on the signal that the terminal has sent already, so one Ctrl-C arrives twice. */
const sameSignalMs = 500;
/** What a shell gives for a process that a signal ended. */
const forcedExitBase = 128;

/** How long open requests may take to finish, in milliseconds. */
export interface DrainTimes {
  /** SIGTERM: a supervisor replaces this process, and clients should not notice. */
  terminate: number;
  /** Ctrl-C: somebody waits for the prompt. */
  interrupt: number;
}

export const defaultDrainTimes: DrainTimes = { terminate: 30_000, interrupt: 3_000 };

/** Starts, waits for a signal, drains, closes. Resolves when nothing is left running. */
export async function untilStopped(
  terminal: Terminal,
  drainTimes: DrainTimes,
  start: (signal: AbortSignal) => Promise<Weir>,
): Promise<void> {
  const stop = new AbortController();
  let weir: Weir | null = null;
  let stoppedAt = 0;
  let drainMs = 0;
  const onSignal = (signal: "SIGINT" | "SIGTERM"): void => {
    if (stoppedAt === 0) {
      stoppedAt = performance.now();
      drainMs = signal === "SIGTERM" ? drainTimes.terminate : drainTimes.interrupt;
      terminal.note("Stopping; Ctrl-C again to force");
      return stop.abort();
    }
    if (performance.now() - stoppedAt < sameSignalMs) return;
    weir?.kill();
    process.exit(forcedExitBase + constants.signals[signal]);
  };
  const onHangup = (): void => void weir?.reload();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal).on("SIGHUP", onHangup);
  try {
    weir = await start(stop.signal);
    await aborted(stop.signal);
    await drain(weir, terminal, drainMs);
    await weir.close();
  } catch (error) {
    if (!stop.signal.aborted || error instanceof UserError) throw error;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal).off("SIGHUP", onHangup);
  }
}

/** Of many requests that end one by one, not every one is worth a line. */
const tellEveryMs = 2_000;

async function drain(weir: Weir, terminal: Terminal, timeoutMs: number): Promise<void> {
  let toldAt = -Infinity;
  const left = await weir.drain(timeoutMs, (requests) => {
    if (requests === 0 || performance.now() - toldAt < tellEveryMs) return;
    const first = toldAt === -Infinity;
    toldAt = performance.now();
    const wait = first ? `, for at most ${timeoutMs / 1000} s` : "";
    terminal.note(`Waiting for ${counted(requests)} to finish${wait}`);
  });
  if (left > 0) terminal.note(`Ending ${counted(left)} after ${timeoutMs / 1000} s`);
}

function counted(requests: number): string {
  return requests === 1 ? "1 open request" : `${requests} open requests`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    // An abort listener keeps no process alive; the gateway's own servers do.
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
