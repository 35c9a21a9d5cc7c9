// From a cluster to the gateway and back: objects are watched, translated and put in force, and then told so.
//
//   informers ─► translate ─► apply (until the Envoys have it) ─► statuses and events, by the leader alone
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node";
import type { Discovered, Registry, ServiceWish } from "../model/discovery.ts";
import type { Kubernetes } from "../model/kubernetes.ts";
import type { FromCluster, ObjectFindings } from "../model/object-entry.ts";
import type { ForeignPlugin, PluginState } from "../model/plugins.ts";
import { KubernetesApi } from "./api.ts";
import { Leader } from "./leader.ts";
import { pluginStatus } from "./plugins/status.ts";
import { StatusWriter } from "./status-writer.ts";
import { translateObjects, type Translated } from "./translate.ts";
import { WatchedObjects } from "./watched-objects.ts";

export interface ControllerOptions {
  settings: Kubernetes;
  /** Puts it in force, and resolves when the Envoys have it, with what is wrong with the objects. */
  apply: (cluster: FromCluster) => Promise<ObjectFindings>;
  /** What registries have said; `refresh` is to be called when they have said something else. */
  discovered: () => Discovered;
  /** Says which services are to be asked for from now on; true once more is known than was. */
  onWishes: (registries: Registry[], wishes: ServiceWish[]) => Promise<boolean>;
  /** How a plugin is doing, once it was put in force. */
  stateOf: (plugin: ForeignPlugin) => PluginState;
  onTrouble?: (message: string) => void;
  onRecovery?: (message: string) => void;
}

/** Changes come in groups; a group is put in force as one. */
const gatherMs = 20;

export class KubernetesController {
  readonly #options: ControllerOptions;
  readonly #watched: WatchedObjects;
  readonly #leader: Leader;
  readonly #writer: StatusWriter;
  readonly #assigned = new Map<string, string>();
  #isDirty = false;
  #isStarted = false;
  #running: Promise<void> | null = null;
  #isStopped = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    const { settings, onTrouble, onRecovery } = options;
    const api = new KubernetesApi(loadConfig(settings));
    this.#watched = new WatchedObjects({
      api,
      onChange: () => this.#wake(),
      ...(onTrouble && { onTrouble }),
      ...(onRecovery && { onRecovery }),
    });
    const identity = `${hostname()}_${randomUUID()}`;
    this.#leader = new Leader(api, settings.lease, identity, () => this.#wake());
    this.#writer = new StatusWriter({ api, objects: () => this.#watched.objects, onMiss: () => this.#wake() });
  }

  /** Resolves when what the cluster has is in force for the first time. */
  async start(): Promise<void> {
    await this.#watched.start();
    this.#isStarted = true;
    this.#isDirty = true;
    void this.#leader.start();
    await this.#run();
  }

  /** What the objects are read with has changed. */
  refresh(): void {
    if (this.#isStarted) this.#wake();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#watched.stop();
    await this.#running;
    await this.#writer.drop();
    await this.#leader.stop();
  }

  #wake(): void {
    this.#isDirty = true;
    void this.#run();
  }

  #run(): Promise<void> {
    this.#running ??= this.#work().finally(() => {
      this.#running = null;
      if (this.#isDirty && !this.#isStopped) void this.#run();
    });
    return this.#running;
  }

  async #work(): Promise<void> {
    await pause(gatherMs);
    while (this.#isDirty && !this.#isStopped) {
      this.#isDirty = false;
      const { web, objects, plugins, statuses, notices } = await this.#translate();
      const served = plugins.flatMap(({ plugin }) => plugin ?? []);
      const findings = await this.#options.apply({ web, objects, plugins: served });
      if (this.#isStopped) return;
      if (!this.#leader.isLeader) {
        await this.#writer.drop();
        continue;
      }
      const told = plugins.map((one) => pluginStatus(one, this.#options.stateOf, now()));
      this.#writer.write([...statuses(findings), ...told], notices);
    }
  }

  /** New services are asked for first, so that their routes are not put in force without servers. */
  async #translate(): Promise<Translated> {
    const { settings, discovered, onWishes } = this.#options;
    const translate = (): Translated => {
      const lasting = { now: now(), assigned: this.#assigned, discovered: discovered() };
      return translateObjects(this.#watched.objects, settings, lasting);
    };
    const translated = translate();
    return (await onWishes(translated.registries, translated.wishes)) ? translate() : translated;
  }
}

function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}

function loadConfig({ kubeconfig }: Kubernetes): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig) config.loadFromFile(kubeconfig);
  else config.loadFromDefault();
  return config;
}
