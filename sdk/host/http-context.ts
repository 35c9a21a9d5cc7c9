// A stream's context for one filter: Envoy's wasm Context as an HTTP filter. It says which maps and buffers the
// plugin can reach in which callback, and translates what callbacks return.
// Source: source/extensions/common/wasm/context.cc of Envoy 1.40.
import { BufferType, DataStatus, HeadersStatus, MapType, Status, StreamType, TrailersStatus } from "./abi.ts";
import { BodyBuffer } from "./body-buffer.ts";
import { Context, type ContextBuffer, type LocalReplyRequest, type RootContext } from "./context.ts";
import type { ChainFilter, ChainPosition } from "./filter-chain.ts";
import { HeaderMap } from "./header-map.ts";
import { pluginFailed } from "./own-replies.ts";
import type { PropertyScope, PropertyValue } from "./properties.ts";
import type { WasmVm } from "./vm.ts";

/** What a filter may do to its stream. */
export interface FilterStream {
  sendLocalReply(reply: LocalReplyRequest): void;
  reset(details: string): void;
  clearRouteCache(): void;
  findProperty(name: string, context: StreamHeaders): PropertyValue | undefined;
  readonly filterState: Map<string, Uint8Array>;
}

/** The headers that a filter can see now; properties are computed from them. */
export interface StreamHeaders {
  requestHeaders: HeaderMap | null;
  responseHeaders: HeaderMap | null;
  responseTrailers: HeaderMap | null;
}

/** What one direction offers to the plugin at this moment. */
class Side {
  headers: HeaderMap | null = null;
  trailers: HeaderMap | null = null;
  body: BodyBuffer | null = null;
  /** The last body callback asked to buffer: the plugin sees everything held, not just the new data. */
  buffering = false;
  position!: ChainPosition;
}

export class HttpContext extends Context {
  readonly #root: RootContext;
  readonly #stream: FilterStream;
  readonly #request = new Side();
  readonly #response = new Side();
  #endOfStream = false;
  #failureHandled = false;
  #logging: StreamHeaders | null = null;

  constructor(vm: WasmVm, root: RootContext, stream: FilterStream) {
    super(vm);
    this.#root = root;
    this.#stream = stream;
  }

  override get root(): RootContext {
    return this.#root;
  }

  /** Where this filter stands in the two chains. */
  attach(request: ChainPosition, response: ChainPosition): void {
    this.#request.position = request;
    this.#response.position = response;
  }

