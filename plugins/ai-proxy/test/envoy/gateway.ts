// A real Envoy with both plugins, two scripted providers behind it, and its access log.
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { freePort } from "../../../../envoy/test/ports.ts";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EnvoyProcess } from "../../../../envoy/envoy-process.ts";
import { findEnvoy } from "../../../../envoy/find-envoy.ts";
import { buildPlugin } from "../../../../tools/build-plugins.ts";
import { bootstrap } from "./bootstrap.ts";
import { startProvider, type Provider } from "./provider.ts";

export interface Gateway {
  url: string;
  port: number;
  alpha: Provider;
  beta: Provider;
  log: string[];
  /** A request whose line in the access log can be waited for. */
  fetch(path: string, init?: RequestInit): Promise<Response & { logged(): Promise<Record<string, unknown>> }>;
  stop(): Promise<void>;
}

export async function startGateway(aiProxy: object, aiFallback: object): Promise<Gateway> {
  const folder = await mkdtemp(join(tmpdir(), "weir-ai-proxy-"));
  const [alpha, beta] = await Promise.all([startProvider(), startProvider()]);
  const closed = await freePort();
  const options = {
    aiProxy: { wasm: (await buildPlugin("ai-proxy")).path, configuration: aiProxy },
    aiFallback: { wasm: (await buildPlugin("ai-fallback")).path, configuration: aiFallback },
    clusters: {
      alpha: [alpha.port],
      beta: [beta.port],
      flaky: [closed, alpha.port],
      gamma: [alpha.port],
      delta: [alpha.port],
      closed: [closed],
      "last-resort": [closed],
    },
    closedPort: closed,
    accessLog: join(folder, "access.log"),
  };
  const log: string[] = [];
  const envoy = new EnvoyProcess({
    path: (await findEnvoy()).path,
    concurrency: 1,
    bootstrap: (admin) => ({
      ...bootstrap(options),
      admin: { address: { pipe: { path: (admin as { socketPath: string }).socketPath } } },
    }),
    onLog: (line) => log.push(line),
  });
  await envoy.start();
  const { body } = await envoy.askAdmin("/listeners?format=json");
  const port: number = JSON.parse(body).listener_statuses[0].local_address.socket_address.port_value;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    alpha,
    beta,
    log,
    fetch: async (path, init = {}) => {
      const id = randomUUID();
      const headers = new Headers(init.headers);
      headers.set("x-test-id", id);
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
      return Object.assign(response, { logged: () => logLine(options.accessLog, id) });
    },
    stop: async () => {
      await envoy.stop();
      alpha.close();
      beta.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Envoy writes its access log with a delay. */
async function logLine(path: string, id: string): Promise<Record<string, unknown>> {
  for (let i = 0; i < 200; i++) {
    const lines = (await readFile(path, "utf8").catch(() => "")).split("\n");
    const line = lines.find((each) => each.includes(id));
    if (line) return JSON.parse(line) as Record<string, unknown>;
    await pause(100);
  }
  throw new Error("The request is not in the access log");
}
