// Waiting until the Envoys have answered what they were told.
import { setTimeout as pause } from "node:timers/promises";
import type { ControlPlane } from "./control-plane.ts";

const pollMs = 20;
/** Envoy fetches and compiles the plugins in this time, even on a busy machine. */
const timeoutMs = 30_000;

export interface SettledOptions {
  /** Our own Envoy is asked alone; null: all that others have started. */
  own: string | null;
  isOver: () => boolean;
}

export async function settled(plane: ControlPlane, { own, isOver }: SettledOptions): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!isOver() && !plane.isSettled(own) && performance.now() < deadline) await pause(pollMs);
}
