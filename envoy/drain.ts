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
 * Gives how many requests were still open at the end. Envoy runs on: it is its owner who stops it. An Envoy that is
 * gone has nothing to wait for; one that is too busy to answer is asked again.
 */
export async function drainEnvoy({ ask, statPrefix, timeoutMs, onOpen }: DrainOptions): Promise<number> {
  const deadline = performance.now() + timeoutMs;
  // The order matters: a connection that is still accepted must already hear that it is the last.
  const orders = ["/healthcheck/fail", "/drain_listeners"];
  let told: number | null = null;
  for (;;) {
    const open = await orderAndRead(ask, orders, statPrefix);
    if (open === "gone") return 0;
    if (open && open.requests !== told) {
      told = open.requests;
      onOpen?.(told);
    }
    const isOver = open !== null && open.requests === 0 && open.unsentBytes === 0;
    if (isOver || performance.now() >= deadline) return told ?? 0;
    await pause(pollMs);
  }
}

/** Gives what is left of `orders`, and then reads. Null: no answer in time. */
async function orderAndRead(
  ask: DrainOptions["ask"],
  orders: string[],
  statPrefix: string,
): Promise<Open | "gone" | null> {
  try {
    for (let order = orders[0]; order; order = orders[0]) {
      await ask(order, "POST");
      orders.shift();
    }
    return await readOpen(ask, statPrefix);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    return code === "ECONNREFUSED" || code === "ENOENT" ? "gone" : null;
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
