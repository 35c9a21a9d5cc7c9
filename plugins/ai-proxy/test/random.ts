// Randomness that replays: a test prints its seed, and WEIR_SEED runs it again.
export const seed = Number(process.env["WEIR_SEED"] ?? Date.now() % 1_000_000_007);

/** Mulberry32. */
export class Random {
  #state: number;

  constructor(start = seed) {
    this.#state = start >>> 0;
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Cuts bytes into pieces of random sizes. */
  pieces(bytes: Uint8Array): Uint8Array[] {
    const most = this.pick([1, 3, 20, 200, 5000]);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = 1 + this.below(most);
      pieces.push(bytes.subarray(at, at + size));
      at += size;
    }
    return pieces;
  }

  /** Changes, drops, repeats or inserts a few bytes. */
  mutate(bytes: Uint8Array): Uint8Array {
    const result = [...bytes];
    for (let left = this.below(4); left > 0; left--) {
      const at = this.below(result.length + 1);
      const byte = this.pick([this.below(256), 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x0a, 0x0d, 0x3a, 0x2c, 0x00]);
      result.splice(at, this.below(3), ...this.pick([[byte], [], result.slice(at, at + this.below(30))]));
    }
    return Uint8Array.from(result);
  }
}
