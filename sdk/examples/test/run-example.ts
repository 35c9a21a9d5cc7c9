// Runs an example as its README says, on a real Envoy with its own envoy.yaml; only the ports and the path of the
// compiled module are changed, so that several can run at once.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Server as NetServer } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";
import { EnvoyProcess } from "../../../envoy/envoy-process.ts";
import { findEnvoy } from "../../../envoy/find-envoy.ts";
import { compileModule } from "../../../tools/build-plugins.ts";

export interface RunningExample {
  /** The first listener's port. */
  port: number;
  /** `http://127.0.0.1:<port>` of the first listener. */
  url: string;
  /** All that Envoy has logged at level info and above. */
  log: string[];
  /** Value of one of Envoy's statistics. */
  stat(name: string): Promise<number>;
  stop(): Promise<void>;
}

interface ExampleOptions {
  /** Where the clusters of envoy.yaml are. */
  clusters: Record<string, number>;
  /** Default: the example is compiled. */
  modulePath?: string;
  concurrency?: number;
  env?: Record<string, string>;
  /** Changes more of the configuration. */
  adapt?: (bootstrap: any) => void;
}

/** Compiles the example in the folder `name` and starts Envoy with it. */
export async function runExample(name: string, options: ExampleOptions): Promise<RunningExample> {
  const modulePath = options.modulePath ?? (await compileModule(`sdk/examples/${name}/assembly/index.ts`)).path;
  const bootstrap = parse(readFileSync(join(import.meta.dirname, "..", name, "envoy.yaml"), "utf8"));
  relocate(bootstrap, modulePath, options.clusters);
  options.adapt?.(bootstrap);
  const log: string[] = [];
  const envoy = new EnvoyProcess({
    path: (await findEnvoy()).path,
    concurrency: options.concurrency ?? 1,
    logLevel: "info",
    env: { ...process.env, ...options.env },
    bootstrap: (admin) => ({ ...bootstrap, admin: { address: { pipe: { path: (admin as any).socketPath } } } }),
    onLog: (line) => log.push(line),
  });
  await envoy.start();
  const port = await listenerPort(envoy);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    log,
    stat: async (stat) => {
      const { body } = await envoy.askAdmin(`/stats?filter=${encodeURIComponent(`^${stat}$`)}`);
      return Number(/: (\d+)/.exec(body)?.[1] ?? 0);
    },
    stop: () => envoy.stop(),
  };
}

/** An HTTP server on a free port of the loopback interface. */
export async function serve(listener: RequestListener): Promise<Server & { port: number }> {
  return listen(createServer(listener));
}

/** Has any server listen on a free port of the loopback interface. */
export async function listen<T extends NetServer>(server: T): Promise<T & { port: number }> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

/** Asks `check` until it is true, ten times a second for at most five seconds. */
export async function expectEventually(check: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 50; i++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Not true within five seconds: ${check.toString()}`);
}

function relocate(bootstrap: any, modulePath: string, ports: Record<string, number>): void {
  const { listeners, clusters } = bootstrap.static_resources;
  for (const listener of listeners) listener.address.socket_address.port_value = 0;
  for (const cluster of clusters) {
    for (const { lb_endpoints } of cluster.load_assignment.endpoints) {
      for (const { endpoint } of lb_endpoints) endpoint.address.socket_address.port_value = ports[cluster.name];
    }
  }
  setFilenames(bootstrap, modulePath);
}

function setFilenames(node: any, path: string): void {
  if (typeof node !== "object" || node === null) return;
  if (typeof node.filename === "string" && node.filename.endsWith(".wasm")) node.filename = path;
  for (const child of Object.values(node)) setFilenames(child, path);
}

async function listenerPort(envoy: EnvoyProcess): Promise<number> {
  const { body } = await envoy.askAdmin("/listeners?format=json");
  return JSON.parse(body).listener_statuses[0].local_address.socket_address.port_value;
}
