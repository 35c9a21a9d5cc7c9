// The cluster beside a running control plane: watched as long as the configuration says so.
import { isDeepStrictEqual } from "node:util";
import type { KubernetesController } from "../kubernetes/controller.ts";
import type { Registry, ServiceWish } from "../model/discovery.ts";
import type { Kubernetes } from "../model/kubernetes.ts";
import type { Model } from "../model/model.ts";
import type { FromCluster, ObjectFindings } from "../model/object-entry.ts";
import type { RunningDiscovery } from "./running-discovery.ts";
import type { ForeignPlugin, PluginState } from "../model/plugins.ts";
import { messageOf } from "./user-error.ts";
import type { WeirEvents } from "./weir.ts";

export interface RunningKubernetesOptions {
  model: () => Model;
  /** Puts what the cluster has in force, and resolves when the Envoys have it, with what is wrong with its objects. */
  apply: (cluster: FromCluster) => Promise<ObjectFindings>;
  discovery: RunningDiscovery;
  /** How a plugin of it is doing. */
  stateOf: (plugin: ForeignPlugin) => PluginState;
  events: WeirEvents;
}

export class RunningKubernetes {
  readonly #options: RunningKubernetesOptions;
  #settings: Kubernetes | null = null;
  #isRead = false;
  #controller: Promise<KubernetesController | null> = Promise.resolve(null);

  constructor(options: RunningKubernetesOptions) {
    this.#options = options;
  }

  /**
   * False while there is a cluster of which nothing is in force yet, though another replica, or this one before, may
   * have told Envoys of it.
   */
  get isComplete(): boolean {
    return !this.#options.model().kubernetes || this.#isRead;
  }

  /** Does not wait for the cluster: the file's routes are served in the meantime. */
  follow(): void {
    const { kubernetes = null } = this.#options.model();
    if (isDeepStrictEqual(kubernetes, this.#settings)) {
      // The file may say something else of what its objects refer to.
      this.refresh();
      return;
    }
    this.#settings = kubernetes;
    this.#controller = this.#controller.then(async (before) => {
      await before?.stop();
      if (!kubernetes) void this.#options.discovery.want("cluster", [], []);
      return kubernetes && this.#start(kubernetes);
    });
  }

  /** What the objects are read with has changed. */
  refresh(): void {
    void this.#controller.then((controller) => controller?.refresh());
  }

  async close(): Promise<void> {
    this.#settings = null;
    await (await this.#controller)?.stop();
  }

  async #start(settings: Kubernetes): Promise<KubernetesController | null> {
    const { apply, stateOf, discovery, events } = this.#options;
    try {
      // The official client takes longer to load than the rest of Weir, and most who run Weir have no cluster.
      const { KubernetesController } = await import("../kubernetes/controller.ts");
      const onTrouble = (message: string): void => events.onTrouble?.(message);
      const onRecovery = (message: string): void => events.onRecovery?.(message);
      const asked = {
        discovered: () => discovery.discovered(),
        onWishes: (registries: Registry[], wishes: ServiceWish[]) => discovery.want("cluster", registries, wishes),
      };
      const controller = new KubernetesController({ settings, apply, stateOf, ...asked, onTrouble, onRecovery });
      void controller.start().then(() => (this.#isRead = true));
      return controller;
    } catch (error) {
      events.onTrouble?.(`The cluster cannot be watched: ${messageOf(error)}`);
      return null;
    }
  }
}
