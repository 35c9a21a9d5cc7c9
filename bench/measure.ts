// One gateway under one workload: what it cost and how long it took.
import type { GatewayProcess } from "./gateway-process.ts";
import { quantile, runLoad } from "./load.ts";
import { cpuTimeMs } from "./process-usage.ts";
import type { Workload } from "./workloads.ts";

export const chatPath = "/v1/chat/completions";

export interface Measurement {
  /** CPU time of the gateway's process per request. */
  cpuMicros: number;
  firstByteP50Ms: number;
  firstByteP99Ms: number;
  totalP50Ms: number;
  totalP99Ms: number;
}

/** Of this many requests one is sent alone, on one connection, to see latency without queueing. */
const requestsPerLone = 20;

export async function measure(gateway: GatewayProcess, workload: Workload): Promise<Measurement> {
  const load = {
    origin: gateway.origin,
    path: workload.path ?? chatPath,
    headers: workload.headers,
    body: workload.body,
  };
  await runLoad({ ...load, requests: Math.ceil(workload.requests / 10), connections: workload.connections });
  const before = cpuTimeMs(gateway.pid);
  await runLoad({ ...load, requests: workload.requests, connections: workload.connections });
  const cpuMicros = ((cpuTimeMs(gateway.pid) - before) * 1000) / workload.requests;
  const lone = Math.ceil(workload.requests / requestsPerLone);
  const { firstByteMs, totalMs } = await runLoad({ ...load, requests: lone, connections: 1 });
  return {
    cpuMicros,
    firstByteP50Ms: quantile(firstByteMs, 0.5),
    firstByteP99Ms: quantile(firstByteMs, 0.99),
    totalP50Ms: quantile(totalMs, 0.5),
    totalP99Ms: quantile(totalMs, 0.99),
  };
}
