// Takes out of a text what nobody may keep. All classes and patterns look at the text as it was; where what they find
// overlaps it is one piece, under the name of what began first.
import { isDigit, Slice, Writer } from "@weir/sdk/assembly";
import { isBlank, isEscape, isLetter } from "./characters";
import { Class, CLASS_COUNT, classMark, classNameOf } from "./class";
import { emailAt } from "./emails";
import { Found } from "./found";
import { cardAt, ibanAt, phoneAt } from "./numbers";
import { keptEnd } from "./kept-end";
import { OwnPattern } from "./own-pattern";
import { passwordAt, privateKeyAt, secretAt } from "./secrets";
import { bySpan, Span } from "./span";

const AT: u8 = 0x40;
const PLUS: u8 = 0x2b;
const DASH: u8 = 0x2d;
const COLON: u8 = 0x3a;
const BACKSLASH: u8 = 0x5c;
/** What takes it out. */
@final
export class Redactor {
  constructor(
    /** A bit for each class. */
    private readonly classes: u32,
    private readonly own: OwnPattern[],
  ) {}

  /**
   * `text` with a mark in place of each piece, noted in `found`. `isCut`: it went on, so its end is left out as well,
   * where half of something may stand.
   */
  redact(text: Slice, isCut: bool, found: Found): Slice {
    const spans: Span[] = [];
    if (this.classes) this.scan(text, spans);
    let end = isCut ? keptEnd(text) : text.length;
    for (let i = 0; i < this.own.length; ++i) {
      const open = this.own[i].find(text, CLASS_COUNT + i, spans);
      if (isCut) end = min(end, open);
    }
    if (!spans.length) return text.slice(0, end);
    spans.sort(bySpan);
    return this.write(text, end, spans, found);
  }

  /** The name of what `found` has a bit for. */
  nameOf(kind: i32): Slice {
    return kind < CLASS_COUNT ? classNameOf(kind) : this.own[kind - CLASS_COUNT].name;
  }

  /** How many kinds there are. */
  get kinds(): i32 {
    return CLASS_COUNT + this.own.length;
  }

  private write(text: Slice, end: i32, spans: Span[], found: Found): Slice {
    const output = new Writer(end);
    let at = 0;
    for (let i = 0; i < spans.length && spans[i].from < end; ++i) {
      const span = spans[i];
      found.note(span.kind);
      if (span.from >= at) output.bytes(text.slice(at, span.from)).bytes(this.markOf(span.kind));
      at = max(at, span.to);
    }
    return output.bytes(text.slice(min(at, end), end)).take();
  }

  private markOf(kind: i32): Slice {
    return kind < CLASS_COUNT ? classMark(kind) : this.own[kind - CLASS_COUNT].mark;
  }

  private scan(text: Slice, spans: Span[]): void {
    for (let at = 0; at < text.length;) {
      const byte = text.at(at);
      let span: Span | null = null;
      if (!isBlank(byte)) span = this.spanAt(text, at, byte);
      if (span) spans.push(span);
      if (span && span.to > at) at = span.to;
      else if (isLetter(byte)) at = lettersEnd(text, at);
      else at += byte == BACKSLASH && isEscape(text, at) ? 2 : 1;
    }
  }

  /** What begins at `at`, or has its mark there. */
  private spanAt(text: Slice, at: i32, byte: u8): Span | null {
    if (isLetter(byte)) return this.wordAt(text, at);
    if (isDigit(byte)) return this.has(Class.Cards) ? cardAt(text, at) : null;
    if (byte == AT && this.has(Class.Emails)) return emailAt(text, at);
    if (byte == PLUS && this.has(Class.Phones)) return phoneAt(text, at);
    if (byte == DASH && this.has(Class.Secrets)) return privateKeyAt(text, at);
    if (byte == COLON && this.has(Class.Secrets)) return passwordAt(text, at);
    return null;
  }

  private wordAt(text: Slice, at: i32): Span | null {
    const secret = this.has(Class.Secrets) ? secretAt(text, at) : null;
    return secret || !this.has(Class.Ibans) ? secret : ibanAt(text, at);
  }

  private has(kind: Class): bool {
    return (this.classes & (1 << (<u32>kind))) != 0;
  }
}

/** Most of a text is within words, where nothing begins. */
function lettersEnd(text: Slice, from: i32): i32 {
  let end = from + 1;
  while (isLetter(text.at(end))) ++end;
  return end;
}
