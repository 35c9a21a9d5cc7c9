// `npm run bench -- objects`: what it takes until an Envoy has what a cluster has, from objects in memory on, without
// an API server: all of them at a start, and then one that changes, one that is new, and one that goes. So many
// objects: `npm run bench -- objects 10000`. Writes bench/results/objects.md.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationInForce } from "../control/src/cli/configuration-in-force.ts";
import { ControlPlane } from "../control/src/cli/control-plane.ts";
import { findPlugins } from "../control/src/cli/plugin-files.ts";
import { settled } from "../control/src/cli/settled.ts";
import { startEnvoy } from "../control/src/cli/start-envoy.ts";
import { CounterService } from "../control/src/counters/counter-service.ts";
import { allKinds } from "../control/src/kubernetes/kinds.ts";
import { keyOf, type KubernetesObject, type Objects } from "../control/src/kubernetes/objects.ts";
import { translateObjects } from "../control/src/kubernetes/translate.ts";
import { nothingDiscovered } from "../control/src/model/discovery.ts";
import type { EnvoyProcess } from "../envoy/envoy-process.ts";
import { freePort } from "../envoy/test/ports.ts";
import { median } from "./load.ts";
import { residentMiB } from "./process-usage.ts";

const nodeId = "bench";
const rounds = 5;
const addressesOfService = 3;

type Known = Record<string, Map<string, KubernetesObject>>;

/** An Ingress, a Service and a slice each, as an API server gives them. */
class BenchObjects {
  readonly known: Known = Object.fromEntries(allKinds.map((kind) => [kind, new Map()]));
  #version = 0;

  constructor(services: number) {
    this.#put("IngressClass", "weir", { spec: { controller: "weir.dev/ingress" } }, null);
    for (let index = 0; index < services; index++) this.add(`shop-${index}`);
  }

  add(name: string): void {
    const service = { name, port: { name: "http" } };
    const paths = [{ path: "/", pathType: "Prefix", backend: { service } }];
    const spec = { ingressClassName: "weir", rules: [{ host: `${name}.example.com`, http: { paths } }] };
    this.#put("Ingress", name, { spec });
    this.#put("Service", name, { spec: { ports: [{ name: "http", port: 80, targetPort: 8080 }] } });
    this.scale(name, addressesOfService);
  }

  /** Another number of pods. */
  scale(name: string, pods: number): void {
    const endpoints = Array.from({ length: pods }, (_, index) => {
      return { addresses: [`10.1.${index}.7`], conditions: { ready: true }, zone: `zone-${index % 3}` };
    });
    const rest = { addressType: "IPv4", ports: [{ name: "http", port: 8080, protocol: "TCP" }], endpoints };
    this.#put("EndpointSlice", name, rest);
  }

  remove(name: string): void {
    for (const kind of ["Ingress", "Service", "EndpointSlice"]) this.known[kind]!.delete(`default/${name}`);
  }

  #put(kind: string, name: string, rest: object, namespace: string | null = "default"): void {
    const version = ++this.#version;
    const labels = { "kubernetes.io/service-name": name };
    const creationTimestamp = "2026-01-01T00:00:00Z";
    const about = { uid: `uid-${kind}-${name}`, resourceVersion: String(version), generation: version };
    const metadata = { name, ...(namespace && { namespace }), ...about, labels, creationTimestamp };
    const object = { kind, metadata, ...rest };
    this.known[kind]!.set(keyOf(object), object);
  }
}

interface Steps {
  translated: number;
  published: number;
  /** From the change until the Envoy has it. */
  settled: number;
  /** Of this process until then. */
  cpu: number;
}

class Bed {
  readonly #folder = mkdtempSync(join(tmpdir(), "weir-objects-"));
  #configuration!: ConfigurationInForce;
  readonly #ends: (() => Promise<void>)[] = [];
  plane!: ControlPlane;
  envoy!: EnvoyProcess;
  objects!: BenchObjects;

