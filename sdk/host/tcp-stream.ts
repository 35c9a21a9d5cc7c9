// One TCP connection with a plugin as network filter, driven by a test from both ends.
// Source: the network half of source/extensions/common/wasm/context.cc of Envoy 1.40.
import { BufferType, Status, StreamType } from "./abi.ts";
import { BodyBuffer } from "./body-buffer.ts";
import { toBytes, type BytesLike } from "./byte-string.ts";
import { Context, type ContextBuffer, type RootContext } from "./context.ts";
import type { Host } from "./host.ts";
import type { Plugin } from "./plugin.ts";
import type { Properties, PropertyScope } from "./properties.ts";

export interface TcpOptions {
  properties?: Properties;
  worker?: number;
}

/** Who closed, as `onDownstreamClose` and `onUpstreamClose` are told. */
const CloseType = { Unknown: 0, Local: 1, Remote: 2 } as const;

export class TcpStream {
  /** What passed the filter in each direction, piece by piece. */
  readonly sentUpstream: Uint8Array[] = [];
  readonly sentDownstream: Uint8Array[] = [];
  readonly filterState = new Map<string, Uint8Array>();
  readonly #host: Host;
  readonly #context: TcpContext | null;

  /** Opens the connection: `onNewConnection`. */
  constructor(host: Host, plugin: Plugin, options: TcpOptions) {
    this.#host = host;
    const root = plugin.rootForStream(options.worker ?? 0);
    this.#context = root && new TcpContext(root, this, options.properties ?? {});
    this.#event(() => this.#context?.connect());
  }

  get isClosed(): boolean {
    return this.#context?.isClosed ?? false;
  }

  get upstreamText(): string {
    return Buffer.concat(this.sentUpstream).toString("utf8");
  }

  get downstreamText(): string {
    return Buffer.concat(this.sentDownstream).toString("utf8");
  }

  /** The client sends bytes. */
  downstreamData(bytes: BytesLike, { endOfStream = false } = {}): this {
    return this.#event(() => this.#context?.receive(toBytes(bytes), endOfStream));
  }

  /** The provider sends bytes. When both sides have ended, the connection is closed. */
  upstreamData(bytes: BytesLike, { endOfStream = false } = {}): this {
    return this.#event(() => this.#context?.write(toBytes(bytes), endOfStream));
  }

  /** The client breaks the connection off. */
  disconnect(): this {
    return this.#event(() => this.#context?.close(CloseType.Remote));
  }

  #event(action: () => void): this {
    if (!this.isClosed) action();
    this.#host.runPosted();
    return this;
  }
}

class TcpContext extends Context {
  readonly #root: RootContext;
  readonly #stream: TcpStream;
  readonly #properties: Properties;
  /** Bytes from the client that the plugin has not let pass; the plugin sees them again with the next. */
  readonly #waiting = new BodyBuffer();
  #downstream: BodyBuffer | null = null;
  #upstream: BodyBuffer | null = null;
  #readingStopped = false;
  #clientEnded = false;
  isClosed = false;

  constructor(root: RootContext, stream: TcpStream, properties: Properties) {
    super(root.vm);
    this.#root = root;
    this.#stream = stream;
    this.#properties = properties;
  }

  override get root(): RootContext {
    return this.#root;
  }

  connect(): void {
    this.create(this.#root.id);
    this.#readingStopped = this.#stops("proxy_on_new_connection");
  }

  receive(bytes: Uint8Array, endOfStream: boolean): void {
    this.#clientEnded ||= endOfStream;
    this.#waiting.add(bytes);
    this.#downstream = this.#waiting;
    const size = this.#waiting.length;
    this.#readingStopped = this.#stops("proxy_on_downstream_data", size, endOfStream ? 1 : 0);
    if (!this.#readingStopped) this.#pass();
  }

  write(bytes: Uint8Array, endOfStream: boolean): void {
    const data = new BodyBuffer(bytes);
    this.#upstream = data;
    const stopped = this.#stops("proxy_on_upstream_data", data.length, endOfStream ? 1 : 0);
    if (!stopped) {
      this.#upstream = null;
      if (data.length) this.#stream.sentDownstream.push(data.bytes());
    }
    if (!endOfStream) return;
    this.notify("proxy_on_upstream_connection_close", CloseType.Unknown);
    if (this.#clientEnded) this.close(CloseType.Local);
  }

  close(type: number): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.notify("proxy_on_downstream_connection_close", type);
    this.done();
    this.notify("proxy_on_log");
    this.delete();
  }

  override buffer(type: number): ContextBuffer | null {
    const own =
      type === BufferType.DownstreamData ? this.#downstream : type === BufferType.UpstreamData ? this.#upstream : null;
    if (own) return { buffer: own, writable: true };
    if (type === BufferType.DownstreamData || type === BufferType.UpstreamData)
      return { buffer: new BodyBuffer(), writable: false };
    return super.buffer(type);
  }

  override get properties(): PropertyScope {
    return {
      find: (name) => this.#properties[name] ?? this.pluginProperty(name),
      filterState: this.#stream.filterState,
    };
  }

  override continueStream(type: number): number {
    if (type === StreamType.Downstream) this.vm.defer(() => this.#continueReading());
    return type === StreamType.Upstream ? Status.Unimplemented : Status.Ok;
  }

  override closeStream(type: number): number {
    if (type >= StreamType.Downstream) this.vm.defer(() => this.close(CloseType.Local));
    return Status.Ok;
  }

  #continueReading(): void {
    if (!this.#readingStopped) return;
    this.#readingStopped = false;
    this.#pass();
  }

  #pass(): void {
    this.#downstream = null;
    if (this.#waiting.length) this.#stream.sentUpstream.push(this.#waiting.bytes());
    this.#waiting.drain(this.#waiting.length);
  }

  /** Calls a network callback: does it hold the data back? A failed plugin closes the connection. */
  #stops(name: string, ...args: number[]): boolean {
    const answer = this.vm.has(name) ? this.vm.invoke(this, name, this.id, ...args) : 0;
    const { isFailed } = this.vm;
    this.vm.runDeferred();
    if (isFailed) this.close(CloseType.Local);
    return this.isClosed || answer !== 0;
  }
}
