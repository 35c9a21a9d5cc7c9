// One Wasm instance: its memory, calls into it, and what a trap does to it.
// Which context a host call acts on, and what must wait until the plugin has returned, is also kept here.
import type { Context, RootContext } from "./context.ts";
import { wasmImports } from "./imports.ts";
import { MetricTable } from "./metrics.ts";
import type { Host } from "./host.ts";

export type Exported = (...args: number[]) => number;

export interface VmOptions {
  vmId: string;
  vmConfiguration: Uint8Array;
  environment: Record<string, string>;
  /** Which worker thread of the imagined Envoy it runs on. */
  worker: number;
}

export class WasmVm {
  readonly host: Host;
  readonly options: VmOptions;
  readonly metrics: MetricTable;
  readonly contexts = new Map<number, Context>();
  /** Roots by plugin key: plugins of one VM with the same root id, configuration and name share one. */
  readonly roots = new Map<string, RootContext>();
  readonly memory: WebAssembly.Memory;
  readonly #functions: Record<string, Exported | undefined>;
  readonly #malloc: Exported;
  readonly #onFailed: (vm: WasmVm) => void;
  #bytes: Buffer;
  #lastContextId = 0;
  #lastToken = 0;
  #afterCall: (() => void)[] = [];

  /** The context the plugin was called for, and the one it chose instead (0: none). */
  current: Context | null = null;
  effectiveId = 0;
  /** A local reply was sent during this call: whatever the callback returns, iteration stops. */
  stopIteration = false;
  /** Set while only logging, clock, random and environment may be called, as Envoy does. */
  restricted = false;
  /** Why the VM is dead: the trap's message. */
  failure: string | null = null;

  constructor(module: WebAssembly.Module, host: Host, options: VmOptions, onFailed: (vm: WasmVm) => void) {
    this.host = host;
    this.options = options;
    this.#onFailed = onFailed;
    this.metrics = new MetricTable(host.metrics);
    this.restricted = true;
    const instance = new WebAssembly.Instance(module, wasmImports(this, WebAssembly.Module.imports(module)));
    this.#functions = instance.exports as Record<string, Exported | undefined>;
    this.memory = instance.exports.memory as WebAssembly.Memory;
    this.#bytes = Buffer.from(this.memory.buffer);
    const malloc = this.#functions.malloc ?? this.#functions.proxy_on_memory_allocate;
    if (!malloc) throw new Error("Wasm module is missing malloc function");
    this.#malloc = malloc;
    this.#start();
    this.restricted = false;
  }

  get isFailed(): boolean {
    return this.failure !== null;
  }

  /** The context host calls act on. */
  get acting(): Context {
    return this.contexts.get(this.effectiveId) ?? this.current!;
  }

  /** Linear memory as it is now: growing replaces it, so never keep this. */
  get bytes(): Buffer {
    if (this.#bytes.buffer !== this.memory.buffer) this.#bytes = Buffer.from(this.memory.buffer);
    return this.#bytes;
  }

  nextContextId(): number {
    return ++this.#lastContextId;
  }

  /** Callout tokens; the lowest two bits tell the kind (0 HTTP, 1 gRPC call, 2 gRPC stream). */
  nextToken(kind: 0 | 1 | 2): number {
    return (this.#lastToken += 4) + kind;
  }

  has(name: string): boolean {
    return this.#functions[name] !== undefined;
  }

  /** Calls an export for `context`. After a trap the VM is failed and this and further calls give 0. */
  invoke(context: Context | null, name: string, ...args: number[]): number {
    const callee = this.#functions[name];
    if (!callee || this.isFailed) return 0;
    this.host.crossings.count(name);
    const { current, effectiveId } = this;
    this.current = context;
    this.effectiveId = 0;
    try {
      return callee(...args) >>> 0;
    } catch (error) {
      this.#fail(name, error);
      return 0;
    } finally {
      this.current = current;
      this.effectiveId = effectiveId;
    }
  }

  /** Does `action` once the plugin has returned from the present callback. */
  defer(action: () => void): void {
    this.#afterCall.push(action);
  }

  /** To be called after every callback. */
  runDeferred(): void {
    this.stopIteration = false;
    for (let action = this.#afterCall.shift(); action; action = this.#afterCall.shift()) action();
  }

  /** The bytes of `size` at `pointer`, a view; null when outside of memory. */
  read(pointer: number, size: number): Buffer | null {
    const start = pointer >>> 0;
    const end = start + (size >>> 0);
    const memory = this.bytes;
    return end > memory.length ? null : memory.subarray(start, end);
  }

  readText(pointer: number, size: number): string | null {
    const start = pointer >>> 0;
    const end = start + (size >>> 0);
    const memory = this.bytes;
    return end > memory.length ? null : memory.toString("latin1", start, end);
  }

  writeWord(pointer: number, value: number): boolean {
    const at = pointer >>> 0;
    if (at + 4 > this.bytes.length) return false;
    this.bytes.writeUInt32LE(value >>> 0, at);
    return true;
  }

  writeLong(pointer: number, value: bigint): boolean {
    const at = pointer >>> 0;
    if (at + 8 > this.bytes.length) return false;
    this.bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at);
    return true;
  }

  /** Asks the plugin for memory, copies `value` there and stores pointer and size; nothing is allocated for 0 bytes. */
  give(value: Uint8Array | string, pointerAt: number, sizeAt: number): boolean {
    const pointer = value.length ? this.#allocate(value.length) : 0;
    if (value.length && !pointer) return false;
    if (typeof value === "string") this.bytes.write(value, pointer, "latin1");
    else this.bytes.set(value, pointer);
    return this.writeWord(pointerAt, pointer) && this.writeWord(sizeAt, value.length);
  }

  #allocate(size: number): number {
    const { restricted, current, effectiveId } = this;
    this.host.crossings.count("malloc");
    this.restricted = true;
    try {
      const pointer = this.#malloc(size) >>> 0;
      return pointer + size > this.bytes.length ? 0 : pointer;
    } catch (error) {
      this.#fail("malloc", error);
      return 0;
    } finally {
      this.restricted = restricted;
      this.current = current;
      this.effectiveId = effectiveId;
    }
  }

  #start(): void {
    if (this.has("_initialize")) {
      this.invoke(null, "_initialize");
      if (this.has("main")) this.invoke(null, "main", 0, 0);
    } else if (this.has("_start")) this.invoke(null, "_start");
  }

  #fail(name: string, error: unknown): void {
    const trapped = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    if (!trapped) throw error;
    this.failure = `Function: ${name} failed: ${(error as Error).message}`;
    this.host.log(5, this.failure, "");
    this.#onFailed(this);
  }
}
