// Money for people.

const NANOS_PER_USD: i64 = 1_000_000_000;

/** Nano-dollars as dollars: `25`, `0.00042`. */
export function formatUsd(nanos: i64): string {
  const fraction = (nanos % NANOS_PER_USD).toString().padStart(9, "0");
  let end = fraction.length;
  while (end > 0 && fraction.charCodeAt(end - 1) == 0x30) --end;
  const whole = (nanos / NANOS_PER_USD).toString();
  return end ? whole + "." + fraction.slice(0, end) : whole;
}
