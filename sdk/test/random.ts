// A random source with a seed, for property tests. Each test file prints its seed when it starts;
// WEIR_TEST_SEED repeats a run.

/** A seeded random source (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to but not including `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** One of `values`. */
  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** `size` bytes, each one of `alphabet` or, without it, any. */
  bytes(size: number, alphabet?: Uint8Array): Uint8Array {
    return Uint8Array.from({ length: size }, () =>
      alphabet ? alphabet[this.below(alphabet.length)]! : this.below(256),
    );
  }
}

/** A source with a fresh seed, or the one of WEIR_TEST_SEED, printed with the name of the test that uses it. */
export function seededRandom(name: string): Random {
  const seed = Number(process.env.WEIR_TEST_SEED ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`${name}: WEIR_TEST_SEED=${seed}`);
  return new Random(seed);
}
