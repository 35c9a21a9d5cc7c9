// A small natural number of any size, with just what reading a decimal number exactly needs.

const LIMBS_MAX: i32 = 256;

/** A natural number times a power of two. `inexact` says that the true value is a little more. */
@final
export class BigNatural {
  /** Whether something was cut off below the lowest bit. */
  inexact: bool = false;
  private limbs: StaticArray<u32> = new StaticArray<u32>(LIMBS_MAX);
  private used: i32 = 0;
  private exponent: i32 = 0;

  /** this = this × factor + addend. */
  multiplyAdd(factor: u32, addend: u32): void {
    let carry: u64 = addend;
    for (let i = 0; i < this.used; ++i) {
      carry += <u64>this.limbs[i] * factor;
      this.limbs[i] = <u32>carry;
      carry >>= 32;
    }
    if (carry && this.used < LIMBS_MAX) this.limbs[this.used++] = <u32>carry;
  }

  /** this = this × 10^power. */
  multiplyByPowerOfTen(power: i32): void {
    for (; power > 0; --power) this.multiplyAdd(10, 0);
  }

  /** this = this ÷ 10^power, with at least 64 significant bits. */
  divideByPowerOfTen(power: i32): void {
    // 10 is less than 2^3.33: that many zero bits below keep the quotient long enough.
    const words = ((power * 10) / 3 + 64 + 31) >> 5;
    this.shiftWords(words);
    for (; power >= 9; power -= 9) this.divide(1000000000);
    for (; power > 0; --power) this.divide(10);
  }

  private shiftWords(words: i32): void {
    for (let i = this.used - 1; i >= 0; --i) this.limbs[i + words] = this.limbs[i];
    for (let i = 0; i < words; ++i) this.limbs[i] = 0;
    this.used += words;
    this.exponent -= words << 5;
  }

  private divide(divisor: u32): void {
    let rest: u64 = 0;
    for (let i = this.used - 1; i >= 0; --i) {
      rest = (rest << 32) | this.limbs[i];
      this.limbs[i] = <u32>(rest / divisor);
      rest %= divisor;
    }
    if (rest) this.inexact = true;
    while (this.used && !this.limbs[this.used - 1]) --this.used;
  }

  /** The nearest f64; of two equally near the even one. */
  toNumber(): f64 {
    if (!this.used) return 0;
    const length = (this.used << 5) - <i32>clz(this.limbs[this.used - 1]);
    // The exponent of the highest bit; below −1022 the number is subnormal and keeps fewer bits.
    const highest = length - 1 + this.exponent;
    const precision = highest >= -1022 ? 53 : 53 - (-1022 - highest);
    if (precision < 0) return 0;
    const dropped = length - precision;
    let mantissa = this.bits(dropped, precision);
    if (this.roundsUp(dropped, mantissa)) ++mantissa;
    return scale(<f64>mantissa, dropped + this.exponent);
  }

  /** `count` (≤ 53) bits from bit `from` on; bits below the lowest are 0. */
  private bits(from: i32, count: i32): u64 {
    let value: u64 = 0;
    for (let i = count - 1; i >= 0; --i) value = (value << 1) | u64(this.bit(from + i));
    return value;
  }

  private bit(index: i32): u32 {
    return index < 0 ? 0 : (this.limbs[index >> 5] >> (index & 31)) & 1;
  }

  private roundsUp(dropped: i32, mantissa: u64): bool {
    if (dropped <= 0 || !this.bit(dropped - 1)) return false;
    if (this.inexact || mantissa & 1) return true;
    for (let i = dropped - 2; i >= 0; --i) if (this.bit(i)) return true;
    return false;
  }
}

/**
 * value × 2^exponent. Two steps, since one factor cannot hold all exponents; only the second can round, and nothing is
 * left to.
 */
function scale(value: f64, exponent: i32): f64 {
  const half = exponent >> 1;
  return value * powerOfTwo(half) * powerOfTwo(exponent - half);
}

function powerOfTwo(exponent: i32): f64 {
  return reinterpret<f64>((<u64>(1023 + exponent)) << 52);
}
