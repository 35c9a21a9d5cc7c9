// The modules of foreign plugins beside a running control plane, and how each plugin is doing.
import { join } from "node:path";
import type { ModuleFailure } from "../modules/failure.ts";
import { KeptModules } from "../modules/kept-modules.ts";
import type { Model } from "../model/model.ts";
import type { ForeignPlugin, PluginState } from "../model/plugins.ts";
import type { EnvoyStatus } from "../serve/envoy-status.ts";
import type { PluginModule } from "../xds/options.ts";
import { instancesOf } from "../xds/plugins/instances.ts";
import type { WeirEvents } from "./weir.ts";

export interface RunningPluginsOptions {
  /** What outlives the control plane. */
  stateFolder: string;
  /** Some module is another: what is served of it has to be told. */
  onChange: () => void;
  status: () => EnvoyStatus[];
  events: WeirEvents;
}

/** Whoever is slower comes later. */
const waitMs = 5_000;

export class RunningPlugins {
  readonly #options: RunningPluginsOptions;
  readonly #modules: KeptModules;
  #isAnew = false;

  constructor(options: RunningPluginsOptions) {
    this.#options = options;
    this.#modules = new KeptModules({
      folder: join(options.stateFolder, "modules"),
      onChange: options.onChange,
      onTrouble: (message) => options.events.onTrouble?.(message),
      onRecovery: (message) => options.events.onRecovery?.(message),
    });
  }

  /** The file was read anew: what may have moved is asked for again. */
  again(): void {
    this.#isAnew = true;
  }

  /** `model` as it can be served now. */
  inForce(model: Model): Model {
    const { plugins = [] } = model;
    this.#modules.follow(plugins, { isAnew: this.#isAnew });
    this.#isAnew = false;
    return plugins.length > 0 ? { ...model, plugins: this.#modules.inForce(plugins) } : model;
  }

  /** Before `model` is served: what comes soon is waited for, so that nobody is refused for a plugin on its way. */
  async prepare(model: Model): Promise<void> {
    this.inForce(model);
    await this.#modules.tried(waitMs);
  }

  readonly moduleOf = (plugin: ForeignPlugin): PluginModule | null => {
    const module = this.#modules.moduleOf(plugin);
    return module && { source: { kind: "inline", bytes: module.bytes }, hasHigressRules: module.hasHigressRules };
  };

  stateOf(plugin: ForeignPlugin): PluginState {
    const [served = plugin] = this.#modules.inForce([plugin]);
    return {
      module: this.#modules.moduleOf(served)?.sha256 ?? null,
      isNewest: this.#modules.moduleOf(plugin) !== null,
      failure: failureOf(this.#modules.failureOf(plugin)),
      refusal: this.#refusalOf(served),
    };
  }

  close(): void {
    this.#modules.close();
  }

  #refusalOf(plugin: ForeignPlugin): string | null {
    const names = new Set(instancesOf(plugin).map(({ name }) => name));
    const connected = this.#options.status().filter(({ disconnectedAt }) => disconnectedAt === null);
    const all = connected.flatMap(({ resources }) => resources);
    return all.find(({ name, state }) => names.has(name) && state === "rejected")?.message ?? null;
  }
}

function failureOf(failure: ModuleFailure | null): PluginState["failure"] {
  return failure && { reason: failure.reason, message: failure.message };
}
