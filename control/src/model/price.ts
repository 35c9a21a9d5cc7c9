// What tokens cost. Prices are whole pico-dollars a token (USD per million × 10^6), costs whole nano-dollars: no sum
// is ever a floating-point number, and adding up a million small requests loses nothing.

/**
 * What providers charge apart. `input` holds `cacheRead`, `cacheWrite` and `audioInput`; `cacheWrite` holds
 * `cacheWriteHour`; `output` holds `reasoning` and `audioOutput`.
 */
export const tokenKinds = [
  "input",
  "output",
  "cacheRead",
  "cacheWrite",
  "cacheWriteHour",
  "reasoning",
  "audioInput",
  "audioOutput",
] as const;
export type TokenKind = (typeof tokenKinds)[number];

export type TokenCounts = Partial<Record<TokenKind, number>>;

/** Pico-dollars a token. A kind that is left out costs what the kind costs that holds it. */
export type TokenPrices = Partial<Record<TokenKind, number>> & { input: number; output: number };

export interface Price {
  picoUsd: TokenPrices;
  /** Prices of a whole request with a larger input, ascending. */
  tiers: PriceTier[];
}

export interface PriceTier {
  aboveInputTokens: number;
  picoUsd: TokenPrices;
}

const decimal = /^(\d{1,7})(?:\.(\d{1,6}))?$/;

/** USD per million tokens, `0.0375`, as pico-dollars a token, 37500. NaN for what is no such number. */
export function picoUsd(usdPerMillion: string): number {
  const [, whole, fraction = ""] = decimal.exec(usdPerMillion) ?? [];
  return whole === undefined ? Number.NaN : Number(whole + fraction.padEnd(6, "0"));
}

const picosPerNano = 1000n;

/** Nano-dollars, rounded once, half up. Parts that are larger than what holds them count as all of it. */
export function costNanoUsd(price: Price, counts: TokenCounts): bigint {
  const input = counts.input ?? 0;
  const tier = price.tiers.findLast(({ aboveInputTokens }) => input > aboveInputTokens);
  const prices = tier?.picoUsd ?? price.picoUsd;
  const cacheWrite = prices.cacheWrite ?? prices.input;
  const hour = taken(counts.cacheWrite ?? 0, [counts.cacheWriteHour]);
  const written = counts.cacheWrite ?? 0;
  const parts = taken(input, [counts.cacheRead, written, counts.audioInput]);
  const answer = taken(counts.output ?? 0, [counts.reasoning, counts.audioOutput]);
  const picos =
    product(parts.rest, prices.input) +
    product(parts.of[0], prices.cacheRead ?? prices.input) +
    writtenPicos(parts.of[1], hour.of[0], { cacheWrite, hour: prices.cacheWriteHour ?? cacheWrite }) +
    product(parts.of[2], prices.audioInput ?? prices.input) +
    product(answer.rest, prices.output) +
    product(answer.of[0], prices.reasoning ?? prices.output) +
    product(answer.of[1], prices.audioOutput ?? prices.output);
  return (picos + picosPerNano / 2n) / picosPerNano;
}

function writtenPicos(written = 0, hour = 0, price: { cacheWrite: number; hour: number }): bigint {
  const kept = Math.min(hour, written);
  return product(written - kept, price.cacheWrite) + product(kept, price.hour);
}

/** Takes each part out of the whole as far as it goes. */
function taken(whole: number, parts: (number | undefined)[]): { rest: number; of: number[] } {
  let rest = whole;
  const of = parts.map((part = 0) => {
    const count = Math.min(part, rest);
    rest -= count;
    return count;
  });
  return { rest, of };
}

function product(count = 0, price: number): bigint {
  return BigInt(count) * BigInt(price);
}
