// The tokens of one action, what stands between {{ and }}.
// https://pkg.go.dev/text/template#hdr-Actions
import { isDigit, Slice, Writer } from "@weir/sdk/assembly";

/** What a token is. */
export const enum TokenKind {
  End = 0,
  /** `.` */
  Dot,
  /** `.name`; the text is the name. */
  Field,
  /** `$` or `$name`; the text is the name. */
  Variable,
  Word,
  /** The text is the content. */
  Text,
  Number,
  Pipe,
  LeftParenthesis,
  RightParenthesis,
  /** `:=` */
  Declare,
  /** `=` */
  Assign,
  Comma,
  /** Something that no action may hold; the text says what. */
  Wrong,
}

/** Reads tokens one by one: the present one is in `kind` and `text`. */
@final
export class Lexer {
  kind: TokenKind = TokenKind.End;
  text: Slice = Slice.empty();
  /** Whether there was a space before it. */
  isApart: bool = true;
  private at: i32 = 0;

  constructor(private readonly action: Slice) {
    this.next();
  }

  /** Goes on to the next token. A wrong one stays. */
  next(): void {
    if (this.kind == TokenKind.Wrong) return;
    const from = this.at;
    while (isSpace(this.action.at(this.at)) && this.at < this.action.length) ++this.at;
    this.isApart = this.at > from || !from;
    this.text = Slice.empty();
    if (this.at >= this.action.length) this.kind = TokenKind.End;
    else this.read(this.action.at(this.at));
  }

  private read(byte: u8): void {
    switch (byte) {
      case 0x7c: // |
        return this.take(TokenKind.Pipe, 1);
      case 0x28: // (
        return this.take(TokenKind.LeftParenthesis, 1);
      case 0x29: // )
        return this.take(TokenKind.RightParenthesis, 1);
      case 0x2c: // ,
        return this.take(TokenKind.Comma, 1);
      case 0x3d: // =
        return this.take(TokenKind.Assign, 1);
      case 0x3a: // :
        if (this.action.at(this.at + 1) == 0x3d) return this.take(TokenKind.Declare, 2);
        return this.fail("expected :=");
      case 0x22: // "
      case 0x27: // ' which in Go holds one character; whoever writes it means a text
        return this.readQuoted(byte);
      case 0x60: // `
        return this.readRaw();
      case 0x24: // $
        return this.readName(TokenKind.Variable, 1);
      case 0x2e: // .
        return this.readDot();
    }
    if (isDigit(byte) || byte == 0x2d || byte == 0x2b) this.readNumber();
    else if (isLetter(byte)) this.readName(TokenKind.Word, 0);
    else this.fail("bad character " + String.fromCharCode(byte));
  }

  private take(kind: TokenKind, size: i32): void {
    this.kind = kind;
    this.at += size;
  }

  private fail(what: string): void {
    this.kind = TokenKind.Wrong;
    this.text = Slice.of(what);
  }

  private readDot(): void {
    const next = this.action.at(this.at + 1);
    if (isDigit(next)) this.readNumber();
    else if (isLetter(next)) this.readName(TokenKind.Field, 1);
    else this.take(TokenKind.Dot, 1);
  }

  /** A name behind `skipped` bytes; it has to end where a name may end. */
  private readName(kind: TokenKind, skipped: i32): void {
    const from = this.at + skipped;
    let end = from;
    while (isLetter(this.action.at(end)) || isDigit(this.action.at(end))) ++end;
    this.text = this.action.slice(from, end);
    this.kind = kind;
    this.at = end;
    if (!this.mayEnd()) this.fail("bad character " + String.fromCharCode(this.action.at(end)));
  }

  private readNumber(): void {
    let end = this.at + 1;
    while (isNumberPart(this.action, end)) ++end;
    this.text = this.action.slice(this.at, end);
    this.kind = TokenKind.Number;
    this.at = end;
    if (!this.mayEnd()) this.fail("bad number");
  }

  private mayEnd(): bool {
    const byte = this.action.at(this.at);
    if (this.at >= this.action.length || isSpace(byte)) return true;
    return byte == 0x2e || byte == 0x2c || byte == 0x7c || byte == 0x3a || byte == 0x28 || byte == 0x29 || byte == 0x3d;
  }

  private readRaw(): void {
    const end = this.action.indexOf(0x60, this.at + 1);
    if (end < 0) return this.fail("unterminated raw quoted string");
    this.text = this.action.slice(this.at + 1, end);
    this.take(TokenKind.Text, end + 1 - this.at);
  }

  private readQuoted(quote: u8): void {
    const content = new Writer();
    let at = this.at + 1;
    for (; at < this.action.length; ++at) {
      const byte = this.action.at(at);
      if (byte == quote) {
        this.text = content.take();
        return this.take(TokenKind.Text, at + 1 - this.at);
      }
      if (byte == 0x0a) break;
      if (byte == 0x5c) at = readEscape(this.action, at + 1, content);
      else content.byte(byte);
      if (at < 0) break;
    }
    this.fail("unterminated quoted string");
  }
}

/** Writes what the escape whose letter is at `at` stands for; its last byte's place, or −1 where it is none. */
function readEscape(text: Slice, at: i32, content: Writer): i32 {
  switch (text.at(at)) {
    case 0x6e: // n
      content.byte(0x0a);
      return at;
    case 0x74: // t
      content.byte(0x09);
      return at;
    case 0x72: // r
      content.byte(0x0d);
      return at;
    case 0x22: // "
    case 0x5c: // \
    case 0x27: // '
      content.byte(text.at(at));
      return at;
    case 0x75: // u
      return readHex(text, at, 4, content);
    case 0x78: // x
      return readHex(text, at, 2, content);
    default:
      return -1;
  }
}

function readHex(text: Slice, at: i32, digits: i32, content: Writer): i32 {
  let point = 0;
  for (let i = 1; i <= digits; ++i) {
    const digit = hexValue(text.at(at + i));
    if (digit < 0) return -1;
    point = (point << 4) | digit;
  }
  if (digits == 2) content.byte(<u8>point);
  else content.text(String.fromCodePoint(point));
  return at + digits;
}

function hexValue(byte: u8): i32 {
  if (isDigit(byte)) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return <u32>letter < 6 ? letter + 10 : -1;
}

export function isSpace(byte: u8): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d;
}

/** Letters outside ASCII count as such. */
function isLetter(byte: u8): bool {
  return <u32>((byte | 0x20) - 0x61) < 26 || byte == 0x5f || byte >= 0x80;
}

function isNumberPart(text: Slice, at: i32): bool {
  const byte = text.at(at);
  if (isDigit(byte) || byte == 0x2e || byte == 0x5f || (byte | 0x20) == 0x65) return true;
  return (byte == 0x2d || byte == 0x2b) && (text.at(at - 1) | 0x20) == 0x65;
}
