// Reads a JSON list of numbers as f32: OpenAI's clients ask for base64, so whole batches of vectors go through here.
import { parseNumber } from "@weir/sdk/assembly/bytes/number-parse";
import { Slice } from "@weir/sdk/assembly/bytes/slice";

const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const COMMA: u8 = 0x2c;
const CLOSING: u8 = 0x5d;
/** So many digits fit into 64 bits. */
const DIGITS_MAX: i32 = 19;
/** The powers of ten that are exact as f64. */
const POWERS: StaticArray<f64> = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
];
/** Below it an f32 has fewer digits. */
const NORMAL_LEAST: f64 = 1.1754943508222875e-38;
// The bits of an f64 that an f32 has no room for, and half of what they can say.
const LOST_BITS: u64 = 0x1fffffff;
const HALF: i64 = 0x10000000;
/** How far, in its last place, a quotient of two rounded numbers may be off. With room to spare. */
const DOUBT: i64 = 8;

/** Goes through a list that a tape has checked. */
@final
export class FloatReader {
  private at: i32 = 1;

  constructor(
    /** The list as JSON. */
    private readonly list: Slice,
  ) {
    this.skipBlank();
  }

  /** Whether there is another value. */
  get hasNext(): bool {
    return this.at < this.list.length - 1;
  }

  /** The next value, rounded to f64 and then to f32 as every client library does; NaN where it is no number. */
  next(): f32 {
    const list = this.list;
    const start = this.at;
    let i = start;
    let mantissa: u64 = 0;
    let digits = 0;
    let places = 0;
    let isFraction = false;
    if (list.at(i) == MINUS) ++i;
    for (; ; ++i) {
      const digit: u32 = <u32>list.at(i) - 0x30;
      if (digit < 10) {
        mantissa = mantissa * 10 + digit;
        digits += i32(mantissa != 0);
        places += i32(isFraction);
      } else if (list.at(i) == POINT && !isFraction) isFraction = true;
      else break;
    }
    // An exponent, or no number at all, leaves something else than the end behind the digits.
    if (digits > DIGITS_MAX || places >= POWERS.length || !isEnd(list.at(i)) || i == start) return this.slow(start);
    const value = <f64>mantissa / POWERS[places];
    if (isDoubtful(value)) return this.slow(start);
    this.goBehind(i);
    return <f32>(list.at(start) == MINUS ? -value : value);
  }

  private slow(start: i32): f32 {
    const comma = this.list.indexOf(COMMA, start);
    const behind = comma < 0 ? this.list.length - 1 : comma;
    let end = behind;
    while (end > start && this.list.at(end - 1) <= 0x20) --end;
    this.goBehind(behind);
    return <f32>parseNumber(this.list.slice(start, end));
  }

  /** Goes on behind the comma at or after `end`. */
  private goBehind(end: i32): void {
    this.at = end;
    this.skipBlank();
    ++this.at;
    this.skipBlank();
  }

  private skipBlank(): void {
    while (this.at < this.list.length && this.list.at(this.at) <= 0x20) ++this.at;
  }
}

function isEnd(byte: u8): bool {
  return byte == COMMA || byte == CLOSING || byte <= 0x20;
}

/** Whether so small an error could round to another f32: near the middle between two, or below the normal ones. */
function isDoubtful(value: f64): bool {
  if (value < NORMAL_LEAST) return value != 0;
  const lost = <i64>(reinterpret<u64>(value) & LOST_BITS);
  return abs(lost - HALF) <= DOUBT;
}
