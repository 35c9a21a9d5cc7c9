// `weir limits` on a Redis of its own, as the contender with limits for a fleet asks it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, isOpen } from "../envoy/test/ports.ts";
import { Redis, redisBinary } from "../control/src/limits/test/redis.ts";

export interface RunningLimitService {
  /** Host and port. */
  address: string;
  stop(): Promise<void>;
}

const main = join(import.meta.dirname, "../control/src/cli/main.ts");

/** Null where there is no Redis. */
export async function startLimitService(): Promise<RunningLimitService | null> {
  if (redisBinary === null) return null;
  const redis = await Redis.start();
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const args = [main, "limits", "--redis", redis.url, "--listen", address];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    await redis.remove();
  };
  while (!(await isOpen(port))) {
    if (child.exitCode !== null) throw new Error("weir limits does not start");
    await sleep(50);
  }
  return { address, stop };
}
