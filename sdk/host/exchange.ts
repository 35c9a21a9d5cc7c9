// One request and its response between the two filter chains and both ends: Envoy's connection manager and router, as
// far as filters feel them. Local replies, limits, resets, the end.
import { BodyBuffer } from "./body-buffer.ts";
import type { LocalReplyRequest } from "./context.ts";
import { FilterChain, type ChainSink } from "./filter-chain.ts";
import type { HeaderMap } from "./header-map.ts";
import type { Host } from "./host.ts";
import type { FilterStream, HttpContext, StreamHeaders } from "./http-context.ts";
import { prepareLocalReply, type PreparedReply } from "./local-reply.ts";
import { noStatus, requestTooLarge, responseTooLarge, routerReply } from "./own-replies.ts";
import type { Plugin } from "./plugin.ts";
import { mergedProperty, type Properties, type PropertyValue } from "./properties.ts";
import { SentMessage } from "./sent.ts";
import { streamProperty } from "./stream-properties.ts";

export interface StreamOptions {
  /**
   * Where the filters stand. "downstream" (default): the listener's chain, where local replies pass the response
   * callbacks. "upstream": a cluster's chain, behind the router, where they do not, and `onLog` is never called.
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

const bufferLimitDefault = 1024 * 1024;

export class Exchange implements FilterStream {
  /** What reached the provider. */
  readonly sentUpstream = new SentMessage();
  /** What reached the client. */
  readonly sentDownstream = new SentMessage();
  readonly filterState: Map<string, Uint8Array>;
  /** The response that Envoy made itself, whoever caused it; null when there was none. */
  localReply: LocalReply | null = null;
  /** Envoy has stopped reading from this end because a filter holds too much (watermark). */
  readonly paused = { request: false, response: false };
  /** `%RESPONSE_CODE%` of the access log: the status as Envoy knows it, sent or not; 0 while there is none. */
  responseCode = 0;
  /** `%RESPONSE_CODE_DETAILS%` of the access log: why it is so. */
  responseCodeDetails = "";
  /** A filter asked for the route to be chosen anew. */
  routeCacheCleared = false;
  protected readonly host: Host;
  protected readonly request: FilterChain;
  protected readonly response: FilterChain;
  protected readonly isUpstream: boolean;
  readonly #options: StreamOptions;
  readonly #contexts: HttpContext[];
  #requestAborted = false;
  #responseAborted = false;
  #prepared: (() => void) | null = null;
  #over = false;

