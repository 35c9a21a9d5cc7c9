// What reached one end of a stream: the provider's ("upstream") or the client's ("downstream").
import type { BodyBuffer } from "./body-buffer.ts";
import type { HeaderMap } from "./header-map.ts";

export class SentMessage {
  #headers: HeaderMap | null = null;
  #trailers: HeaderMap | null = null;
  /** Body as it arrived, piece by piece; empty pieces are left out. */
  readonly chunks: Uint8Array[] = [];
  /** The message is complete. */
  ended = false;
  /** The message was broken off, and why. */
  reset: string | null = null;

  /** Headers in order; null while none have arrived. */
  get headers(): [string, string][] | null {
    return this.#headers?.toArray() ?? null;
  }

  get trailers(): [string, string][] | null {
    return this.#trailers?.toArray() ?? null;
  }

  /** First value of a header, or undefined. */
  header(name: string): string | undefined {
    return this.headers?.find(([key]) => key === name)?.[1];
  }

  /** `:status` as a number; 0 while there is none. */
  get status(): number {
    return Number(this.header(":status") ?? 0);
  }

  get body(): Uint8Array {
    return Buffer.concat(this.chunks);
  }

  /** The body as text. */
  get text(): string {
    return Buffer.concat(this.chunks).toString("utf8");
  }

  headersArrive(headers: HeaderMap, endOfStream: boolean): void {
    this.#headers = headers.copy();
    this.ended = endOfStream;
  }

  /** Takes the bytes out of `data`. */
  dataArrives(data: BodyBuffer, endOfStream: boolean): void {
    if (data.length) this.chunks.push(data.bytes());
    data.drain(data.length);
    this.ended = endOfStream;
  }

  trailersArrive(trailers: HeaderMap): void {
    this.#trailers = trailers.copy();
    this.ended = true;
  }
}
