// Runs all scenarios on one real Envoy and gives their transcripts.
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EnvoyProcess } from "../../envoy/envoy-process.ts";
import { findEnvoy } from "../../envoy/find-envoy.ts";
import { envoyConfig, type Placement } from "./envoy-config.ts";
import { startGrpcServer } from "./grpc-server.ts";
import { exchangeWith } from "./http-client.ts";
import { pieceGapMs, type Scenario } from "./scenario.ts";
import { closedPort, Provider, startCalloutServer, startEcho, type RunningServer } from "./servers.ts";
import { seenLog, type SeenExchange, type Transcript } from "./transcript.ts";

/** Enough to overlap their pauses, few enough to keep pieces of bodies apart on two cores. */
const concurrentScenarios = 6;

class Run {
  readonly placement: Placement;
  readonly provider: Provider;
  readonly callouts: string[] = [];
  readonly exchanges: SeenExchange[] = [];
  readonly tcp = { client: "", provider: "" };
  readonly servers: RunningServer[] = [];
  metrics: Record<string, number> = {};

  constructor(scenario: Scenario, index: number, folder: string) {
    const id = `s${index}`;
    this.placement = { scenario, id, providerPort: 0, ports: {}, accessLog: join(folder, `${id}.log`) };
    this.provider = new Provider(scenario);
  }

  async startServers(): Promise<void> {
    const { scenario, ports } = this.placement;
    const provider = await (scenario.tcp ? startEcho((text) => (this.tcp.provider += text)) : this.provider.start());
    this.placement.providerPort = provider.port;
    this.servers.push(provider);
    for (const [name, script] of Object.entries(scenario.clusters ?? {})) {
      if (script === "refused") ports[name] = await closedPort();
      else ports[name] = this.#keep(await startCalloutServer(script, (line) => this.callouts.push(`${name} ${line}`)));
    }
    for (const [name, script] of Object.entries(scenario.grpc ?? {}))
      ports[name] = this.#keep(await startGrpcServer(script));
  }

  #keep(server: RunningServer): number {
    this.servers.push(server);
    return server.port;
  }

  async run(port: number): Promise<void> {
    const { scenario } = this.placement;
    if (scenario.tcp) await this.#runTcp(port);
    else await this.#runHttp(port);
    await pause((scenario.settleMs ?? 0) + pieceGapMs);
  }

  async #runHttp(port: number): Promise<void> {
    for (const { client } of this.placement.scenario.exchanges ?? [{}]) {
      const seen = await exchangeWith(port, client);
      await pause(pieceGapMs);
      const { exchange } = this.provider;
      this.exchanges.push({ client: seen, provider: this.provider.seen.get(exchange) ?? null, accessLog: "" });
      this.provider.exchange++;
    }
  }

  async #runTcp(port: number): Promise<void> {
    const { client, closes } = this.placement.scenario.tcp!;
    const socket = connect(port, "127.0.0.1");
    socket.on("data", (data) => (this.tcp.client += data.toString()));
    socket.on("error", () => undefined);
    await once(socket, "connect");
    for (const piece of client) {
      socket.write(piece);
      await pause(pieceGapMs * 2);
    }
    if (closes === "client") socket.destroy();
    else await Promise.race([once(socket, "close"), pause(1000)]);
  }

  async transcript(log: string[]): Promise<Transcript> {
    const { scenario, id, accessLog } = this.placement;
    const lines = (await readFile(accessLog, "utf8").catch(() => "")).trim().split("\n");
    const exchanges = this.exchanges.map((exchange, i) => ({ ...exchange, accessLog: lines[i] ?? "" }));
    const logs = scenario.plugins.map((_, i) =>
      log.flatMap((line) => ownMessage(line, `${id}/${i}`) ?? []).map(seenLog),
    );
    return { exchanges, logs, callouts: this.callouts, metrics: this.metrics, tcp: this.tcp };
  }
}

/** The message of a line that the plugin `name` logged, else null. */
function ownMessage(line: string, name: string): string | null {
  const found = /^\[\w+\]\[wasm\] (?:\[[^\]]*\] )?wasm log (\S+)[^:]*: (.*)$/.exec(line);
  return found?.[1] === name ? found[2]! : null;
}

/** One transcript for each scenario, in order; an error in place of a transcript where it could not be run. */
export async function runOnEnvoy(scenarios: Scenario[], wasmFile: string): Promise<(Transcript | Error)[]> {
  const folder = await mkdtemp(join(tmpdir(), "weir-conformance-"));
  const runs = scenarios.map((scenario, i) => new Run(scenario, i, folder));
  const log: string[] = [];
  try {
    for (const run of runs) await run.startServers();
    const failures = await serveAll(runs, wasmFile, log);
    return await Promise.all(runs.map((run, i) => failures[i] ?? run.transcript(log)));
  } finally {
    for (const run of runs) for (const server of run.servers) server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function serveAll(runs: Run[], wasmFile: string, log: string[]): Promise<(Error | null)[]> {
  const envoy = new EnvoyProcess({
    path: (await findEnvoy()).path,
    concurrency: 1,
    logLevel: "info",
    env: { ...process.env },
    bootstrap: (admin) => {
      const { socketPath } = admin as { socketPath: string };
      return envoyConfig(
        runs.map((run) => run.placement),
        wasmFile,
        { pipe: { path: socketPath } },
      );
    },
    onLog: (line) => log.push(line),
  });
  await envoy.start();
  try {
    const ports = await listenerPorts(envoy);
    const failures = await inParallel(runs, (run) => run.run(ports.get(run.placement.id)!));
    const stats = (await envoy.askAdmin("/stats?filter=^wasmcustom")).body;
    for (const run of runs) run.metrics = metricsIn(stats, run.placement.scenario.metrics ?? []);
    return failures;
  } finally {
    await envoy.stop();
  }
}

async function listenerPorts(envoy: EnvoyProcess): Promise<Map<string, number>> {
  const { listener_statuses } = JSON.parse((await envoy.askAdmin("/listeners?format=json")).body);
  return new Map(listener_statuses.map((status: any) => [status.name, status.local_address.socket_address.port_value]));
}

function metricsIn(stats: string, names: string[]): Record<string, number> {
  const value = (name: string) => Number(new RegExp(`^wasmcustom\\.${name}: (\\d+)`, "m").exec(stats)?.[1] ?? 0);
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}

async function inParallel(runs: Run[], action: (run: Run) => Promise<void>): Promise<(Error | null)[]> {
  const failures: (Error | null)[] = runs.map(() => null);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < runs.length; i = next++) {
      await action(runs[i]!).catch((error: unknown) => (failures[i] = error as Error));
    }
  };
  await Promise.all(Array.from({ length: concurrentScenarios }, work));
  return failures;
}
