// Finds the Envoy and prepares its supervision: bootstrap, memory bound, events.
import { join } from "node:path";
import { constrainedMemory } from "node:process";
import { totalmem } from "node:os";
import { buildBootstrap, heapShare, type AdminAddress } from "../../../envoy/bootstrap.ts";
import { EnvoyProcess } from "../../../envoy/envoy-process.ts";
import { findEnvoy } from "../../../envoy/find-envoy.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { WeirEvents } from "./weir.ts";

export interface StartEnvoyOptions {
  nodeId: string;
  /** What the counters of this machine's Envoy are kept under. */
  countersName: string;
  plane: ControlPlane;
  events: WeirEvents;
  env?: Record<string, string | undefined>;
  admin?: AdminAddress;
  concurrency?: number;
  envoyLogLevel?: string;
  signal?: AbortSignal;
}

/** Throws `EnvoyUnusable` when there is none to be had. */
export async function startEnvoy(options: StartEnvoyOptions): Promise<{ process: EnvoyProcess; version: string }> {
  const { events, env, signal, admin, concurrency, envoyLogLevel: logLevel } = options;
  const found = await findEnvoy({
    ...(env && { env }),
    ...(signal && { signal }),
    onProgress: (message) => events.onStep?.(message),
  });
  let starts = 0;
  const process = new EnvoyProcess({
    path: found.path,
    bootstrap: (address, folder) => bootstrapOf(options, address, folder),
    ...(admin && { admin }),
    ...(concurrency && { concurrency }),
    ...(logLevel && { logLevel }),
    ...(env && { env }),
    onLog: (line) => events.onEnvoyLog?.(line),
    onRestart: (exit, pauseMs) => events.onEnvoyRestart?.(exit, pauseMs),
    onReady: () => void (starts++ > 0 && events.onEnvoyReady?.()),
  });
  return { process, version: found.version };
}

/** Envoy is served over a socket in its own folder, which no other user of this machine can open. */
async function bootstrapOf(
  { nodeId, countersName, plane, env = {} }: StartEnvoyOptions,
  admin: AdminAddress,
  folder: string,
): Promise<object> {
  const socketPath = join(folder, "xds.sock");
  await plane.serveSocket(socketPath);
  const place = { zone: env["WEIR_ZONE"] ?? "", node: env["WEIR_NODE"] ?? "" };
  return buildBootstrap({ nodeId, countersName, place, admin, xds: { socketPath }, heapBytesMax: heapBytesMax() });
}

/** Of the memory that this process may use, container limits included. */
function heapBytesMax(): number {
  const limit = constrainedMemory();
  const total = totalmem();
  // Without a limit the system gives 0 or a number beyond all memory.
  return Math.floor((limit > 0 && limit < total ? limit : total) * heapShare);
}
