// Decimal numbers to f64, always correctly rounded (to nearest, ties to even).
import { BigNatural } from "./big-natural";
import { isDigit } from "./integer";
import { Slice } from "./slice";

/** More digits than this cannot change the rounding, except for whether any of them is not zero. */
const DIGITS_MAX: i32 = 800;
const EXPONENT_LIMIT: i32 = 100000;

/**
 * The value of a decimal number as JSON writes it (sign, digits, fraction, exponent), rounded to the nearest f64;
 * an infinity where it is too large. NaN where `text` is not a number.
 */
export function parseNumber(text: Slice): f64 {
  const number = new DecimalReader(text);
  if (!number.read()) return NaN;
  const value = number.isSmall ? number.small() : number.large();
  return number.negative ? -value : value;
}

/** Splits a number into its significant digits (the first 19 as an integer) and its power of ten. */
@final
export class DecimalReader {
  /** Whether a minus stands before it. */
  negative: bool = false;
  /** The first 19 significant digits as an integer. */
  mantissa: u64 = 0;
  /** How many significant digits there are. */
  digits: i32 = 0;
  /** The power of ten that the last digit is worth. */
  power: i32 = 0;
  private at: i32 = 0;
  private firstDigit: i32 = -1;
  private lastDigit: i32 = 0;

  constructor(private text: Slice) {}

  /** Reads the text: whether it is a number. */
  read(): bool {
    this.negative = this.text.at(0) == 0x2d;
    this.at = i32(this.negative);
    let seen = this.readDigits(0);
    if (this.text.at(this.at) == 0x2e) {
      ++this.at;
      seen += this.readDigits(1);
    }
    if (!seen) return false;
    if ((this.text.at(this.at) | 0x20) == 0x65 && !this.readExponent()) return false;
    return this.at == this.text.length;
  }

  /** Takes digits, each worth `fraction` powers of ten less. Returns how many there were. */
  private readDigits(fraction: i32): i32 {
    const start = this.at;
    for (; isDigit(this.text.at(this.at)); ++this.at) {
      const digit = this.text.at(this.at) - 0x30;
      this.power -= fraction;
      if (!digit && !this.digits) continue;
      if (this.firstDigit < 0) this.firstDigit = this.at;
      this.lastDigit = this.at;
      if (++this.digits <= 19) this.mantissa = this.mantissa * 10 + digit;
    }
    return this.at - start;
  }

  private readExponent(): bool {
    ++this.at;
    const sign = this.text.at(this.at);
    if (sign == 0x2b || sign == 0x2d) ++this.at;
    let exponent = 0;
    const start = this.at;
    for (; isDigit(this.text.at(this.at)); ++this.at) {
      exponent = min(exponent * 10 + (this.text.at(this.at) - 0x30), EXPONENT_LIMIT);
    }
    this.power += sign == 0x2d ? -exponent : exponent;
    return this.at > start;
  }

  /** Both the digits and the power of ten are exact in f64, so one rounding gives the nearest (Clinger's fast path). */
  get isSmall(): bool {
    return this.digits == 0 || (this.digits <= 19 && this.mantissa <= (<u64>1) << 53 && abs(this.power) <= 22);
  }

  /** The value where `isSmall`. */
  small(): f64 {
    const value = <f64>this.mantissa;
    if (!this.digits) return 0;
    return this.power < 0 ? value / powerOfTen(-this.power) : value * powerOfTen(this.power);
  }

  /** The value of any number, by exact arithmetic on all digits. */
  large(): f64 {
    // The first digit's own power of ten tells overflow and underflow early.
    const magnitude = this.power + this.digits;
    if (magnitude > 310) return Infinity;
    if (magnitude < -345) return 0;
    const natural = new BigNatural();
    const kept = this.appendDigits(natural);
    const power = this.power + (this.digits - kept);
    if (power >= 0) natural.multiplyByPowerOfTen(power);
    else natural.divideByPowerOfTen(-power);
    return natural.toNumber();
  }

  /** Gives the digits to `natural`; returns how many. Those past the limit count as "a little more". */
  private appendDigits(natural: BigNatural): i32 {
    let kept = 0;
    for (let i = this.firstDigit; i <= this.lastDigit; ++i) {
      const byte = this.text.at(i);
      if (!isDigit(byte)) continue;
      if (kept < DIGITS_MAX) {
        natural.multiplyAdd(10, byte - 0x30);
        ++kept;
      } else if (byte != 0x30) natural.inexact = true;
    }
    return kept;
  }
}

function powerOfTen(exponent: i32): f64 {
  let value = 1.0;
  for (; exponent > 0; --exponent) value *= 10;
  return value;
}
