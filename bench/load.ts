// A bounded closed-loop load: a fixed number of requests over a fixed number of connections.
import { Pool } from "undici";

export interface Load {
  /** Where to send, `http://127.0.0.1:port`. */
  origin: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  requests: number;
  connections: number;
}

export interface LoadResult {
  /** From sending to the response's first byte, per request, sorted ascending. */
  firstByteMs: number[];
  /** From sending to the response's last byte, per request, sorted ascending. */
  totalMs: number[];
}

/**
 * Runs the load to its end. Throws at the first answer that is not a complete 200, for a benchmark of errors says
 * nothing.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const pool = new Pool(load.origin, { connections: load.connections, pipelining: 1 });
  const firstByteMs: number[] = [];
  const totalMs: number[] = [];
  let left = load.requests;
  async function worker(): Promise<void> {
    while (left-- > 0) {
      const start = performance.now();
      const { statusCode, body } = await pool.request({
        method: "POST",
        path: load.path,
        headers: { "content-type": "application/json", authorization: "Bearer bench", ...load.headers },
        body: load.body,
      });
      firstByteMs.push(performance.now() - start);
      if (statusCode !== 200) throw new Error(`Answer ${statusCode} under load: ${await body.text()}`);
      await body.dump({ limit: Number.MAX_SAFE_INTEGER });
      totalMs.push(performance.now() - start);
    }
  }
  try {
    await Promise.all(Array.from({ length: load.connections }, worker));
  } finally {
    await pool.close();
  }
  return { firstByteMs: firstByteMs.sort(ascending), totalMs: totalMs.sort(ascending) };
}

/** The value below which `share` (0..1) of the sorted `values` lie. */
export function quantile(values: number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
}

export function median(values: number[]): number {
  return quantile(values.toSorted(ascending), 0.5);
}

function ascending(a: number, b: number): number {
  return a - b;
}
