// Copies some members of a JSON text that passes in chunks, of any size and cut anywhere: no more of it is kept than
// may be recorded. It does not check the text: of what is no JSON it copies something that is.
//
//   slot: Key ──name──▶ Key ──colon──▶ Value ──value──▶ None ──comma──▶ Key (or Value, in a list)
import { endsInEscape, isDigit, JsonTape, Slice, stringEnd, Writer } from "@weir/sdk/assembly";
import { CappedJson } from "./capped-json";
import { isBlank } from "./characters";
import { Found } from "./found";
import { KeptText } from "./kept-text";
import { Redactor } from "./redactor";

/** What may stand at the present place. */
const enum Slot {
  None = 0,
  Key = 1,
  Value = 2,
}

/** An open container. */
const enum Frame {
  List = 0,
  Object = 1,
  /** It is copied. */
  Kept = 2,
  /** The text's own object, or one in the text's own list: only some of its members are copied. */
  Top = 4,
}

/** What is nested deeper is left out. */
const DEPTH_MAX: i32 = 64;
const NAME_BYTES_MAX: i32 = 128;
const SCALAR_BYTES_MAX: i32 = 64;
/** Such a number may be a card's. */
const NUMBER_BYTES_MIN: i32 = 8;

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const DASH: u8 = 0x2d;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;
const OPEN_ARRAY: u8 = 0x5b;
const CLOSE_ARRAY: u8 = 0x5d;

/** Members that are never copied: the same text once more, in pieces in which nothing can be found. */
const PIECES: StaticArray<Slice> = [Slice.of("logprobs"), Slice.of("top_logprobs"), Slice.of("logprobsResult")];

const NULL = Slice.of("null");
/** For values that may be none. */
const scratch = new JsonTape();

/** One text. */
@final
export class JsonCopy {
  /** Whether something is missing that should have been copied. */
  isCut: bool = false;
  private readonly json: CappedJson;
  private readonly frames: i32[] = [];
  /** How many containers are open, and how many of them have a frame. */
  private depth: i32 = 0;
  private slot: Slot = Slot.Value;
  /** Whether the value that comes is copied. */
  private isWanted: bool = true;
  private isInString: bool = false;
  private isEscaped: bool = false;
  private readonly text: KeptText = new KeptText();
  private readonly scalar: Writer = new Writer(SCALAR_BYTES_MAX);

  constructor(
    bytesMax: i32,
    /** The members of the text's own object that are copied. */
    private readonly names: StaticArray<Slice>,
    private readonly redactor: Redactor,
    private readonly found: Found,
  ) {
    this.json = new CappedJson(bytesMax);
  }

  /** Reads the next bytes. */
  push(chunk: Slice): void {
    for (let at = 0, end = chunk.length; at < end && !this.json.isFull;) {
      if (this.isInString) at = this.readString(chunk, at);
      else this.readByte(chunk.at(at++));
    }
  }

  /** There is no more: gives the copy. Empty where the text was none that has members. */
  finish(): Slice {
    if (this.isInString) {
      this.text.isCut = true;
      if (this.slot == Slot.Value) this.endString();
    }
    this.isCut = this.json.isFull || this.depth > 0 || this.isCut;
    return this.json.finish();
  }

  private readByte(byte: u8): void {
    switch (byte) {
      case QUOTE:
        this.endScalar();
        this.isInString = true;
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        this.endScalar();
        this.open(byte == OPEN_OBJECT);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        this.endScalar();
        this.close();
        break;
      case COMMA:
        this.endScalar();
        this.expectNext();
        break;
      case COLON:
        if (this.slot == Slot.Key) this.slot = Slot.Value;
        break;
      default:
        if (isBlank(byte)) this.endScalar();
        else if (this.slot == Slot.Value && this.scalar.length < SCALAR_BYTES_MAX) this.scalar.byte(byte);
    }
  }

