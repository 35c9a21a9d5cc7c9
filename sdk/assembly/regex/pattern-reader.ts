// Reads a pattern character by character and keeps the first fault. After a fault it is at its end, so that every
// loop over it stops.
import { Fault, FaultCode } from "../bytes/fault";
import { Slice } from "../bytes/slice";
import { pointAt, sequenceSize } from "../bytes/utf8-codec";

/** A cursor over a pattern, which must be well-formed UTF-8. */
@final
export class PatternReader {
  /** The character at the cursor; 0 at the end. */
  point: u32 = 0;
  /** Why reading stopped. */
  fault: Fault | null = null;
  private at: i32 = 0;
  private size: i32 = 0;

  constructor(private pattern: Slice) {
    this.load();
  }

  get isAtEnd(): bool {
    return this.at >= this.pattern.length;
  }

  /** The cursor's place, for `goTo`. */
  get place(): i32 {
    return this.at;
  }

  goTo(place: i32): void {
    // A fault is not undone by going back.
    if (this.fault) return;
    this.at = place;
    this.load();
  }

  advance(): void {
    this.at += this.size;
    this.load();
  }

  /** Steps over the character `point` if it stands here. */
  take(point: u32): bool {
    if (this.isAtEnd || this.point != point) return false;
    this.advance();
    return true;
  }

  /** Steps over `P<name>` or `<name>`. A `<` before `=` or `!` is a look-behind, not a name. */
  takeName(): bool {
    const place = this.place;
    this.take(0x50);
    if (this.take(0x3c) && isNameChar(this.point)) {
      while (isNameChar(this.point)) this.advance();
      if (this.take(0x3e)) return true;
    }
    this.goTo(place);
    return false;
  }

  /** Steps over a decimal number of up to 6 digits and gives it, or −1. */
  takeNumber(): i32 {
    let value = -1;
    for (let digits = 0; digits < 6 && this.point - 0x30 < 10; ++digits) {
      value = max(value, 0) * 10 + <i32>(this.point - 0x30);
      this.advance();
    }
    return value;
  }

  /** Ends the reading with this fault, unless there was one before. */
  fail(code: FaultCode, detail: string): void {
    if (this.fault) return;
    this.fault = new Fault(code, this.at, detail);
    this.at = this.pattern.length;
    this.point = 0;
  }

  private load(): void {
    this.point = 0;
    this.size = 0;
    if (this.isAtEnd) return;
    const from = this.pattern.pointer + this.at;
    this.size = sequenceSize(from, this.pattern.pointer + this.pattern.length);
    if (this.size < 0) this.fail(FaultCode.InvalidUtf8, "pattern");
    else this.point = pointAt(from, this.size);
  }
}

function isNameChar(point: u32): bool {
  return (point | 0x20) - 0x61 < 26 || point - 0x30 < 10 || point == 0x5f;
}
