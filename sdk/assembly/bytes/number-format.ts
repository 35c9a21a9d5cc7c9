// A number as JavaScript and JSON write it. The digits come from AssemblyScript's own Grisu2, which always gives digits
// that read back the same, but now and then more of them than are needed: those are dropped here.
import { DecimalReader, parseNumber } from "./number-parse";
import { Slice } from "./slice";

/** Up to so many digits every decimal has an f64 of its own, so there cannot be a shorter one for the same number. */
const DIGITS_SURE: i32 = 15;

/**
 * `value` in decimal, laid out as JavaScript's `String(value)`; reading it gives the same number again. `null` for what
 * JSON cannot say (NaN, the infinities); minus zero is `0`.
 */
export function formatNumber(value: f64): string {
  if (!isFinite(value)) return "null";
  if (value == 0) return "0";
  const text = value.toString();
  const whole = text.endsWith(".0") ? text.substring(0, text.length - 2) : text;
  return whole.length > DIGITS_SURE ? shortest(whole, value) : whole;
}

/** The shortest text with the value of `text`. */
function shortest(text: string, value: f64): string {
  const decimal = new DecimalReader(Slice.of(text));
  decimal.read();
  for (let digits = DIGITS_SURE; digits < decimal.digits; ++digits) {
    const below = shortened(decimal, digits, 0);
    if (parseNumber(Slice.of(below)) == value) return below;
    const above = shortened(decimal, digits, 1);
    if (parseNumber(Slice.of(above)) == value) return above;
  }
  return text;
}

/** The first `digits` significant digits of `decimal`, plus `more` in the last of them. */
function shortened(decimal: DecimalReader, digits: i32, more: u64): string {
  let mantissa = decimal.mantissa;
  for (let i = digits; i < decimal.digits; ++i) mantissa /= 10;
  mantissa += more;
  let power = decimal.power + (decimal.digits - digits);
  for (; mantissa % 10 == 0; mantissa /= 10) ++power;
  return (decimal.negative ? "-" : "") + layOut(mantissa.toString(), power);
}

/** digits × 10^power in the layout of ECMAScript's Number::toString (ECMA-262 §6.1.6.1.20). */
function layOut(digits: string, power: i32): string {
  const point = digits.length + power;
  if (point > 21 || point < -5) {
    const fraction = digits.length > 1 ? "." + digits.substring(1) : "";
    const sign = point > 0 ? "+" : "-";
    return digits.charAt(0) + fraction + "e" + sign + abs(point - 1).toString();
  }
  if (point <= 0) return "0." + "0".repeat(-point) + digits;
  if (power >= 0) return digits + "0".repeat(power);
  return digits.substring(0, point) + "." + digits.substring(point);
}