  async start(services: number): Promise<void> {
    this.objects = new BenchObjects(services);
    const [port, httpPort] = [await freePort(), await freePort()];
    const file = join(this.#folder, "weir.yaml");
    const cluster = `kubernetes: { address: 127.0.0.1, httpPort: ${httpPort} }`;
    writeFileSync(file, `gateway: { address: 127.0.0.1, port: ${port} }\n${cluster}\n`);
    const ledgerPlace = { database: join(this.#folder, "ledger.db"), log: null };
    this.#configuration = new ConfigurationInForce({ file, env: {}, ledgerPlace });
    await this.#configuration.read();
    const counters = new CounterService({ path: join(this.#folder, "counters.db") });
    const none = { targets: async () => [], limits: () => [], config: () => null };
    const onReject = (_: string, __: string, name: string, message: string): void => console.error(name, message);
    this.plane = await ControlPlane.start({ ...none, counters, httpPort: 0, stateFolder: this.#folder, onReject });
    this.#ends.push(() => this.plane.close());
    await this.plane.addPlugins(await findPlugins());
    this.plane.publish(this.#configuration.model);
    const events = { onEnvoyLog: (line: string) => console.error(line) };
    const parts = { nodeId, countersName: nodeId, plane: this.plane, events, concurrency: 2 };
    this.envoy = (await startEnvoy(parts)).process;
    this.#ends.push(() => this.envoy.stop());
    await this.envoy.start();
  }

  /** What Weir does when objects have changed. */
  async follow(): Promise<Steps> {
    const started = performance.now();
    const used = process.cpuUsage();
    const { kubernetes } = this.#configuration.model;
    const lasting = { now: "2026-01-01T00:00:00Z", assigned: new Map<string, string>(), discovered: nothingDiscovered };
    const { web, objects, plugins } = translateObjects(this.objects.known as unknown as Objects, kubernetes!, lasting);
    if (plugins.length > 0) throw new Error("Nobody has put plugins there");
    await this.#configuration.serve({ web, objects, plugins: [] });
    const translated = performance.now();
    const refused = this.plane.publish(this.#configuration.model);
    if (refused.length > 0) throw new Error(`${refused[0]?.name}: ${refused[0]?.message}`);
    const published = performance.now();
    await settled(this.plane, { own: nodeId, isOver: () => false });
    if (!this.plane.isSettled(nodeId)) throw new Error("The Envoy has not answered");
    const { user, system } = process.cpuUsage(used);
    return {
      translated: translated - started,
      published: published - translated,
      settled: performance.now() - started,
      cpu: (user + system) / 1000,
    };
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** So that no round is the first. */
async function medians(change: (round: number) => void, bed: Bed): Promise<Steps> {
  const all: Steps[] = [];
  for (let round = 0; round <= rounds; round++) {
    change(round);
    all.push(await bed.follow());
  }
  const own = (name: keyof Steps): number => median(all.slice(1).map((steps) => steps[name]));
  return { translated: own("translated"), published: own("published"), settled: own("settled"), cpu: own("cpu") };
}

function row(name: string, { translated, published, settled: whole, cpu }: Steps): string {
  const shown = [translated, published, whole, cpu].map((ms) => `${Math.round(ms)} ms`);
  return `| ${name} | ${shown.join(" | ")} |`;
}

/** Measures and writes the table. */
export async function benchObjects(count: number): Promise<string> {
  const services = Math.ceil(count / 3);
  const bed = new Bed();
  try {
    await bed.start(services);
    const rows = [
      row("all, at a start", await bed.follow()),
      row("nothing", await medians(() => {}, bed)),
      row("a slice that changes", await medians((round) => bed.objects.scale("shop-7", 1 + (round % 2)), bed)),
      row("an Ingress that is new", await medians((round) => bed.objects.add(`new-${round}`), bed)),
      row("an Ingress that goes", await medians((round) => bed.objects.remove(`new-${round}`), bed)),
    ];
    const own = Math.round(process.memoryUsage().rss / 2 ** 20);
    const report = [
      `${3 * services} objects: a third each Ingresses, Services and EndpointSlices.\n`,
      "| what changes | translated in | encoded in | an Envoy has it after | Weir's CPU time |",
      "| --- | ---: | ---: | ---: | ---: |",
      ...rows,
      `\nResident: Weir ${own} MiB, Envoy ${Math.round(residentMiB(bed.envoy.pid ?? 0))} MiB.`,
    ].join("\n");
    const folder = join(import.meta.dirname, "results");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "objects.md"), `${report}\n`);
    return report;
  } finally {
    await bed.stop();
  }
}
