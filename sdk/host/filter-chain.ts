// One direction of a stream through its filters, by the rules of Envoy's FilterManager: who is called, what is
// held, what is buffered and what flows on when a filter continues. Knows nothing of Wasm.
//
//   headers ─┐            ┌─ filter 0 ─ filter 1 ─ … ─┐
//   data    ─┼─ receive ──┤   held data: one buffer   ├── sink
//   trailers─┘            └─ shared by all filters ───┘
//
// Source: source/common/http/filter_manager.cc of Envoy 1.40.
import { DataStatus, HeadersStatus, TrailersStatus } from "./abi.ts";
import { BodyBuffer, type Watermark } from "./body-buffer.ts";
import type { HeaderMap } from "./header-map.ts";

/** The callbacks of one filter in one direction. */
export interface ChainFilter {
  onHeaders(headers: HeaderMap, endOfStream: boolean): HeadersStatus;
  onData(data: BodyBuffer, endOfStream: boolean): DataStatus;
  onTrailers(trailers: HeaderMap): TrailersStatus;
}

/** Where what passes all filters goes. */
export interface ChainSink {
  headers(headers: HeaderMap, endOfStream: boolean): void;
  data(data: BodyBuffer, endOfStream: boolean): void;
  trailers(trailers: HeaderMap): void;
}

const Iteration = { Continue: 0, StopSingle: 1, StopAllBuffer: 2, StopAllWatermark: 3 } as const;

/** A filter's place in a chain, and how far its iteration has come. */
export class ChainPosition {
  readonly chain: FilterChain;
  readonly index: number;
  readonly filter: ChainFilter;
  iteration: number = Iteration.Continue;
  iterateFromCurrent = false;
  headersContinued = false;
  endOfStream = false;
  /** The headers callback is running. */
  inHeaders = false;

  constructor(chain: FilterChain, index: number, filter: ChainFilter) {
    this.chain = chain;
    this.index = index;
    this.filter = filter;
  }

  get stoppedAll(): boolean {
    return this.iteration >= Iteration.StopAllBuffer;
  }

  /**
   * Lets what this filter held flow on. Does nothing once the stream is answered or gone.
   * Throws where Envoy would send the headers twice and never end the stream: inside the headers callback itself.
   */
  continue(): void {
    const { chain } = this;
    if (chain.isStopped) return;
    if (this.inHeaders) throw new Error("A stream was continued in the headers callback that is to hold it");
    if (this.stoppedAll) this.iterateFromCurrent = true;
    this.iteration = Iteration.Continue;
    if (!this.headersContinued) {
      this.headersContinued = true;
      chain.passHeaders(this.index + 1, chain.observedEnd && !chain.held && !chain.trailers);
    }
    const hadTrailers = chain.trailers !== null;
    if (chain.held) chain.passData(this.resumeAt, chain.held, chain.observedEnd && !hadTrailers);
    if (hadTrailers) chain.passTrailers(this.resumeAt);
    this.iterateFromCurrent = false;
  }

  get resumeAt(): number {
    return this.iterateFromCurrent ? this.index : this.index + 1;
  }

  /** Moves `data` into the held buffer, unless it is that buffer. */
  hold(data: BodyBuffer): void {
    const { chain } = this;
    if (chain.held === data) return;
    chain.held ??= chain.newBuffer();
    chain.held.moveFrom(data);
  }
}

export class FilterChain {
  readonly #positions: ChainPosition[] = [];
  readonly #sink: ChainSink;
  readonly #watermark: Watermark;
  readonly #afterCallback: () => boolean;
  headers: HeaderMap | null = null;
  trailers: HeaderMap | null = null;
  held: BodyBuffer | null = null;
  /** The last bytes, or the trailers, have been received. */
  observedEnd = false;
  /** A filter asked to hold data without a limit (watermark instead of 413/500). */
  streaming = false;
  /** A local reply was made in a callback, or the stream is over: nothing moves any more. */
  isStopped = false;
  /** How many filter callbacks are running. */
  running = 0;
  #runningHeadersOrData = 0;

  /** `afterCallback` runs after each callback; it says whether the chain was aborted by it. */
  constructor(filters: ChainFilter[], sink: ChainSink, watermark: Watermark, afterCallback: () => boolean) {
    for (const [index, filter] of filters.entries()) this.#positions.push(new ChainPosition(this, index, filter));
    this.#sink = sink;
    this.#watermark = watermark;
    this.#afterCallback = afterCallback;
  }

  position(index: number): ChainPosition {
    return this.#positions[index]!;
  }

