// One HTTP request and its response, driven by a test from both ends: the client's and the provider's.
//
//   requestHeaders/Body/Trailers ──► filters ──► sentUpstream
//   sentDownstream ◄── filters ◄── responseHeaders/Body/Trailers
import { toBytes, type BytesLike } from "./byte-string.ts";
import { Exchange } from "./exchange.ts";
import { HeaderMap, type Header } from "./header-map.ts";
import { providerBrokeOff, providerGone } from "./own-replies.ts";

interface EndOfStream {
  /** Default false. */
  endOfStream?: boolean;
}

/** What an event does once the stream is over is nothing: Envoy has let go of both ends. */
export class HttpStream extends Exchange {
  /** The client sends its headers. */
  requestHeaders(headers: Iterable<Header>, { endOfStream = false }: EndOfStream = {}): this {
    return this.#event(() => this.request.receiveHeaders(HeaderMap.from(headers), endOfStream));
  }

  /** The client sends a piece of its body. */
  requestBody(bytes: BytesLike, { endOfStream = false }: EndOfStream = {}): this {
    return this.#event(() => this.request.receiveData(toBytes(bytes), endOfStream));
  }

  /** The client ends with trailers. */
  requestTrailers(trailers: Iterable<Header>): this {
    return this.#event(() => this.request.receiveTrailers(HeaderMap.from(trailers)));
  }

  /** The provider answers. */
  responseHeaders(headers: Iterable<Header>, { endOfStream = false }: EndOfStream = {}): this {
    return this.#event(() => {
      this.responseCodeDetails = "via_upstream";
      this.encodeHeaders(HeaderMap.from(headers), endOfStream);
    });
  }

  responseBody(bytes: BytesLike, { endOfStream = false }: EndOfStream = {}): this {
    return this.#event(() => this.encodeData(toBytes(bytes), endOfStream));
  }

  responseTrailers(trailers: Iterable<Header>): this {
    return this.#event(() => {
      this.request.isStopped = true;
      this.response.receiveTrailers(HeaderMap.from(trailers));
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
    return this.#event(() => this.breakOff("downstream_remote_disconnect"));
  }

  /** The provider breaks the connection. */
  upstreamReset(): this {
    return this.#event(() => {
      if (this.sentDownstream.headers) this.breakOff(providerBrokeOff.details);
      else if (this.response.headers) this.replyPastFilters(providerBrokeOff);
      else if (this.isUpstream) this.replyPastFilters(providerGone);
      else this.replyFromRouter(providerGone);
    });
  }

  /** The request's headers as the filters have left them, also where they were never sent. */
  get requestHeadersLeft(): [string, string][] {
    return this.request.headers?.toArray() ?? [];
  }

  #event(action: () => void): this {
    if (!this.isOver) action();
    this.host.runPosted();
    return this;
  }
}
