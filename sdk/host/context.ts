// A context is what the ABI calls an object the plugin knows by number: here the base, and the plugin's root.
// Streams have their own (http-context.ts, tcp-context.ts).
import { BodyBuffer } from "./body-buffer.ts";
import { BufferType, MapType, Status, StreamType } from "./abi.ts";
import { GrpcCallouts } from "./grpc-callout.ts";
import type { HeaderMap } from "./header-map.ts";
import { HttpCallouts } from "./http-callout.ts";
import type { Pairs } from "./pairs.ts";
import type { PluginOptions } from "./plugin.ts";
import type { PropertyScope } from "./properties.ts";
import type { WasmVm } from "./vm.ts";

/** A buffer as the plugin may use it; `writable` ones can be changed by `proxy_set_buffer_bytes`. */
export interface ContextBuffer {
  buffer: BodyBuffer;
  writable: boolean;
}

export interface LocalReplyRequest {
  status: number;
  headers: Pairs;
  body: Uint8Array;
  details: string;
  grpcStatus: number;
}

export abstract class Context {
  readonly vm: WasmVm;
  readonly id: number;
  protected created = false;
  protected destroyed = false;

  constructor(vm: WasmVm) {
    this.vm = vm;
    this.id = vm.nextContextId();
    vm.contexts.set(this.id, this);
  }

  abstract get root(): RootContext;

  /** The map for reading; null when it does not exist now. */
  headerMap(type: number): HeaderMap | null {
    const { http, grpc } = this.root;
    if (type === MapType.HttpCallResponseHeaders) return http.reply?.headers ?? null;
    if (type === MapType.HttpCallResponseTrailers) return http.reply?.trailers ?? null;
    if (type === MapType.GrpcReceiveInitialMetadata) return grpc.initialMetadata;
    if (type === MapType.GrpcReceiveTrailingMetadata) return grpc.trailingMetadata;
    return null;
  }

  /** The map for changing. Those of callouts cannot be changed. */
  writableHeaderMap(_type: number): HeaderMap | null {
    return null;
  }

  /** What reading a map that does not exist gives. */
  get missingMapStatus(): number {
    return Status.BadArgument;
  }

  buffer(type: number): ContextBuffer | null {
    const { http, grpc } = this.root;
    const fixed = (bytes: Uint8Array) => ({ buffer: new BodyBuffer(bytes), writable: false });
    if (type === BufferType.VmConfiguration) return fixed(this.vm.options.vmConfiguration);
    if (type === BufferType.HttpCallResponseBody) return http.reply ? fixed(http.reply.body) : null;
    if (type === BufferType.GrpcReceiveBuffer) return fixed(grpc.message ?? new Uint8Array(0));
    if (type === BufferType.CallData) return fixed(this.root.callData);
    return null;
  }

  /** Where properties are looked up. */
  get properties(): PropertyScope {
    return { find: (name) => this.pluginProperty(name), filterState: null };
  }

  protected pluginProperty(name: string): string | undefined {
    const { name: pluginName, rootId } = this.root.plugin;
    return { plugin_name: pluginName, plugin_root_id: rootId, plugin_vm_id: this.vm.options.vmId }[name];
  }

  continueStream(type: number): number {
    return type === StreamType.Upstream ? Status.Unimplemented : Status.Ok;
  }

  closeStream(_type: number): number {
    return Status.Ok;
  }

  sendLocalReply(_reply: LocalReplyRequest): void {}

  clearRouteCache(): void {}

  /** Calls a callback without a result and then does what it put off. */
  protected notify(name: string, ...args: number[]): void {
    if (this.vm.isFailed || !this.vm.has(name)) return;
    this.vm.invoke(this, name, this.id, ...args);
    this.vm.runDeferred();
  }

  /** `proxy_on_context_create`, once. */
  protected create(parentId: number): void {
    if (!this.created && !this.vm.isFailed) this.notify("proxy_on_context_create", parentId);
    this.created = true;
  }

  /** `proxy_on_done`, then `proxy_on_delete`. A stream cannot put its end off; a root can. */
  protected done(): boolean {
    if (this.vm.isFailed || !this.vm.has("proxy_on_done")) return true;
    const ready = this.vm.invoke(this, "proxy_on_done", this.id) !== 0;
    this.vm.runDeferred();
    return ready;
  }

