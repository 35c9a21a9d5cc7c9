// A stretch of body as Envoy's Buffer::Instance: bytes added at the end, prepended, drained from the front.
// A buffer with a limit reports once when it grows past it (Envoy's high watermark) and again when it has drained.

const none = new Uint8Array(0);

export interface Watermark {
  /** Bytes. 0: no limit. */
  limit: number;
  /** The buffer grew past the limit. Envoy answers 413 or 500, or stops reading, as the filter asked. */
  onAbove(): void;
  /** The buffer drained to half of the limit or less after it had been above. */
  onBelow(): void;
}

export class BodyBuffer {
  #chunks: Uint8Array[] = [];
  #length = 0;
  #above = false;
  readonly #watermark: Watermark | null;

  constructor(bytes: Uint8Array | null = null, watermark: Watermark | null = null) {
    this.#watermark = watermark;
    if (bytes) this.add(bytes);
  }

  get length(): number {
    return this.#length;
  }

  /** All bytes in one piece. The caller must not write to it. */
  bytes(): Uint8Array {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? none;
  }

  add(bytes: Uint8Array): void {
    if (bytes.length) this.#chunks.push(bytes);
    this.#length += bytes.length;
    this.#checkAbove();
  }

  prepend(bytes: Uint8Array): void {
    if (bytes.length) this.#chunks.unshift(bytes);
    this.#length += bytes.length;
    this.#checkAbove();
  }

  /** Takes everything from `source`, which is empty afterwards. */
  moveFrom(source: BodyBuffer): void {
    this.#chunks.push(...source.#chunks);
    this.#length += source.#length;
    source.drain(source.#length);
    this.#checkAbove();
  }

  /** Drops up to `size` bytes from the front. */
  drain(size: number): void {
    if (size >= this.#length) this.#chunks = [];
    else this.#chunks = [this.bytes().subarray(size)];
    this.#length = Math.max(0, this.#length - size);
    this.#checkBelow();
  }

  #checkAbove(): void {
    const watermark = this.#watermark;
    if (this.#above || !watermark?.limit || this.#length <= watermark.limit) return;
    this.#above = true;
    watermark.onAbove();
  }

  #checkBelow(): void {
    const watermark = this.#watermark;
    if (!this.#above || !watermark || this.#length > watermark.limit / 2) return;
    this.#above = false;
    watermark.onBelow();
  }
}
