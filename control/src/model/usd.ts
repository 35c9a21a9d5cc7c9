// Money as whole nano-dollars, which is what limits count in.

const decimal = /^(\d{1,7})(?:\.(\d{1,9}))?$/;

/** `25`, `0.05` as nano-dollars. NaN for what is no such amount. */
export function nanoUsd(usd: string): number {
  const [, whole, fraction = ""] = decimal.exec(usd) ?? [];
  return whole === undefined ? Number.NaN : Number(whole) * 1e9 + Number(fraction.padEnd(9, "0"));
}
