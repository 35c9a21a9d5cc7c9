// The configuration that is served: the file as it was last read with success, what the command line puts in place of
// the file's, and the simulated provider for as long as a target wants it.
import { isDeepStrictEqual } from "node:util";
import { loadConfig, parseConfig, type LoadedConfig } from "../config/load-config.ts";
import { addStored, type StoredEntry } from "../config/stored-entries.ts";
import { watchConfig, type ConfigWatch } from "../config/watch-config.ts";
import type { Problem } from "../config/problem.ts";
import type { Ledger } from "../model/ledger.ts";
import type { Gateway, Model } from "../model/model.ts";
import { targetsOf } from "../model/routing.ts";
import { Secret } from "../model/secret.ts";
import type { FromCluster, ObjectEntry, ObjectFindings } from "../model/object-entry.ts";
import { startSimulator, type Simulator } from "../simulator/simulator.ts";

/** Where the ledger is while the configuration does not say; `log` null for nowhere. */
export interface LedgerPlace {
  database: string;
  log: string | null;
}

export interface GatewayOverride {
  address?: string;
  port?: number;
}

/** The catalogue's name of the bundled provider. */
const simulatedProvider = "simulated";

export interface ConfigurationSource {
  file: string;
  env: Record<string, string | undefined>;
  override?: GatewayOverride;
  ledgerPlace: LedgerPlace;
}

export class ConfigurationInForce {
  readonly #file: string;
  readonly #env: Record<string, string | undefined>;
  readonly #override: GatewayOverride;
  readonly #ledgerPlace: LedgerPlace;
  #loaded: LoadedConfig | null = null;
  /** The file's text as it is in force. */
  #text = "";
  #objects: readonly ObjectEntry[] = [];
  #findings: ObjectFindings = new Map();
  /** Of the file and the objects of a cluster. */
  #base: Model | null = null;
  #model: Model | null = null;
  #stored: readonly StoredEntry[] = [];
  #cluster: FromCluster | null = null;
  #storedProblems: Problem[] = [];
  #loadedAt = "";
  simulator: Simulator | null = null;

  constructor({ file, env, override = {}, ledgerPlace }: ConfigurationSource) {
    this.#file = file;
    this.#env = env;
    this.#override = override;
    this.#ledgerPlace = ledgerPlace;
  }

  /** Of the file as it was read last, in force or not, and of what is stored. */
  get problems(): Problem[] {
    return [...(this.#loaded?.problems ?? []), ...this.#storedProblems];
  }

  /** What is wrong with the objects of the cluster. */
  get findings(): ObjectFindings {
    return this.#findings;
  }

  /** The file's and the cluster's, without what is stored. Never before `read` has given true. */
  get base(): Model {
    if (!this.#base) throw new Error("No configuration is in force");
    return this.#base;
  }

  /** Never before `read` has given true. */
  get model(): Model {
    if (!this.#model) throw new Error("No configuration is in force");
    return this.#model;
  }

  /** Reads the file. False, and the last good one stays, when nothing of it can be served. */
  async read(): Promise<boolean> {
    this.#loaded = await loadConfig(this.#file, { env: this.#env, objects: this.#objects });
    const { model, text, findings } = this.#loaded;
    if (!model) return false;
    if (!model.kubernetes && this.#objects.length > 0) {
      this.#objects = [];
      return this.read();
    }
    this.#text = text ?? "";
    this.#findings = findings;
    this.#base = await this.#complete(model);
    this.#merge();
    this.#loadedAt = new Date().toISOString();
    return true;
  }

  /** Puts other stored entries beside the file's. */
  store(entries: readonly StoredEntry[]): void {
    this.#stored = entries;
    this.#merge();
  }

  /** Puts what a cluster has beside the file's, as that is in force. */
  async serve(cluster: FromCluster): Promise<void> {
    this.#cluster = cluster;
    if (!isDeepStrictEqual(cluster.objects, this.#objects)) await this.#readObjects(cluster.objects);
    this.#merge();
  }

  async #readObjects(objects: readonly ObjectEntry[]): Promise<void> {
    this.#objects = objects;
    const { model, problems, findings } = parseConfig(this.#text, this.#file, { env: this.#env, objects });
    this.#findings = findings;
    // Where the file refers to something that has gone since, the last good one stays.
    if (!model) return;
    this.#base = await this.#complete(model);
    if (this.#loaded) this.#loaded = { ...this.#loaded, problems };
  }

  #merge(): void {
    const { model, problems } = addStored(this.base, this.base.admin ? this.#stored : []);
    this.#model = this.#cluster && model.kubernetes ? withCluster(model, this.#cluster) : model;
    this.#storedProblems = problems;
  }

  /** Tells when there is something new to read, in the file or in what it refers to. */
  watch(onChange: () => void): ConfigWatch {
    const known = this.#loaded;
    return watchConfig(this.#file, { env: this.#env, ...(known && { known }), onResult: onChange });
  }

  /** Keeps the gateway where it was, whatever the file says. */
  stayAt({ address, port }: Gateway): void {
    this.#base = { ...this.base, gateway: { ...this.base.gateway, address, port } };
    this.#merge();
  }

  /** Keeps the ledger where it was, whatever the file says. */
  keepLedger(ledger: Ledger | null): void {
    this.#base = { ...this.base, ledger };
    this.#merge();
  }

  /** For people to read; secrets print themselves redacted. */
  view(): unknown {
    const { problems } = this;
    return { file: this.#file, loadedAt: this.#loadedAt, problems, model: this.#model };
  }

  async close(): Promise<void> {
    await this.simulator?.close();
    this.simulator = null;
  }

  async #complete(model: Model): Promise<Model> {
    const gateway = { ...model.gateway, ...this.#override };
    const ledger = model.ledger && this.#placed(model.ledger);
    const database = ledger?.database ?? new Secret(this.#ledgerPlace.database, { kind: "literal" });
    const admin = model.admin && { ...model.admin, database };
    const market = model.market && { ...model.market, database };
    const placed = { gateway, ledger, admin, ...(market && { market }) };
    if (!usesSimulated(model)) return { ...model, ...placed };
    // It stays once it runs: a target that comes and goes must find it where it was.
    this.simulator ??= await startSimulator({ recordMax: 0 });
    const { port } = this.simulator;
    const targets = model.targets.map((target) =>
      target.provider === simulatedProvider ? { ...target, host: "127.0.0.1", port, tls: null } : target,
    );
    return { ...model, ...placed, targets };
  }

  #placed(ledger: Ledger): Ledger {
    const { database, log } = this.#ledgerPlace;
    const own = new Secret(database, { kind: "literal" });
    return { ...ledger, database: ledger.database ?? own, log: ledger.log ?? log };
  }
}

function withCluster(model: Model, { web, plugins }: FromCluster): Model {
  const all = [...(model.plugins ?? []), ...plugins];
  return { ...model, web, ...(all.length > 0 && { plugins: all }) };
}

function usesSimulated({ routes, targets }: Model): boolean {
  const simulated = targets.filter(({ provider }) => provider === simulatedProvider).map(({ name }) => name);
  const used = routes.flatMap((route) => [...targetsOf(route), ...(route.mirror ? [route.mirror.target] : [])]);
  return used.some((name) => simulated.includes(name));
}
