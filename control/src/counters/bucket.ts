// The bytes that the plugin keeps in Envoy's shared data: several counters, each with its name and when it ends.
// plugins/token-ratelimit/assembly/bucket.ts writes and reads them.

/** One counter among those that share a value. */
export interface BucketEntry {
  /** The time of day from which on it says nothing. */
  endsAt: number;
  /** The values that have counters of their own, with NUL between them; empty where the limit has one alone. */
  name: Uint8Array;
  counter: Uint8Array;
}

/** Reads whole numbers, seven bits to a byte, the lowest first. Past the end there are zeros. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isOver(): boolean {
    return this.#at >= this.#bytes.length;
  }

  next(): number {
    let value = 0;
    for (let weight = 1; weight < Number.MAX_SAFE_INTEGER; weight *= 128) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 127) * weight;
      if (byte < 128) break;
    }
    return value;
  }

  take(length: number): Uint8Array {
    const from = this.#at;
    this.#at += length;
    return this.#bytes.subarray(from, this.#at);
  }
}

export function decodeBucket(bytes: Uint8Array): BucketEntry[] {
  const reader = new VarintReader(bytes);
  const entries: BucketEntry[] = [];
  while (!reader.isOver) {
    const endsAt = reader.next();
    const name = reader.take(reader.next());
    entries.push({ endsAt, name, counter: reader.take(reader.next()) });
  }
  return entries;
}

export function encodeBucket(entries: BucketEntry[]): Uint8Array {
  return Buffer.concat(
    entries.flatMap(({ endsAt, name, counter }) => [
      varint(endsAt),
      varint(name.length),
      name,
      varint(counter.length),
      counter,
    ]),
  );
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.from([...bytes, value]);
}
