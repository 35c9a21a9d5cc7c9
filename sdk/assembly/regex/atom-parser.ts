// Reads what stands for one character: a literal, an escape, a class in brackets. Also the escapes that are anchors.
import { FaultCode } from "../bytes/fault";
import { CharClass } from "./char-class";
import { PatternReader } from "./pattern-reader";
import { Anchor, Op, Program } from "./program";

const POINT_MAX: u32 = 0x10ffff;
/** No character: what was read is a class or a fault. */
const NONE: u32 = 0xffffffff;

/** Writes the instruction of one character or class. */
@final
export class AtomParser {
  constructor(
    private reader: PatternReader,
    private program: Program,
  ) {}

  /** Reads a literal, an escape or a class. */
  parse(ignoresCase: bool): void {
    const reader = this.reader;
    if (reader.take(0x5b)) return this.parseClass(ignoresCase);
    if (!reader.take(0x5c)) {
      this.appendChar(reader.point, ignoresCase);
      return reader.advance();
    }
    if (this.parseAnchor()) return;
    const set = new CharClass();
    const point = this.parseEscape(set);
    if (reader.fault) return;
    if (point == NONE) this.appendClass(set);
    else this.appendChar(point, ignoresCase);
  }

  private appendChar(point: u32, ignoresCase: bool): void {
    const lower = point | 0x20;
    if (ignoresCase && lower - 0x61 < 26 && point < 0x80) this.program.append(Op.Letter, lower);
    else this.program.append(Op.Char, point);
  }

  private appendClass(set: CharClass): void {
    this.program.append(Op.Class, this.program.classes.length);
    this.program.classes.push(set);
  }

  /** `\b`, `\B`, `\A`, `\z`. */
  private parseAnchor(): bool {
    let anchor = Anchor.TextStart;
    switch (this.reader.point) {
      case 0x62:
        anchor = Anchor.WordBoundary;
        break;
      case 0x42:
        anchor = Anchor.NoWordBoundary;
        break;
      case 0x41:
        break;
      case 0x7a:
        anchor = Anchor.TextEnd;
        break;
      default:
        return false;
    }
    this.reader.advance();
    this.program.append(Op.Assert, anchor);
    return true;
  }

  /** What follows a backslash: a character, or NONE with the class it stands for added to `set`. */
  private parseEscape(set: CharClass): u32 {
    const reader = this.reader;
    const point = reader.point;
    if (reader.isAtEnd) reader.fail(FaultCode.InvalidPattern, "backslash at the end");
    else if (point == 0x78) return this.parseHex();
    else if (isPunctuation(point) || controlOf(point) != NONE) {
      reader.advance();
      return isPunctuation(point) ? point : controlOf(point);
    } else if (set.addEscape(point)) reader.advance();
    else reader.fail(FaultCode.Unsupported, "escape");
    return NONE;
  }

  /** `\xHH` or `\x{H…}`. */
  private parseHex(): u32 {
    const reader = this.reader;
    reader.advance();
    const isBraced = reader.take(0x7b);
    const digitsMax = isBraced ? 6 : 2;
    let value: u32 = 0;
    let digits = 0;
    for (; digits < digitsMax && hexValue(reader.point) < 16; ++digits) {
      value = (value << 4) | hexValue(reader.point);
      reader.advance();
    }
    const isWhole = isBraced ? digits > 0 && reader.take(0x7d) : digits == 2;
    if (isWhole && value <= POINT_MAX) return value;
    reader.fail(FaultCode.InvalidPattern, "escape");
    return NONE;
  }

  /** A class, behind its opening bracket. */
  private parseClass(ignoresCase: bool): void {
    const reader = this.reader;
    const set = new CharClass();
    set.isNegated = reader.take(0x5e);
    let isFirst = true;
    // A closing bracket that comes first is a character.
    while (!reader.isAtEnd && (isFirst || reader.point != 0x5d)) {
      this.parseClassItem(set);
      isFirst = false;
    }
    if (!reader.take(0x5d)) return reader.fail(FaultCode.InvalidPattern, "unclosed class");
    if (ignoresCase) set.foldCase();
    this.appendClass(set);
  }

  /** A character, a range or an escape in a class. */
  private parseClassItem(set: CharClass): void {
    const reader = this.reader;
    const place = reader.place;
    if (reader.take(0x5b) && reader.point == 0x3a) return reader.fail(FaultCode.Unsupported, "POSIX class");
    reader.goTo(place);
    const first = this.parseClassChar(set);
    if (first == NONE) return;
    const dash = reader.place;
    // A dash before the closing bracket is a character.
    if (!reader.take(0x2d) || reader.point == 0x5d) {
      reader.goTo(dash);
      return set.addRange(first, first);
    }
    const last = this.parseClassChar(set);
    if (last == NONE || last < first) return reader.fail(FaultCode.InvalidPattern, "range");
    set.addRange(first, last);
  }

  private parseClassChar(set: CharClass): u32 {
    const reader = this.reader;
    if (reader.take(0x5c)) return this.parseEscape(set);
    if (reader.isAtEnd) return NONE;
    const point = reader.point;
    reader.advance();
    return point;
  }
}

function hexValue(point: u32): u32 {
  if (point - 0x30 < 10) return point - 0x30;
  const letter = (point | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}

function isPunctuation(point: u32): bool {
  return point - 0x21 < 15 || point - 0x3a < 7 || point - 0x5b < 6 || point - 0x7b < 4;
}

/** The control character of `\n`, `\t`, `\r`, `\f`, `\v`, `\a`, or NONE. */
function controlOf(letter: u32): u32 {
  switch (letter) {
    case 0x6e:
      return 0x0a;
    case 0x74:
      return 0x09;
    case 0x72:
      return 0x0d;
    case 0x66:
      return 0x0c;
    case 0x76:
      return 0x0b;
    case 0x61:
      return 0x07;
    default:
      return NONE;
  }
}
