// JSON of at most so many bytes: what does not fit is left out from there on, a text is cut between two characters, and
// what is open is closed. So what comes out is JSON, however much of it there was.
import { JsonWriter, Slice, Writer } from "@weir/sdk/assembly";

const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const LETTER_U: u8 = 0x75;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;
const OPEN_ARRAY: u8 = 0x5b;
const CLOSE_ARRAY: u8 = 0x5d;

const scratch = new Writer();

/** One text. */
@final
export class CappedJson {
  /** Whether something has been left out. */
  isFull: bool = false;
  private readonly output: Writer = new Writer();
  /** For each open container what closes it. */
  private readonly closers: u8[] = [];
  private needsComma: bool = false;
  /** The name of the member that comes next, with its quotes; empty in a list. */
  private name: Slice = Slice.empty();

  constructor(private readonly bytesMax: i32) {}

  /** How many bytes more there may be. */
  get room(): i32 {
    return this.isFull ? 0 : this.bytesMax - this.output.length - this.closers.length;
  }

  /** The name (UTF-8) of the member whose value comes next. Written with it. */
  key(name: Slice): void {
    this.name = encoded(name).copy();
  }

  /** Begins a list or an object; false where there is no room for it. */
  open(isObject: bool): bool {
    if (!this.begin(2)) return false;
    this.output.byte(isObject ? OPEN_OBJECT : OPEN_ARRAY);
    this.closers.push(isObject ? CLOSE_OBJECT : CLOSE_ARRAY);
    this.needsComma = false;
    return true;
  }

  /** Ends what was begun last. */
  close(): void {
    if (!this.closers.length) return;
    // A member may have had no value.
    this.name = Slice.empty();
    this.output.byte(this.closers.pop());
    this.needsComma = true;
  }

  /** A text (UTF-8), of which as much is written as there is room for. */
  text(text: Slice): void {
    const content = encoded(text);
    if (!this.begin(2)) return;
    const size = fitting(content, this.room);
    if (size < content.length) this.output.bytes(content.slice(0, size - 1)).byte(QUOTE);
    else this.output.bytes(content);
    this.isFull = size < content.length;
  }

  /** A value that is JSON already. */
  raw(value: Slice): void {
    if (this.begin(value.length)) this.output.bytes(value);
  }

  /** Closes what is open, and gives the whole. */
  finish(): Slice {
    while (this.closers.length) this.close();
    return this.output.take();
  }

  /** The comma and the name, where there is room for them and for `least` more. */
  private begin(least: i32): bool {
    const name = this.name;
    this.name = Slice.empty();
    const size = name.length ? name.length + 1 : 0;
    if (this.room < size + least + 1) {
      this.isFull = true;
      return false;
    }
    if (this.needsComma) this.output.byte(COMMA);
    if (size) this.output.bytes(name).byte(COLON);
    this.needsComma = true;
    return true;
  }
}

/** With its quotes; holds until the next call. */
function encoded(text: Slice): Slice {
  scratch.clear();
  new JsonWriter(scratch).text(text);
  return scratch.toSlice();
}

/** How many bytes of a quoted text there are when at most `most` may be, its quotes among them. */
function fitting(quoted: Slice, most: i32): i32 {
  if (quoted.length <= most) return quoted.length;
  let at = 1;
  let next = at;
  while (next + 1 <= most) {
    at = next;
    next = at + sizeAt(quoted, at);
  }
  return at + 1;
}

function sizeAt(content: Slice, at: i32): i32 {
  const byte = content.at(at);
  if (byte == BACKSLASH) return content.at(at + 1) == LETTER_U ? 6 : 2;
  if (byte < 0xc0) return 1;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
