// What reached one end of a stream: the provider's ("upstream") or the client's ("downstream").
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

  addHeaders(headers: HeaderMap): void {
    this.#headers = headers.copy();
  }

  addChunk(bytes: Uint8Array): void {
    if (bytes.length) this.chunks.push(bytes);
  }

  addTrailers(trailers: HeaderMap): void {
    this.#trailers = trailers.copy();
  }
}