  /** The filter as the request's chain sees it. */
  readonly decoder: ChainFilter = {
    onHeaders: (headers, end) => {
      this.create(this.#root.id);
      return this.#onHeaders(this.#request, "proxy_on_request_headers", headers, end);
    },
    onData: (data, end) => this.#onData(this.#request, "proxy_on_request_body", data, end),
    onTrailers: (trailers) => this.#onTrailers(this.#request, "proxy_on_request_trailers", trailers),
  };

  /** The filter as the response's chain sees it. */
  readonly encoder: ChainFilter = {
    onHeaders: (headers, end) => {
      if (this.#skipResponse) return HeadersStatus.Continue;
      return this.#onHeaders(this.#response, "proxy_on_response_headers", headers, end);
    },
    onData: (data, end) => {
      if (this.#skipResponse) return DataStatus.Continue;
      return this.#onData(this.#response, "proxy_on_response_body", data, end);
    },
    onTrailers: (trailers) => {
      if (this.#skipResponse) return TrailersStatus.Continue;
      return this.#onTrailers(this.#response, "proxy_on_response_trailers", trailers);
    },
  };

  /** The plugin never saw the request, or the stream was answered because the plugin failed. */
  get #skipResponse(): boolean {
    return !this.created || this.#failureHandled;
  }

  /** `proxy_on_log`: every header is there to read. */
  log(headers: StreamHeaders): void {
    this.create(this.#root.id);
    this.#logging = headers;
    this.notify("proxy_on_log");
    this.#logging = null;
  }

  destroy(): void {
    if (this.destroyed || !this.created) return;
    this.destroyed = true;
    this.done();
    this.delete();
  }

  override headerMap(type: number): HeaderMap | null {
    const log = this.#logging;
    if (type === MapType.RequestHeaders) return log ? log.requestHeaders : this.#request.headers;
    if (type === MapType.RequestTrailers) return log ? null : this.#request.trailers;
    if (type === MapType.ResponseHeaders) return log ? log.responseHeaders : this.#response.headers;
    if (type === MapType.ResponseTrailers) return log ? log.responseTrailers : this.#response.trailers;
    return super.headerMap(type);
  }

  override writableHeaderMap(type: number): HeaderMap | null {
    if (type === MapType.RequestHeaders) return this.#request.headers;
    if (type === MapType.ResponseHeaders) return this.#response.headers;
    if (type === MapType.RequestTrailers) return this.#trailersToWrite(this.#request);
    if (type === MapType.ResponseTrailers) return this.#trailersToWrite(this.#response);
    return null;
  }

  override get missingMapStatus(): number {
    return this.#logging ? Status.NotFound : Status.BadArgument;
  }

  /** In the last body callback of a message without trailers, writing to them makes them. */
  #trailersToWrite(side: Side): HeaderMap | null {
    if (!side.trailers && side.body && this.#endOfStream)
      side.trailers = side.position.chain.addTrailers(() => new HeaderMap());
    return side.trailers;
  }

  override buffer(type: number): ContextBuffer | null {
    if (type === BufferType.HttpRequestBody) return bodyOf(this.#request);
    if (type === BufferType.HttpResponseBody) return bodyOf(this.#response);
    return super.buffer(type);
  }

  override get properties(): PropertyScope {
    const visible = this.#logging ?? {
      requestHeaders: this.#request.headers,
      responseHeaders: this.#response.headers,
      responseTrailers: this.#response.trailers,
    };
    return {
      find: (name) => this.#stream.findProperty(name, visible) ?? this.pluginProperty(name),
      filterState: this.#stream.filterState,
    };
  }

  override continueStream(type: number): number {
    if (type !== StreamType.Request && type !== StreamType.Response) return super.continueStream(type);
    const { position } = type === StreamType.Request ? this.#request : this.#response;
    this.vm.defer(() => position.continue());
    // Envoy forgets the request's maps whichever side is continued.
    this.#request.headers = null;
    this.#request.trailers = null;
    this.#request.body = null;
    return Status.Ok;
  }

  override closeStream(type: number): number {
    if (type > StreamType.Response) return super.closeStream(type);
    this.vm.defer(() => this.#stream.reset("wasm_close_stream"));
    return Status.Ok;
  }

  override sendLocalReply(reply: LocalReplyRequest): void {
    this.vm.defer(() => this.#stream.sendLocalReply(reply));
  }

  override clearRouteCache(): void {
    this.#stream.clearRouteCache();
  }

  #onHeaders(side: Side, name: string, headers: HeaderMap, endOfStream: boolean): HeadersStatus {
    side.headers = headers;
    this.#endOfStream = endOfStream;
    const answer = this.#ask(name, headers.length, endOfStream ? 1 : 0);
    const status = this.#headersStatus(answer);
    if (status === HeadersStatus.Continue) side.headers = null;
    return status;
  }

  #headersStatus(answer: number | "stop"): HeadersStatus {
    if (answer === 0 || answer === 2) return HeadersStatus.Continue;
    if (answer === 3) return HeadersStatus.StopAllIterationAndBuffer;
    if (answer === 1 && this.#root.plugin.allowOnHeadersStopIteration) return HeadersStatus.StopIteration;
    return HeadersStatus.StopAllIterationAndWatermark;
  }

  #onData(side: Side, name: string, data: BodyBuffer, endOfStream: boolean): DataStatus {
    if (!this.created) return DataStatus.Continue;
    if (side.buffering) {
      side.position.chain.addHeld(side.position, data, false);
      if (this.destroyed) return DataStatus.StopIterationAndBuffer;
    }
    side.body = data;
    this.#endOfStream = endOfStream;
    const answer = this.#ask(name, bodyOf(side)?.buffer.length ?? 0, endOfStream ? 1 : 0);
    const status = dataStatus(answer);
    side.buffering = status === DataStatus.StopIterationAndBuffer;
    if (status === DataStatus.Continue) side.body = null;
    return status;
  }

  #onTrailers(side: Side, name: string, trailers: HeaderMap): TrailersStatus {
    if (!this.created) return TrailersStatus.Continue;
    side.trailers = trailers;
    const answer = this.#ask(name, trailers.length);
    if (answer !== 0) return TrailersStatus.StopIteration;
    side.trailers = null;
    return TrailersStatus.Continue;
  }

  /** Calls a filter callback: its answer, or "stop" when it replied or failed. */
  #ask(name: string, ...args: number[]): number | "stop" {
    const { vm } = this;
    if (vm.isFailed) return this.#failed();
    if (!vm.has(name)) return 0;
    const answer = vm.invoke(this, name, this.id, ...args);
    const stopped = vm.stopIteration;
    const failed = vm.isFailed ? this.#failed() : null;
    vm.runDeferred();
    return failed ?? (stopped ? "stop" : answer);
  }

  /** A stream that was there when its plugin failed is closed, whatever the policy. */
  #failed(): "stop" {
    if (!this.#failureHandled) {
      this.#failureHandled = true;
      this.#stream.sendLocalReply(pluginFailed);
    }
    return "stop";
  }
}

function bodyOf(side: Side): ContextBuffer | null {
  const held = side.buffering ? side.position.chain.held : null;
  const buffer = held ?? side.body;
  return buffer ? { buffer, writable: true } : { buffer: new BodyBuffer(), writable: false };
}

function dataStatus(answer: number | "stop"): DataStatus {
  return answer === 0 || answer === 1 || answer === 2 ? answer : DataStatus.StopIterationNoBuffer;
}
