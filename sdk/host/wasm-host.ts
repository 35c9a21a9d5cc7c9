// The entry: an imagined Envoy process that runs compiled plugins inside a test. See README.md for a first test.
import { readFileSync } from "node:fs";
import { toBytes, type BytesLike } from "./byte-string.ts";
import { RootContext } from "./context.ts";
import { Host, type HostOptions } from "./host.ts";
import type { StreamOptions } from "./exchange.ts";
import { HttpStream } from "./http-stream.ts";
import { Plugin, type FailurePolicy, type PluginOptions } from "./plugin.ts";
import { WasmVm } from "./vm.ts";

/** A compiled plugin: its bytes, or anything that carries them or knows their file. */
export type WasmSource = Uint8Array<ArrayBuffer> | { bytes: Uint8Array<ArrayBuffer> } | { path: string };

export interface WasmHostOptions extends HostOptions {
  /** Worker threads, each with its own VMs. Default 1. */
  workers?: number;
}

export interface StartPluginOptions {
  /** Default: the module that the host was loaded with. */
  module?: WasmSource;
  /** Name of the plugin, as logs and the property `plugin_name` show it. Default "plugin". */
  name?: string;
  /** Which of the module's roots. Default "". */
  rootId?: string;
  /** Plugin configuration: text, bytes, or an object to be given as JSON. */
  configuration?: BytesLike | object;
  /** Plugins with the same vmId, vmConfiguration and module share a VM on each worker. Default "". */
  vmId?: string;
  vmConfiguration?: BytesLike;
  /** Environment variables of the VM. */
  environment?: Record<string, string>;
  /** Default true, as Weir's plugins are configured; Envoy's own default is false. */
  allowOnHeadersStopIteration?: boolean;
  /** Default FAIL_CLOSED, as on Envoy. */
  failurePolicy?: FailurePolicy;
  /** `reload_config.backoff.base_interval` in milliseconds. Default 1000, as on Envoy, which dies of less than 2. */
  reloadIntervalMs?: number;
}

export class WasmHost extends Host {
  readonly workers: number;
  readonly #module: WebAssembly.Module | null;
  readonly #modules = new Map<WasmSource, WebAssembly.Module>();
  readonly #moduleIds = new Map<WebAssembly.Module, number>();
  /** One VM per worker and VM key; a failed one is no longer here. */
  readonly #vms = new Map<string, WasmVm>();

  /** A host without a default module; every startPlugin names its own. */
  constructor(options: WasmHostOptions = {}, module: WebAssembly.Module | null = null) {
    super(options);
    this.workers = options.workers ?? 1;
    this.#module = module;
  }

  /** Compiles `source` and makes a host for it. Throws when it is no Wasm module. */
  static async load(source: WasmSource, options: WasmHostOptions = {}): Promise<WasmHost> {
    return new WasmHost(options, await WebAssembly.compile(bytesOf(source)));
  }

  /**
   * Starts a plugin on every worker: VM start and configuration.
   * Throws when the plugin refuses its configuration or traps: Envoy would reject it at this point.
   */
  startPlugin(options: StartPluginOptions = {}): Plugin {
    const module = this.#compiled(options.module);
    const plugin = resolve(options);
    return new Plugin(this, plugin, (worker) => this.#startRoot(this.#vm(module, options, worker), plugin));
  }

  /** A stream through several plugins, the first of them nearest to the client. */
  openStream(plugins: Plugin[], options: StreamOptions = {}): HttpStream {
    return new HttpStream(this, plugins, options);
  }

  #compiled(source: WasmSource | undefined): WebAssembly.Module {
    if (!source) {
      if (!this.#module) throw new Error("startPlugin needs a module: this host was made without one");
      return this.#module;
    }
    const module = this.#modules.get(source) ?? new WebAssembly.Module(bytesOf(source));
    this.#modules.set(source, module);
    return module;
  }

  #vm(module: WebAssembly.Module, options: StartPluginOptions, worker: number): WasmVm {
    const moduleId = this.#moduleIds.get(module) ?? this.#moduleIds.size + 1;
    this.#moduleIds.set(module, moduleId);
    const vmId = options.vmId ?? "";
    const vmConfiguration = toBytes(options.vmConfiguration ?? "");
    const key = JSON.stringify([worker, moduleId, vmId, Buffer.from(vmConfiguration).toString("latin1")]);
    const known = this.#vms.get(key);
    if (known) return known;
    const vmOptions = { vmId, vmConfiguration, environment: options.environment ?? {}, worker };
    const vm = new WasmVm(module, this, vmOptions, () => this.#vms.delete(key));
    this.#vms.set(key, vm);
    return vm;
  }

  #startRoot(vm: WasmVm, plugin: PluginOptions): RootContext {
    const key = JSON.stringify([plugin.rootId, plugin.name, Buffer.from(plugin.configuration).toString("latin1")]);
    const known = vm.roots.get(key);
    if (known) return known;
    const root = new RootContext(vm, plugin);
    if (!root.start()) {
      const cause = vm.failure ?? this.messages().at(-1) ?? "it returned false";
      throw new Error(`Plugin "${plugin.name}" did not start: ${cause}`);
    }
    vm.roots.set(key, root);
    this.runPosted();
    return root;
  }
}

function resolve(options: StartPluginOptions): PluginOptions {
  const { configuration = "", reloadIntervalMs = 1000 } = options;
  if (reloadIntervalMs < 2)
    throw new Error("reloadIntervalMs must be at least 2: with less Envoy 1.40 divides by zero");
  const isBytes = typeof configuration === "string" || configuration instanceof Uint8Array;
  return {
    name: options.name ?? "plugin",
    rootId: options.rootId ?? "",
    configuration: toBytes(isBytes ? configuration : JSON.stringify(configuration)),
    allowOnHeadersStopIteration: options.allowOnHeadersStopIteration ?? true,
    failurePolicy: options.failurePolicy ?? "FAIL_CLOSED",
    reloadIntervalMs,
  };
}

function bytesOf(source: WasmSource): Uint8Array<ArrayBuffer> {
  if (source instanceof Uint8Array) return source;
  return "bytes" in source ? source.bytes : new Uint8Array(readFileSync(source.path));
}
