// A header map with Envoy's rules: lower-case names, pseudo headers first, single-valued headers joined by commas.
// Names and values are byte strings inside (byte-string.ts).
import { fromByteString, toByteString } from "./byte-string.ts";

/** A header as tests write and read it: name and value. */
export type Header = readonly [name: string, value: string];

/**
 * Headers that Envoy keeps in one slot: a second value is appended to the first with a comma.
 * Source: INLINE_REQ_HEADERS and INLINE_RESP_HEADERS of envoy/http/header_map.h, as far as plugins meet them.
 */
const singleSlot = new Set([
  ":authority",
  ":method",
  ":path",
  ":protocol",
  ":scheme",
  ":status",
  "accept",
  "accept-encoding",
  "access-control-allow-headers",
  "access-control-allow-origin",
  "access-control-request-method",
  "age",
  "authorization",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "etag",
  "expect",
  "expires",
  "grpc-accept-encoding",
  "grpc-message",
  "grpc-status",
  "grpc-timeout",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "keep-alive",
  "last-modified",
  "location",
  "origin",
  "pragma",
  "proxy-connection",
  "referer",
  "server",
  "te",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "vary",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-request-id",
]);

export class HeaderMap {
  readonly #names: string[] = [];
  readonly #values: string[] = [];

  static from(headers: Iterable<Header>): HeaderMap {
    const map = new HeaderMap();
    for (const [name, value] of headers) map.add(toByteString(name), toByteString(value));
    return map;
  }

  get length(): number {
    return this.#names.length;
  }

  /** Bytes of all names and values: what `proxy_get_header_map_size` gives on Envoy. */
  get byteSize(): number {
    let size = 0;
    for (let i = 0; i < this.#names.length; i++) size += this.name(i).length + this.value(i).length;
    return size;
  }

  name(index: number): string {
    return this.#names[index]!;
  }

  value(index: number): string {
    return this.#values[index]!;
  }

  has(name: string): boolean {
    return this.#names.includes(normal(name));
  }

  /** The first value, or null. */
  get(name: string): string | null {
    const index = this.#names.indexOf(normal(name));
    return index < 0 ? null : this.value(index);
  }

  add(name: string, value: string): void {
    const key = normal(name);
    const index = singleSlot.has(key) ? this.#names.indexOf(key) : -1;
    if (index >= 0) this.#values[index] = `${this.value(index)},${value}`;
    else this.#insert(key, value);
  }

  set(name: string, value: string): void {
    this.remove(name);
    this.#insert(normal(name), value);
  }

  /** Removes every value of `name`; says whether there was one. */
  remove(name: string): boolean {
    const key = normal(name);
    const before = this.#names.length;
    for (let i = before - 1; i >= 0; i--) {
      if (this.#names[i] !== key) continue;
      this.#names.splice(i, 1);
      this.#values.splice(i, 1);
    }
    return this.#names.length < before;
  }

  clear(): void {
    this.#names.length = 0;
    this.#values.length = 0;
  }

  copy(): HeaderMap {
    const map = new HeaderMap();
    map.#names.push(...this.#names);
    map.#values.push(...this.#values);
    return map;
  }

  /** The headers as byte strings, in order. */
  pairs(): [name: string, value: string][] {
    return this.#names.map((name, i) => [name, this.value(i)]);
  }

  /** The headers as ordinary strings, in order. */
  toArray(): [name: string, value: string][] {
    return this.#names.map((name, i) => [fromByteString(name), fromByteString(this.value(i))]);
  }

  /** Envoy keeps pseudo headers in front of all others. */
  #insert(key: string, value: string): void {
    let at = this.#names.length;
    if (key.startsWith(":")) {
      at = this.#names.findIndex((name) => !name.startsWith(":"));
      if (at < 0) at = this.#names.length;
    }
    this.#names.splice(at, 0, key);
    this.#values.splice(at, 0, value);
  }
}

/** Lower case, and the old `host` is `:authority`. */
function normal(name: string): string {
  const lower = name.toLowerCase();
  return lower === "host" ? ":authority" : lower;
}
