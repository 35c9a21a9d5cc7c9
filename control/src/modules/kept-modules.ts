// The modules of all foreign plugins. One that cannot be had, or no more, holds up nobody: the others are served, and
// what was in force of it stays so.
import { setTimeout as pause } from "node:timers/promises";
import type { ForeignPlugin } from "../model/plugins.ts";
import type { ModuleFailure } from "./failure.ts";
import { KeptSource, type KeptModule } from "./kept-source.ts";
import { ModuleCache } from "./module-cache.ts";
import { sourceKey } from "./source-key.ts";

export interface KeptModulesOptions {
  /** Where they are kept. */
  folder: string;
  /** Some module, or what is known of it, is another. */
  onChange: () => void;
  onTrouble?: (message: string) => void;
  onRecovery?: (message: string) => void;
  retryMs?: number;
}

const keptMs = 60_000;

export class KeptModules {
  readonly #options: KeptModulesOptions;
  readonly #cache: ModuleCache;
  readonly #sources = new Map<string, KeptSource>();
  /** By plugin, as it was when its module was there. */
  readonly #good = new Map<string, ForeignPlugin>();
  /** By plugin. */
  readonly #revisions = new Map<string, string>();
  readonly #troubles = new Map<string, string>();
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  readonly #waitedFor = new WeakSet<KeptSource>();
  #plugins: ForeignPlugin[] = [];

  constructor(options: KeptModulesOptions) {
    this.#options = options;
    this.#cache = new ModuleCache(options.folder);
    void this.#cache.prune();
  }

  /** `isAnew`: what moves is asked for again. Does not wait for anything. */
  follow(plugins: ForeignPlugin[], { isAnew = false } = {}): void {
    this.#plugins = plugins;
    for (const { name, module } of plugins) {
      const key = sourceKey(module);
      const known = this.#sources.get(key);
      const isOther = this.#revisions.get(name) !== module.revision;
      this.#revisions.set(name, module.revision);
      if (!known) this.#sources.set(key, this.#keep(module));
      else if (isAnew || isOther) known.again(module);
    }
    this.#settle();
    this.#forget();
  }

  /** As they can be served: one whose module is still to come stays as it was. */
  inForce(plugins: ForeignPlugin[]): ForeignPlugin[] {
    return plugins.map((plugin) => (this.moduleOf(plugin) ? plugin : (this.#good.get(plugin.name) ?? plugin)));
  }

  moduleOf({ module }: ForeignPlugin): KeptModule | null {
    return this.#sources.get(sourceKey(module))?.module ?? null;
  }

  /** Of the last attempt at its source; null where it succeeded, or is under way. */
  failureOf({ module }: ForeignPlugin): ModuleFailure | null {
    return this.#sources.get(sourceKey(module))?.failure ?? null;
  }

  /** Resolves when each has been tried for the first time, or after `timeoutMs`. Nobody is waited for twice. */
  async tried(timeoutMs: number): Promise<void> {
    const isNew = (source: KeptSource) => !source.module && !source.failure && !this.#waitedFor.has(source);
    const sources = [...this.#sources.values()].filter(isNew);
    if (sources.length === 0) return;
    for (const source of sources) this.#waitedFor.add(source);
    const over = new AbortController();
    const late = pause(timeoutMs, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([Promise.all(sources.map((source) => source.settled())), late]);
    over.abort();
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.#sources.values()].map((source) => source.settled()));
  }

  close(): void {
    for (const source of this.#sources.values()) source.close();
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#sources.clear();
  }

  #keep(source: ForeignPlugin["module"]): KeptSource {
    const { retryMs } = this.#options;
    const onChange = (): void => {
      this.#settle();
      this.#options.onChange();
    };
    return new KeptSource({ source, cache: this.#cache, onChange, ...(retryMs !== undefined && { retryMs }) });
  }

  #settle(): void {
    for (const plugin of this.#plugins) {
      if (this.moduleOf(plugin)) this.#good.set(plugin.name, plugin);
      this.#tell(plugin);
    }
  }

  #tell(plugin: ForeignPlugin): void {
    const { name, failure: strategy } = plugin;
    const failure = this.failureOf(plugin);
    const before = this.#troubles.get(name);
    if (!failure) {
      this.#troubles.delete(name);
      if (before !== undefined) this.#options.onRecovery?.(`The module of the plugin ${name} is there`);
      return;
    }
    this.#troubles.set(name, failure.message);
    if (before === failure.message) return;
    const without = strategy === "open" ? "Requests pass without it" : "Requests that it is for are refused";
    const rest = this.#good.has(name) ? "The one that it had stays" : without;
    this.#options.onTrouble?.(`The module of the plugin ${name} cannot be had: ${failure.message}. ${rest}`);
  }

  #forget(): void {
    const names = new Set(this.#plugins.map(({ name }) => name));
    for (const known of [this.#good, this.#troubles, this.#revisions]) {
      for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    }
    for (const key of this.#sources.keys()) if (!this.#isUsed(key)) this.#forgetLater(key);
  }

  #isUsed(key: string): boolean {
    return [...this.#plugins, ...this.#good.values()].some(({ module }) => sourceKey(module) === key);
  }

  /** While Envoys are told of it, requests that were there before still pass a plugin that has gone. */
  #forgetLater(key: string): void {
    if (this.#leaving.has(key)) return;
    const timer = setTimeout(() => {
      this.#leaving.delete(key);
      if (this.#isUsed(key)) return;
      this.#sources.get(key)?.close();
      this.#sources.delete(key);
    }, keptMs);
    this.#leaving.set(key, timer.unref());
  }
}
