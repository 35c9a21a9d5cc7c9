// Lets an Envoy finish: new connections are refused, what is open may end, every answer closes its connection.
import { setTimeout as pause } from "node:timers/promises";
import type { AdminAnswer } from "./admin-client.ts";

export interface DrainOptions {
  /** Asks the Envoy's admin interface; throws when it does not answer. */
  ask: (path: string, method?: string) => Promise<AdminAnswer>;
  /** Of the connection managers whose requests count. */
  statPrefix: string;
  /** Then it is over, whatever is open. */
  timeoutMs: number;
  /** How many requests are open: at the beginning, and whenever it has changed. */
  onOpen?: (requests: number) => void;
}

const pollMs = 50;

/**
 * Gives how many requests were still open at the end. Envoy runs on: it is its owner who stops it. An Envoy that does
 * not answer has nothing to wait for.
 */
export async function drainEnvoy({ ask, statPrefix, timeoutMs, onOpen }: DrainOptions): Promise<number> {
  const deadline = performance.now() + timeoutMs;
  let told: number | null = null;
  try {
    // The order matters: a connection that is still accepted must already hear that it is the last.
    await ask("/healthcheck/fail", "POST");
    await ask("/drain_listeners", "POST");
    for (;;) {
      const { requests, unsentBytes } = await readOpen(ask, statPrefix);
      if (requests !== told) onOpen?.((told = requests));
      if ((requests === 0 && unsentBytes === 0) || performance.now() >= deadline) return requests;
      await pause(pollMs);
    }
  } catch {
    return 0;
  }
}

interface Open {
  requests: number;
  /** Of answers that are over for Envoy, and not yet for a slow client. */
  unsentBytes: number;
}

async function readOpen(ask: DrainOptions["ask"], statPrefix: string): Promise<Open> {
  const names = ["downstream_rq_active", "downstream_cx_tx_bytes_buffered"].map((name) => `http.${statPrefix}.${name}`);
  const { body } = await ask(`/stats?filter=${encodeURIComponent(`^(${names.join("|")})$`)}`);
  const valueOf = (name: string): number => {
    const line = body.split("\n").find((text) => text.startsWith(`${name}: `));
    return line ? Number(line.slice(name.length + 2)) : 0;
  };
  return { requests: valueOf(names[0]!), unsentBytes: valueOf(names[1]!) };
}