  protected delete(): void {
    if (this.created) this.notify("proxy_on_delete");
    this.vm.contexts.delete(this.id);
  }
}

/** The context of a plugin configuration in one VM: timers, callouts and queues belong to it. */
export class RootContext extends Context {
  readonly plugin: PluginOptions;
  readonly http: HttpCallouts;
  readonly grpc: GrpcCallouts;
  /** What `CallData` reads: arguments of a foreign function's callback. */
  callData: Uint8Array = new Uint8Array(0);
  /** By the foreign function `declare_property`. */
  readonly declaredProperties = new Map<string, { readonly: boolean }>();
  /** What `proxy_get_status` gives: of the gRPC call being closed, or of the HTTP call that failed. */
  status = { code: 0, message: "" };
  #configuring = false;
  #timer = 0;
  #periodMs = 0;
  #finished: (() => void) | null = null;

  constructor(vm: WasmVm, plugin: PluginOptions) {
    super(vm);
    this.plugin = plugin;
    this.http = new HttpCallouts(this);
    this.grpc = new GrpcCallouts(this);
  }

  override get root(): RootContext {
    return this;
  }

  override buffer(type: number): ContextBuffer | null {
    if (type !== BufferType.PluginConfiguration) return super.buffer(type);
    if (!this.#configuring) return null;
    return { buffer: new BodyBuffer(this.plugin.configuration), writable: false };
  }

  /** Start and configuration; false when the plugin refuses or traps. The configuration is not readable in VM start. */
  start(): boolean {
    this.#whileConfiguring(() => this.create(0));
    const started = this.#ask("proxy_on_vm_start", this.vm.options.vmConfiguration.length);
    if (!started || this.vm.isFailed) return false;
    const size = this.plugin.configuration.length;
    return this.#whileConfiguring(() => this.#ask("proxy_on_configure", size)) && !this.vm.isFailed;
  }

  #whileConfiguring<T>(action: () => T): T {
    this.#configuring = true;
    const result = action();
    this.#configuring = false;
    return result;
  }

  #ask(name: string, size: number): boolean {
    if (!this.vm.has(name)) return true;
    const accepted = this.vm.invoke(this, name, this.id, size) !== 0;
    this.vm.runDeferred();
    return accepted;
  }

  /** 0 stops the timer. */
  setTickPeriod(periodMs: number): void {
    const { clock } = this.vm.host;
    clock.cancel(this.#timer);
    this.#periodMs = periodMs;
    if (periodMs > 0) this.#timer = clock.schedule(periodMs, () => this.#tick());
  }

  #tick(): void {
    const before = this.#timer;
    this.notify("proxy_on_tick");
    if (this.#timer === before) this.setTickPeriod(this.#periodMs);
    this.vm.host.runPosted();
  }

  queueReady(token: number): void {
    this.notify("proxy_on_queue_ready", token);
  }

  httpCallResponse(token: number, headers: number, bodySize: number, trailers: number): void {
    this.notify("proxy_on_http_call_response", token, headers, bodySize, trailers);
  }

  grpcEvent(name: string, token: number, value: number): void {
    this.notify(name, token, value);
  }

  /** Hands the plugin an asynchronous answer of a foreign function. */
  foreignFunction(id: number, data: Uint8Array): void {
    this.callData = data;
    this.notify("proxy_on_foreign_function", id, data.length);
    this.callData = new Uint8Array(0);
  }

  /** Ends the root; a plugin that answers "not yet" is deleted when it calls `proxy_done`. */
  shutDown(finished: () => void): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.setTickPeriod(0);
    this.#finished = () => {
      this.delete();
      this.http.cancelAll();
      this.grpc.cancelAll();
      finished();
    };
    if (this.done()) this.#finish();
  }

  /** `proxy_done`: NotFound unless the plugin had put its end off. */
  confirmDone(): number {
    if (!this.destroyed || !this.#finished) return Status.NotFound;
    this.vm.defer(() => this.#finish());
    return Status.Ok;
  }

  #finish(): void {
    const finished = this.#finished;
    this.#finished = null;
    finished?.();
  }
}
