// One Envoy with one worker, from its start to its end.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { freePort } from "../envoy/test/ports.ts";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Contender } from "./contenders.ts";
import { runLoad, type Load } from "./load.ts";

const startLimitMs = 20_000;

export interface GatewayProcess {
  pid: number;
  origin: string;
  /** From the process's start to the end of its first complete answer. */
  coldStartMs: number;
  stop(): Promise<void>;
}

/** Starts `contender` and waits until it has answered `probe` once. Throws with Envoy's last words if it does not. */
export async function startGateway(
  envoy: string,
  contender: Contender,
  probe: Pick<Load, "path" | "headers" | "body">,
): Promise<GatewayProcess> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "weir-bench-"));
  const file = join(folder, "envoy.json");
  writeFileSync(file, JSON.stringify(contender.bootstrap(port)));
  const start = performance.now();
  const child = spawn(envoy, ["-c", file, "--concurrency", "1", "--use-dynamic-base-id", "--log-level", "warn"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const output = collect(child);
  const origin = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  while (!(await answers({ ...probe, origin, requests: 1, connections: 1 }))) {
    if (child.exitCode !== null || performance.now() - start > startLimitMs) {
      await stop();
      throw new Error(`${contender.name} does not answer:\n${output()}`);
    }
    await sleep(2);
  }
  return { pid: child.pid ?? 0, origin, coldStartMs: performance.now() - start, stop };
}

async function answers(load: Load): Promise<boolean> {
  try {
    await runLoad(load);
    return true;
  } catch {
    return false;
  }
}

function collect(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => void (text = (text + chunk).slice(-4000)));
  return () => text;
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}
