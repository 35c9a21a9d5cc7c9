// One HTTP request and its response, driven by a test from both ends: the client's and the provider's.
//
//   requestHeaders/Body/Trailers ──► filters ──► sentUpstream
//   sentDownstream ◄── filters ◄── responseHeaders/Body/Trailers
//
// It plays Envoy's connection manager and router around the filters: local replies, limits, resets, the end.
import { toBytes, type BytesLike } from "./byte-string.ts";
import type { LocalReplyRequest } from "./context.ts";
import { FilterChain } from "./filter-chain.ts";
import { HeaderMap, type Header } from "./header-map.ts";
import type { Host } from "./host.ts";
import type { FilterStream, HttpContext, StreamHeaders } from "./http-context.ts";
import { prepareLocalReply } from "./local-reply.ts";
import type { Plugin } from "./plugin.ts";
import type { Properties, PropertyValue } from "./properties.ts";
import { SentMessage } from "./sent.ts";
import { streamProperty } from "./stream-properties.ts";

export interface StreamOptions {
  /**
   * Where the filters stand. "downstream" (default): the listener's chain, where local replies pass the response
   * callbacks. "upstream": a cluster's chain, behind the router, where they do not.
   */
  position?: "downstream" | "upstream";
  /** Attributes beyond those the stream knows itself: `{ xds: { cluster_name: "a" }, source: { address: "…" } }`. */
  properties?: Properties;
  /** Filter state to share, as the attempts of one request do. Default: empty. */
  filterState?: Map<string, Uint8Array>;
  /** Bytes that may be held per direction: past it 413 or 500, or backpressure. Default 1 MiB, as on Envoy. */
  bufferLimit?: number;
  /** Which worker runs it. Default 0. */
  worker?: number;
}

export interface LocalReply {
  status: number;
  body: string;
  details: string;
}

interface EndOfStream {
  /** Default false. */
  endOfStream?: boolean;
}

export class HttpStream implements FilterStream {
  /** What reached the provider. */
  readonly sentUpstream = new SentMessage();
  /** What reached the client. */
  readonly sentDownstream = new SentMessage();
  readonly filterState: Map<string, Uint8Array>;
  /** The response that Envoy made itself, whoever caused it; null when there was none. */
  localReply: LocalReply | null = null;
  /** Envoy has stopped reading from this end because a filter holds too much (watermark). */
  readonly paused = { request: false, response: false };
  /** A filter asked for the route to be chosen anew. */
  routeCacheCleared = false;
  readonly #host: Host;
  readonly #options: StreamOptions;
  readonly #contexts: HttpContext[];
  readonly #request: FilterChain;
  readonly #response: FilterChain;
  #requestAborted = false;
  #responseAborted = false;
  #prepared: (() => void) | null = null;
  #over = false;

