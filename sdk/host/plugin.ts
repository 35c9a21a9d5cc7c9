// A plugin configuration running in the host: its root context on each worker, and what happens after a trap.
// Source: PluginConfig in source/extensions/common/wasm/wasm.cc of Envoy 1.40.
import type { RootContext } from "./context.ts";
import { HttpContext, type FilterStream } from "./http-context.ts";
import type { StreamOptions } from "./exchange.ts";
import { HttpStream } from "./http-stream.ts";
import { TcpStream, type TcpOptions } from "./tcp-stream.ts";
import type { WasmHost } from "./wasm-host.ts";

/**
 * What becomes of streams that begin after a trap; those under way are closed in any case.
 * FAIL_CLOSED: 503 for good. FAIL_OPEN: the filter is left out. FAIL_RELOAD: a new VM, not more often than allowed.
 */
export type FailurePolicy = "FAIL_CLOSED" | "FAIL_OPEN" | "FAIL_RELOAD";

/** A plugin configuration with everything filled in. */
export interface PluginOptions {
  name: string;
  rootId: string;
  configuration: Uint8Array;
  allowOnHeadersStopIteration: boolean;
  failurePolicy: FailurePolicy;
  /** Milliseconds that must lie between two loads of the VM; Envoy adds up to half of it at random. */
  reloadIntervalMs: number;
}

/** Makes a started root for a worker, in the VM that its plugins share there. */
export type RootFactory = (worker: number) => RootContext;

interface Handle {
  root: RootContext;
  loadedAtMs: number;
}

export class Plugin {
  readonly options: PluginOptions;
  readonly #host: WasmHost;
  readonly #makeRoot: RootFactory;
  readonly #handles: Handle[];

  constructor(host: WasmHost, options: PluginOptions, makeRoot: RootFactory) {
    this.#host = host;
    this.options = options;
    this.#makeRoot = makeRoot;
    this.#handles = Array.from({ length: host.workers }, (_, worker) => this.#load(worker));
  }

  /** The root context on `worker`. */
  root(worker = 0): RootContext {
    return this.#handles[worker]!.root;
  }

  /** A new HTTP stream with this plugin as its only filter. For several filters see WasmHost.openStream. */
  openStream(options: StreamOptions = {}): HttpStream {
    return new HttpStream(this.#host, [this], options);
  }

  /** A new TCP connection with this plugin as its network filter. */
  openTcp(options: TcpOptions = {}): TcpStream {
    return new TcpStream(this.#host, this, options);
  }

  /** Ends the plugin on every worker: `onDone`, `onDelete`. */
  stop(): void {
    for (const { root } of this.#handles) root.shutDown(() => {});
  }

  /** The root that a new stream belongs to, reloaded if need be; null when a failed plugin is to be left out. */
  rootForStream(worker: number): RootContext | null {
    const handle = this.#handles[worker]!;
    if (handle.root.vm.isFailed && this.options.failurePolicy === "FAIL_RELOAD") this.#reload(handle, worker);
    const leftOut = handle.root.vm.isFailed && this.options.failurePolicy === "FAIL_OPEN";
    return leftOut ? null : handle.root;
  }

  createContext(worker: number, stream: FilterStream): HttpContext | null {
    const root = this.rootForStream(worker);
    return root && new HttpContext(root.vm, root, stream);
  }

  #load(worker: number): Handle {
    return { root: this.#makeRoot(worker), loadedAtMs: this.#host.clock.nowMs };
  }

  #reload(handle: Handle, worker: number): void {
    const base = this.options.reloadIntervalMs;
    const interval = base + (this.#host.random.next() % Math.floor(base / 2));
    if (this.#host.clock.nowMs - handle.loadedAtMs < interval) return;
    handle.loadedAtMs = this.#host.clock.nowMs;
    try {
      handle.root = this.#makeRoot(worker);
    } catch {
      // The plugin does not start any more: the failed root stays, and answers 503.
    }
  }
}
