// Decimal integers in ASCII.
import { Slice } from "./slice";

/** Whether `text` is a decimal integer: digits with an optional minus before them, nothing else. */
export function isInteger(text: Slice): bool {
  const from = text.at(0) == 0x2d ? 1 : 0;
  if (text.length == from) return false;
  for (let i = from; i < text.length; ++i) if (!isDigit(text.at(i))) return false;
  return true;
}

/** The value of a decimal integer, clamped to 64 bits, or `otherwise` where `text` is not one. */
export function parseInteger(text: Slice, otherwise: i64 = 0): i64 {
  if (!isInteger(text)) return otherwise;
  const negative = text.at(0) == 0x2d;
  const limit = <u64>i64.MAX_VALUE + u64(negative);
  let value: u64 = 0;
  for (let i = i32(negative); i < text.length; ++i) {
    const digit: u64 = text.at(i) - 0x30;
    if (value > (limit - digit) / 10) return negative ? i64.MIN_VALUE : i64.MAX_VALUE;
    value = value * 10 + digit;
  }
  return negative ? <i64>(0 - value) : <i64>value;
}

/** The integer part of `value`, clamped to 64 bits; 0 for NaN. */
export function toInteger(value: f64): i64 {
  if (value >= 9223372036854775808.0) return i64.MAX_VALUE;
  if (value <= -9223372036854775808.0) return i64.MIN_VALUE;
  return isNaN(value) ? 0 : <i64>value;
}

/** Whether `byte` is an ASCII digit. */
export function isDigit(byte: u8): bool {
  return <u32>byte - 0x30 < 10;
}
