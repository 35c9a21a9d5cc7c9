// A set of characters, as ranges of code points.
import { lowerByte } from "../bytes/memory";

const POINT_MAX: u32 = 0x10ffff;

/** A set of characters. */
@final
export class CharClass {
  /** Whether the class holds what its ranges do not. */
  isNegated: bool = false;
  private ranges: Array<u32> = [];
  // Membership of U+0000–U+003F and U+0040–U+007F before negation, one bit each.
  private low: u64 = 0;
  private high: u64 = 0;

  /** Whether `point` is in the class. */
  has(point: u32): bool {
    return this.inRanges(point) != this.isNegated;
  }

  private inRanges(point: u32): bool {
    if (point < 64) return ((this.low >> point) & 1) != 0;
    if (point < 128) return ((this.high >> (point - 64)) & 1) != 0;
    for (let i = 0; i < this.ranges.length; i += 2) {
      if (point >= this.ranges[i] && point <= this.ranges[i + 1]) return true;
    }
    return false;
  }

  /** Adds the code points `from` to `to`. */
  addRange(from: u32, to: u32): void {
    for (let point = from; point <= min(to, 127); ++point) {
      if (point < 64) this.low |= (<u64>1) << point;
      else this.high |= (<u64>1) << (point - 64);
    }
    if (to < 128) return;
    this.ranges.push(max(from, 128));
    this.ranges.push(to);
  }

  /** Adds the other case of each ASCII letter in the class. */
  foldCase(): void {
    for (let point: u32 = 0x41; point <= 0x5a; ++point) {
      const lower = <u32>lowerByte(<u8>point);
      if (!this.inRanges(point) && !this.inRanges(lower)) continue;
      this.addRange(point, point);
      this.addRange(lower, lower);
    }
  }

  /** Adds what `\d`, `\w`, `\s` and, in upper case, their complements stand for. False for any other letter. */
  addEscape(letter: u32): bool {
    switch (letter) {
      case 0x64: // d
        this.addRange(0x30, 0x39);
        return true;
      case 0x44: // D
        this.addRange(0, 0x2f);
        this.addRange(0x3a, POINT_MAX);
        return true;
      case 0x77: // w
        this.addWord();
        return true;
      case 0x57: // W
        this.addNonWord();
        return true;
      case 0x73: // s
        this.addRange(0x09, 0x0a);
        this.addRange(0x0c, 0x0d);
        this.addRange(0x20, 0x20);
        return true;
      case 0x53: // S
        this.addRange(0, 0x08);
        this.addRange(0x0b, 0x0b);
        this.addRange(0x0e, 0x1f);
        this.addRange(0x21, POINT_MAX);
        return true;
      default:
        return false;
    }
  }

  private addWord(): void {
    this.addRange(0x30, 0x39);
    this.addRange(0x41, 0x5a);
    this.addRange(0x5f, 0x5f);
    this.addRange(0x61, 0x7a);
  }

  private addNonWord(): void {
    this.addRange(0, 0x2f);
    this.addRange(0x3a, 0x40);
    this.addRange(0x5b, 0x5e);
    this.addRange(0x60, 0x60);
    this.addRange(0x7b, POINT_MAX);
  }
}
