// The simulated provider in a process of its own, so that neither the load nor the gateway shares its event loop.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startSimulator } from "../control/src/simulator/simulator.ts";

export interface Upstream {
  url: string;
  stop(): void;
}

export function startUpstream(): Promise<Upstream> {
  const child = fork(fileURLToPath(import.meta.url), ["serve"]);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The simulated provider ended with ${code}`)));
    child.once("message", (url) => resolve({ url: String(url), stop: () => void child.kill() }));
  });
}

if (process.argv[2] === "serve" && process.send) {
  const simulator = await startSimulator({ recordMax: 0 });
  process.on("disconnect", () => process.exit());
  process.send(simulator.url);
}