  newBuffer(): BodyBuffer {
    return new BodyBuffer(null, this.#watermark);
  }

  receiveHeaders(headers: HeaderMap, endOfStream: boolean): void {
    this.headers = headers;
    this.observedEnd = endOfStream;
    this.passHeaders(0, endOfStream);
  }

  receiveData(bytes: Uint8Array, endOfStream: boolean): void {
    if (endOfStream) this.observedEnd = true;
    this.passData(0, new BodyBuffer(bytes), endOfStream);
  }

  receiveTrailers(trailers: HeaderMap): void {
    this.trailers = trailers;
    this.observedEnd = true;
    this.passTrailers(0);
  }

  /** Trailers made by a filter in its last data callback. */
  addTrailers(make: () => HeaderMap): HeaderMap {
    return (this.trailers ??= make());
  }

  /** Adds to the held data, as a filter does that has been buffering. */
  addHeld(position: ChainPosition, data: BodyBuffer, streaming: boolean): void {
    if (this.#runningHeadersOrData === 0 && this.running > 0 && position.iteration === Iteration.Continue) {
      return this.passData(position.index + 1, data, false);
    }
    this.streaming = streaming;
    position.hold(data);
  }

  passHeaders(from: number, endOfStream: boolean): void {
    const headers = this.headers!;
    let bodyAddedAt = -1;
    for (const position of this.#positions.slice(from)) {
      position.endOfStream = endOfStream && bodyAddedAt < 0;
      position.inHeaders = true;
      let status = this.#run(true, () => position.filter.onHeaders(headers, position.endOfStream));
      position.inHeaders = false;
      if (this.#afterCallback()) status = HeadersStatus.StopIteration;
      if (!this.#headersMayPass(position, status)) {
        // A filter that ended up with a body on a header-only message must not lose it.
        if (bodyAddedAt >= 0) this.#positions[bodyAddedAt]!.continue();
        return;
      }
      if (endOfStream && this.held && bodyAddedAt < 0) bodyAddedAt = position.index;
    }
    this.#sink.headers(headers, endOfStream && bodyAddedAt < 0);
    if (bodyAddedAt >= 0) this.#passAddedBody(this.#positions[bodyAddedAt]!);
  }

  #passAddedBody(position: ChainPosition): void {
    position.iteration = Iteration.StopSingle;
    position.continue();
  }

  #headersMayPass(position: ChainPosition, status: HeadersStatus): boolean {
    if (status === HeadersStatus.Continue) position.headersContinued = true;
    else if (status === HeadersStatus.StopIteration) position.iteration = Iteration.StopSingle;
    else if (status === HeadersStatus.StopAllIterationAndBuffer) position.iteration = Iteration.StopAllBuffer;
    else position.iteration = Iteration.StopAllWatermark;
    return status === HeadersStatus.Continue;
  }

  passData(from: number, data: BodyBuffer, endOfStream: boolean): void {
    if (this.isStopped) return;
    const hadTrailers = this.trailers !== null;
    let trailersAddedAt = -1;
    for (const position of this.#positions.slice(from)) {
      if (position.stoppedAll) {
        this.streaming = position.iteration === Iteration.StopAllWatermark;
        return position.hold(data);
      }
      if (position.endOfStream) return;
      position.endOfStream = endOfStream && !this.trailers;
      const status = this.#run(true, () => position.filter.onData(data, position.endOfStream));
      if (this.#afterCallback()) return;
      if (!hadTrailers && this.trailers && trailersAddedAt < 0) {
        endOfStream = false;
        trailersAddedAt = position.index;
      }
      if (!this.#dataMayPass(position, status, data)) {
        if (trailersAddedAt >= 0) this.passTrailers(trailersAddedAt + 1);
        return;
      }
    }
    this.#sink.data(data, endOfStream);
    if (trailersAddedAt >= 0) this.passTrailers(trailersAddedAt + 1);
  }

  #dataMayPass(position: ChainPosition, status: DataStatus, data: BodyBuffer): boolean {
    if (status === DataStatus.Continue) {
      if (position.iteration !== Iteration.StopSingle) return true;
      position.hold(data);
      position.continue();
      return false;
    }
    position.iteration = Iteration.StopSingle;
    if (status === DataStatus.StopIterationNoBuffer) {
      const emptyEnd = this.observedEnd && !this.trailers && !this.held && !this.isStopped;
      if (emptyEnd) this.held = this.newBuffer();
    } else {
      this.streaming = status === DataStatus.StopIterationAndWatermark;
      position.hold(data);
    }
    return false;
  }

  passTrailers(from: number): void {
    if (this.isStopped) return;
    const trailers = this.trailers!;
    for (const position of this.#positions.slice(from)) {
      if (position.stoppedAll) return;
      let status = this.#run(false, () => position.filter.onTrailers(trailers));
      position.endOfStream = true;
      if (this.#afterCallback()) status = TrailersStatus.StopIteration;
      if (!this.#trailersMayPass(position, status)) return;
    }
    this.#sink.trailers(trailers);
  }

  #trailersMayPass(position: ChainPosition, status: TrailersStatus): boolean {
    const paused = position.iteration === Iteration.StopSingle;
    if (status === TrailersStatus.StopIteration) {
      if (position.iteration === Iteration.Continue) position.iteration = Iteration.StopSingle;
      return false;
    }
    if (paused) position.continue();
    return !paused;
  }

  #run<T>(headersOrData: boolean, callback: () => T): T {
    this.running++;
    if (headersOrData) this.#runningHeadersOrData++;
    try {
      return callback();
    } finally {
      this.running--;
      if (headersOrData) this.#runningHeadersOrData--;
    }
  }
}