  /** Reads on inside a string, and returns where to go on: behind its end, or at the chunk's. */
  private readString(chunk: Slice, from: i32): i32 {
    const start = from + i32(this.isEscaped);
    const quote = stringEnd(chunk, start);
    const end = quote < 0 ? chunk.length : quote;
    this.isEscaped = quote < 0 && endsInEscape(chunk, start, end);
    if (this.isCollected) this.text.add(chunk.slice(from, end), this.textRoom);
    if (quote < 0) return end;
    this.endString();
    return quote + 1;
  }

  private get textRoom(): i32 {
    return this.slot == Slot.Key ? NAME_BYTES_MAX : this.json.room;
  }

  /** Names are read where members are chosen by them, values where they are copied. */
  private get isCollected(): bool {
    if (this.slot == Slot.Key) return (this.frame & Frame.Kept) != 0;
    return this.slot == Slot.Value && this.isWanted && this.depth > 0;
  }

  private endString(): void {
    this.isInString = false;
    const isCollected = this.isCollected;
    const wasKey = this.slot == Slot.Key;
    if (!wasKey) this.slot = Slot.None;
    if (!isCollected) return;
    const text = this.text.take(this.redactor, this.found);
    if (wasKey) this.takeName(text);
    else this.json.text(text);
  }

  private takeName(name: Slice): void {
    const isTop = (this.frame & Frame.Top) != 0;
    this.isWanted = isTop ? isOneOf(this.names, name) : !isOneOf(PIECES, name);
    if (this.isWanted) this.json.key(name);
  }

  /** A number, `true`, `false` or `null` is over. */
  private endScalar(): void {
    if (!this.scalar.length) return;
    const value = this.scalar.toSlice();
    const frame = this.frame;
    const isNumber = isDigit(value.at(0)) || value.at(0) == DASH;
    this.slot = Slot.None;
    // Lists of numbers are vectors, or the tokens of a text.
    if (this.isWanted && this.depth > 0 && !(isNumber && !(frame & Frame.Object))) this.copyScalar(value, isNumber);
    this.scalar.clear();
  }

  private copyScalar(value: Slice, isNumber: bool): void {
    if (isNumber && value.length >= NUMBER_BYTES_MIN) {
      const kept = this.redactor.redact(value, false, this.found);
      if (!kept.equals(value)) return this.json.text(kept);
    }
    this.json.raw(scratch.scan(value) ? NULL : value);
    scratch.clear();
  }

  private open(isObject: bool): void {
    const isValue = this.slot == Slot.Value;
    const isTop = this.depth == 0 || (this.depth == 1 && !(this.frame & Frame.Object));
    const hasFrame = this.depth < DEPTH_MAX;
    let frame: i32 = isObject ? Frame.Object : Frame.List;
    if (isValue && this.isWanted) {
      if (hasFrame && this.json.open(isObject)) frame |= Frame.Kept;
      else this.isCut = true;
    }
    if (isTop && isObject) frame |= Frame.Top;
    if (hasFrame) this.frames.push(frame);
    ++this.depth;
    this.begin(frame);
  }

  private close(): void {
    if (!this.depth) return;
    --this.depth;
    if (this.depth < DEPTH_MAX && this.frames.pop() & Frame.Kept) this.json.close();
    this.slot = Slot.None;
    this.isWanted = false;
  }

  private expectNext(): void {
    if (this.depth) this.begin(this.frame);
  }

  private begin(frame: i32): void {
    const isObject = (frame & Frame.Object) != 0;
    this.slot = isObject ? Slot.Key : Slot.Value;
    this.isWanted = !isObject && (frame & Frame.Kept) != 0;
  }

  /** The container that is open. */
  private get frame(): i32 {
    const last = this.frames.length - 1;
    return last >= 0 && this.depth <= DEPTH_MAX ? this.frames[last] : Frame.List;
  }
}

function isOneOf(names: StaticArray<Slice>, name: Slice): bool {
  for (let i = 0; i < names.length; ++i) if (names[i].equals(name)) return true;
  return false;
}