  constructor(host: Host, plugins: Plugin[], options: StreamOptions) {
    this.host = host;
    this.#options = options;
    this.isUpstream = options.position === "upstream";
    this.filterState = options.filterState ?? new Map();
    const contexts = plugins.flatMap((plugin) => plugin.createContext(options.worker ?? 0, this) ?? []);
    this.#contexts = contexts;
    const decoders = contexts.map((context) => context.decoder);
    const encoders = contexts.map((context) => context.encoder).reverse();
    const limits = { request: this.#watermark("request"), response: this.#watermark("response") };
    this.request = new FilterChain(decoders, this.#providerEnd(), limits.request, () => this.#afterRequestCallback());
    this.response = new FilterChain(encoders, this.#clientEnd(), limits.response, () => this.#responseAborted);
    for (const [i, context] of contexts.entries())
      context.attach(this.request.position(i), this.response.position(contexts.length - 1 - i));
  }

  /** The stream is finished: answered in full, reset, or gone. */
  get isOver(): boolean {
    return this.#over;
  }

  sendLocalReply(reply: LocalReplyRequest): void {
    if (this.#over) return;
    if (this.isUpstream) return this.#replyBehindRouter(reply);
    if (this.request.running > 0) this.#requestAborted = this.request.isStopped = true;
    else if (this.response.running > 0) this.#responseAborted = this.response.isStopped = true;
    this.replyFromRouter(reply);
  }

  reset(details: string): void {
    this.breakOff(this.responseCodeDetails || details);
  }

  clearRouteCache(): void {
    this.routeCacheCleared = true;
  }

  findProperty(name: string, headers: StreamHeaders): PropertyValue | undefined {
    const answer = { code: this.responseCode, details: this.responseCodeDetails };
    const own = streamProperty(name, headers, answer, this.filterState);
    return mergedProperty(own, this.#options.properties?.[name]);
  }

  /** Response headers enter the chain, from the provider or a local reply. */
  protected encodeHeaders(headers: HeaderMap, endOfStream: boolean): void {
    if (!this.isUpstream) this.responseCode = Number(headers.get(":status"));
    if (endOfStream) this.request.isStopped = true;
    this.response.receiveHeaders(headers, endOfStream);
  }

  protected encodeData(bytes: Uint8Array, endOfStream: boolean): void {
    if (endOfStream) this.request.isStopped = true;
    this.response.receiveData(bytes, endOfStream);
  }

  /** A local reply whose cause is no filter. During a request callback it waits until that is over. */
  protected replyFromRouter(reply: LocalReplyRequest): void {
    const send = () => this.#answer(reply);
    if (this.request.running > 0) this.#prepared ??= send;
    else send();
  }

  /** The attempt and its filters are over, and the client gets `reply`, if nothing was sent to it yet. */
  protected replyPastFilters(reply: LocalReplyRequest): void {
    const prepared = this.#prepare(reply);
    if (prepared) this.#sendPastFilters(prepared);
  }

  /** Ends both sides without an answer, or in the middle of it. */
  protected breakOff(details: string): void {
    if (this.#over) return;
    this.responseCodeDetails = details;
    this.sentDownstream.reset = details;
    if (!this.sentUpstream.ended) this.sentUpstream.reset = details;
    this.#finish();
  }

  /** The reply as Envoy writes it; null when the answer had begun, so that only breaking off was left. */
  #prepare(reply: LocalReplyRequest): PreparedReply | null {
    this.responseCodeDetails = reply.details;
    if (this.sentDownstream.headers) {
      this.breakOff(reply.details);
      return null;
    }
    this.localReply = { status: reply.status, body: Buffer.from(reply.body).toString(), details: reply.details };
    return prepareLocalReply(reply, this.request.headers);
  }

  /** Through the response callbacks while no response has begun, past them once it has. */
  #answer(reply: LocalReplyRequest): void {
    const prepared = this.#prepare(reply);
    if (!prepared) return;
    if (this.response.headers) return this.#sendPastFilters(prepared);
    const { headers, body } = prepared;
    this.encodeHeaders(headers, body.length === 0);
    if (body.length && !this.#over) this.encodeData(body, true);
  }

  #sendPastFilters({ headers, body }: PreparedReply): void {
    this.responseCode = Number(headers.get(":status"));
    this.sentDownstream.headersArrive(headers, false);
    this.sentDownstream.dataArrives(new BodyBuffer(body), true);
    this.#finish();
  }

  #replyBehindRouter(reply: LocalReplyRequest): void {
    this.#requestAborted = this.#responseAborted = true;
    this.request.isStopped = this.response.isStopped = true;
    const answer = () => this.replyPastFilters(reply);
    if (this.request.running > 0 || this.response.running > 0) this.host.post(answer);
    else answer();
  }

  /** A local reply made during a request callback waits until that callback is over. */
  #afterRequestCallback(): boolean {
    const prepared = this.#prepared;
    this.#prepared = null;
    prepared?.();
    return this.#requestAborted;
  }

  #providerEnd(): ChainSink {
    const sent = this.sentUpstream;
    return {
      headers: (headers, end) => {
        const refusal = routerReply(headers);
        if (refusal) this.sendLocalReply(refusal);
        else sent.headersArrive(headers, end);
      },
      data: (data, end) => sent.dataArrives(data, end),
      trailers: (trailers) => sent.trailersArrive(trailers),
    };
  }

  #clientEnd(): ChainSink {
    const sent = this.sentDownstream;
    const passed = () => {
      if (sent.ended) this.#finish();
    };
    return {
      headers: (headers, end) => {
        if (!headers.has(":status")) return this.replyFromRouter(noStatus);
        this.responseCode = Number(headers.get(":status"));
        sent.headersArrive(headers, end);
        passed();
      },
      data: (data, end) => {
        if (!this.#over) sent.dataArrives(data, end);
        passed();
      },
      trailers: (trailers) => {
        if (!this.#over) sent.trailersArrive(trailers);
        passed();
      },
    };
  }

  #watermark(side: "request" | "response") {
    const tooLarge = side === "request" ? requestTooLarge : responseTooLarge;
    return {
      limit: this.#options.bufferLimit ?? bufferLimitDefault,
      onAbove: () => {
        if (this[side].streaming) this.paused[side] = true;
        else if (this.isUpstream) this.#endAttempt(tooLarge);
        else this.sendLocalReply(tooLarge);
      },
      onBelow: () => {
        this.paused[side] = false;
      },
    };
  }

  /** A limit behind the router ends the attempt at once, in the middle of whatever it does. */
  #endAttempt(reply: LocalReplyRequest): void {
    this.#requestAborted = this.#responseAborted = true;
    if (!this.#over) this.replyPastFilters(reply);
  }

  /** The stream is over: the plugins log, then end. */
  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.request.isStopped = this.response.isStopped = true;
    const headers = {
      requestHeaders: this.request.headers,
      responseHeaders: this.response.headers,
      responseTrailers: this.response.trailers,
    };
    if (!this.isUpstream) for (const context of this.#contexts) context.log(headers);
    for (const context of this.#contexts) context.destroy();
  }
}
