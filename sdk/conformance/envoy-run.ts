// Runs all scenarios on one real Envoy and gives their transcripts.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EnvoyProcess } from "../../envoy/envoy-process.ts";
import { findEnvoy } from "../../envoy/find-envoy.ts";
import { envoyConfig } from "./envoy-config.ts";
import { ScenarioRun } from "./scenario-run.ts";
import type { Scenario } from "./scenario.ts";
import type { Transcript } from "./transcript.ts";

/** Enough to overlap their pauses. */
const concurrentScenarios = 8;

/** One transcript for each scenario, in order; an error in place of a transcript where it could not be run. */
export async function runOnEnvoy(scenarios: Scenario[], wasmFile: string): Promise<(Transcript | Error)[]> {
  const folder = await mkdtemp(join(tmpdir(), "weir-conformance-"));
  const runs = scenarios.map((scenario, i) => new ScenarioRun(scenario, i, folder));
  try {
    for (const run of runs) await run.startServers();
    const failures = await serveAll(runs, wasmFile);
    return await Promise.all(runs.map((run, i) => failures[i] ?? run.transcript()));
  } finally {
    for (const run of runs) run.closeServers();
    await rm(folder, { recursive: true, force: true });
  }
}

async function serveAll(runs: ScenarioRun[], wasmFile: string): Promise<(Error | null)[]> {
  const placements = runs.map((run) => run.placement);
  const byId = new Map(runs.map((run) => [run.placement.id, run]));
  const envoy = new EnvoyProcess({
    path: (await findEnvoy()).path,
    concurrency: 1,
    logLevel: "info",
    env: { ...process.env },
    bootstrap: (admin) => {
      const { socketPath } = admin as { socketPath: string };
      return envoyConfig(placements, wasmFile, { pipe: { path: socketPath } });
    },
    onLog: (line) => handOut(line, byId),
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

/** Gives a line that a plugin logged, `… wasm log <scenario>/<plugin> …: <message>`, to its scenario. */
function handOut(line: string, byId: Map<string, ScenarioRun>): void {
  const found = /^\[\w+\]\[wasm\] (?:\[[^\]]*\] )?wasm log (\S+)\/(\d+)[^:]*: (.*)$/.exec(line);
  if (found) byId.get(found[1]!)?.log.note(Number(found[2]), found[3]!);
}

interface ListenerList {
  listener_statuses: { name: string; local_address: { socket_address: { port_value: number } } }[];
}

async function listenerPorts(envoy: EnvoyProcess): Promise<Map<string, number>> {
  const { listener_statuses } = JSON.parse((await envoy.askAdmin("/listeners?format=json")).body) as ListenerList;
  return new Map(listener_statuses.map((status) => [status.name, status.local_address.socket_address.port_value]));
}

function metricsIn(stats: string, names: string[]): Record<string, number> {
  const value = (name: string) => Number(new RegExp(`^wasmcustom\\.${name}: (\\d+)`, "m").exec(stats)?.[1] ?? 0);
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}

async function inParallel(runs: ScenarioRun[], action: (run: ScenarioRun) => Promise<void>): Promise<(Error | null)[]> {
  const failures: (Error | null)[] = runs.map(() => null);
  // Those that take longest begin first.
  const queue = runs.map((_, i) => i).sort((a, b) => waitOf(runs[b]!) - waitOf(runs[a]!));
  const work = async () => {
    for (let i = queue.shift(); i !== undefined; i = queue.shift()) {
      const index = i;
      await action(runs[index]!).catch((error: unknown) => (failures[index] = error as Error));
    }
  };
  await Promise.all(Array.from({ length: concurrentScenarios }, work));
  return failures;
}

/** Milliseconds that a scenario asks to wait. */
function waitOf({ placement: { scenario } }: ScenarioRun): number {
  const waits = (scenario.exchanges ?? []).map(({ client }) => client?.waitMs ?? 0);
  return waits.reduce((sum, wait) => sum + wait, scenario.settleMs ?? 0);
}
