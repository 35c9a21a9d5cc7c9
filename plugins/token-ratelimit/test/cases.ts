// The cases of docs/decisions/token-windows.md: fixtures/token-windows.json.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Amounts, CounterWindow } from "./reference-counter.ts";

export interface Step {
  /** Milliseconds after the case's `from`. */
  at: number;
  /** Amounts asked for, and the name of the reservation. */
  reserve?: Amounts;
  as?: string;
  allowed?: boolean;
  /** Where it is refused; null if it would never fit. */
  retryMs?: number | null;
  /** The name of a reservation, and what was really used. */
  settle?: string;
  real?: Amounts;
  release?: string;
  /** Afterwards, for each window. */
  remaining: number[];
  resetMs: number[];
}

export interface Case {
  name: string;
  from: string;
  shadow?: boolean;
  windows: CounterWindow[];
  steps: Step[];
}

export const cases = JSON.parse(
  readFileSync(join(import.meta.dirname, "../fixtures/token-windows.json"), "utf8"),
) as Case[];