  constructor(host: Host, plugins: Plugin[], options: StreamOptions) {
    this.#host = host;
    this.#options = options;
    this.filterState = options.filterState ?? new Map();
    this.#contexts = plugins.flatMap((plugin) => plugin.createContext(options.worker ?? 0, this) ?? []);
    const contexts = this.#contexts;
    this.#request = new FilterChain(
      contexts.map((context) => context.decoder),
      this.#upstreamSink(),
      this.#watermark("request"),
      () => this.#afterRequestCallback(),
    );
    this.#response = new FilterChain(
      contexts.map((context) => context.encoder).reverse(),
      this.#downstreamSink(),
      this.#watermark("response"),
      () => this.#responseAborted,
    );
    for (const [i, context] of contexts.entries())
      context.attach(this.#request.position(i), this.#response.position(contexts.length - 1 - i));
  }

  /** The stream is finished: answered in full, reset, or gone. */
  get isOver(): boolean {
    return this.#over;
  }

  /** The client sends its headers. */
  requestHeaders(headers: Iterable<Header>, { endOfStream = false }: EndOfStream = {}): this {
    return this.#event(() => this.#request.receiveHeaders(HeaderMap.from(headers), endOfStream));
  }

  /** The client sends a piece of its body. */
  requestBody(bytes: BytesLike, { endOfStream = false }: EndOfStream = {}): this {
    return this.#event(() => this.#request.receiveData(toBytes(bytes), endOfStream));
  }

  /** The client ends with trailers. */
  requestTrailers(trailers: Iterable<Header>): this {
    return this.#event(() => this.#request.receiveTrailers(HeaderMap.from(trailers)));
  }

  /** The provider answers. */
  responseHeaders(headers: Iterable<Header>, { endOfStream = false }: EndOfStream = {}): this {
    return this.#event(() => this.#encodeHeaders(HeaderMap.from(headers), endOfStream));
  }

  responseBody(bytes: BytesLike, { endOfStream = false }: EndOfStream = {}): this {
    return this.#event(() => this.#encodeData(toBytes(bytes), endOfStream));
  }

  responseTrailers(trailers: Iterable<Header>): this {
    return this.#event(() => {
      this.#request.isStopped = true;
      this.#response.receiveTrailers(HeaderMap.from(trailers));
    });
  }

  /** A whole request in one call; `body` absent: headers only. */
  sendRequest(headers: Iterable<Header>, body?: BytesLike): this {
    this.requestHeaders(headers, { endOfStream: body === undefined });
    return body === undefined ? this : this.requestBody(body, { endOfStream: true });
  }

  /** A whole response in one call; `body` absent: headers only. */
  sendResponse(headers: Iterable<Header>, body?: BytesLike): this {
    this.responseHeaders(headers, { endOfStream: body === undefined });
    return body === undefined ? this : this.responseBody(body, { endOfStream: true });
  }

  /** The client goes away. */
  disconnect(): this {
    return this.#event(() => this.reset("downstream_remote_disconnect"));
  }

  /** The provider breaks the connection. */
  upstreamReset(): this {
    return this.#event(() => {
      const reason = "reset reason: connection termination";
      const body = Buffer.from(`upstream connect error or disconnect/reset before headers. ${reason}`);
      this.#sendLocalReply({ status: 503, headers: [], body, details: "upstream_reset_before_response_started", grpcStatus: -1 });
    });
  }

  sendLocalReply(reply: LocalReplyRequest): void {
    if (this.#over) return;
    if (this.#options.position === "upstream") return this.#replyBehindRouter(reply);
    if (this.#request.running > 0) this.#requestAborted = this.#request.isStopped = true;
    else if (this.#response.running > 0) this.#responseAborted = this.#response.isStopped = true;
    this.#sendLocalReply(reply);
  }

  reset(details: string): void {
    if (this.#over) return;
    this.sentDownstream.reset = details;
    if (!this.sentUpstream.ended) this.sentUpstream.reset = details;
    this.#finish();
  }

  clearRouteCache(): void {
    this.routeCacheCleared = true;
  }

  findProperty(name: string, headers: StreamHeaders): PropertyValue | undefined {
    const own = streamProperty(name, headers, this.localReply?.details, this.filterState);
    const given = this.#options.properties?.[name];
    return isPlain(own) && isPlain(given) ? { ...own, ...given } : (given ?? own);
  }

  #event(action: () => void): this {
    if (!this.#over) action();
    this.#host.runPosted();
    return this;
  }

  #encodeHeaders(headers: HeaderMap, endOfStream: boolean): void {
    if (endOfStream) this.#request.isStopped = true;
    this.#response.receiveHeaders(headers, endOfStream);
  }

  #encodeData(bytes: Uint8Array, endOfStream: boolean): void {
    if (endOfStream) this.#request.isStopped = true;
    this.#response.receiveData(bytes, endOfStream);
  }

  /** A local reply made during a request callback waits until that callback is over. */
  #afterRequestCallback(): boolean {
    const prepared = this.#prepared;
    this.#prepared = null;
    prepared?.();
    return this.#requestAborted;
  }

  #sendLocalReply(reply: LocalReplyRequest): void {
    const send = () => this.#answer(reply);
    if (this.#request.running > 0) this.#prepared ??= send;
    else send();
  }

  /** Through the response callbacks while no response has begun, then past them, then only a reset is left. */
  #answer(reply: LocalReplyRequest): void {
    if (this.sentDownstream.headers) return this.reset(reply.details);
    this.localReply = { status: reply.status, body: Buffer.from(reply.body).toString(), details: reply.details };
    const { headers, body } = prepareLocalReply(reply, this.#request.headers);
    if (this.#response.headers) return this.#answerPastFilters(headers, body);
    this.#encodeHeaders(headers, body.length === 0);
    if (body.length && !this.#over) this.#encodeData(body, true);
  }

  #answerPastFilters(headers: HeaderMap, body: Uint8Array): void {
    this.sentDownstream.addHeaders(headers);
    this.sentDownstream.addChunk(body);
    this.sentDownstream.ended = true;
    this.#finish();
  }

  /** The router of the downstream stream answers; the attempt and its filters are over. */
  #replyBehindRouter(reply: LocalReplyRequest): void {
    this.#requestAborted = this.#responseAborted = true;
    this.#request.isStopped = this.#response.isStopped = true;
    if (this.sentDownstream.headers) return this.reset(reply.details);
    this.localReply = { status: reply.status, body: Buffer.from(reply.body).toString(), details: reply.details };
    const { headers, body } = prepareLocalReply(reply, this.#request.headers);
    const answer = () => this.#answerPastFilters(headers, body);
    if (this.#request.running > 0 || this.#response.running > 0) this.#host.post(answer);
    else answer();
  }

  #upstreamSink() {
    const sent = this.sentUpstream;
    return {
      headers: (headers: HeaderMap, end: boolean) => {
        sent.addHeaders(headers);
        sent.ended = end;
      },
      data: (data: { bytes(): Uint8Array; drain(size: number): void; length: number }, end: boolean) => {
        sent.addChunk(data.bytes());
        data.drain(data.length);
        sent.ended = end;
      },
      trailers: (trailers: HeaderMap) => {
        sent.addTrailers(trailers);
        sent.ended = true;
      },
    };
  }

  #downstreamSink() {
    const sent = this.sentDownstream;
    return {
      headers: (headers: HeaderMap, end: boolean) => {
        if (!headers.has(":status")) return this.#sendLocalReply(missingStatus);
        sent.addHeaders(headers);
        if (end) this.#complete();
      },
      data: (data: { bytes(): Uint8Array; drain(size: number): void; length: number }, end: boolean) => {
        if (this.#over) return;
        sent.addChunk(data.bytes());
        data.drain(data.length);
        if (end) this.#complete();
      },
      trailers: (trailers: HeaderMap) => {
        if (this.#over) return;
        sent.addTrailers(trailers);
        this.#complete();
      },
    };
  }

  #watermark(side: "request" | "response") {
    const tooLarge = side === "request" ? requestTooLarge : responseTooLarge;
    const chain = () => (side === "request" ? this.#request : this.#response);
    return {
      limit: this.#options.bufferLimit ?? 1024 * 1024,
      onAbove: () => {
        if (chain().streaming) this.paused[side] = true;
        else this.sendLocalReply(tooLarge);
      },
      onBelow: () => {
        this.paused[side] = false;
      },
    };
  }

  #complete(): void {
    this.sentDownstream.ended = true;
    this.#finish();
  }

  /** The stream is over: the plugins log, then end. */
  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#request.isStopped = this.#response.isStopped = true;
    const headers = {
      requestHeaders: this.#request.headers,
      responseHeaders: this.#response.headers,
      responseTrailers: this.#response.trailers,
    };
    for (const context of this.#contexts) context.log(headers);
    for (const context of this.#contexts) context.destroy();
  }
}

const localReply = (status: number, body: string, details: string): LocalReplyRequest => {
  return { status, headers: [], body: Buffer.from(body), details, grpcStatus: -1 };
};
const requestTooLarge = localReply(413, "Payload Too Large", "request_payload_too_large");
const responseTooLarge = localReply(500, "Internal Server Error", "response_payload_too_large");
const missingStatus = localReply(502, "missing required header: :status", "filter_removed_required_response_headers");

function isPlain(value: PropertyValue | undefined): value is Properties {
  return value !== undefined && Object.getPrototypeOf(value) === Object.prototype;
}
