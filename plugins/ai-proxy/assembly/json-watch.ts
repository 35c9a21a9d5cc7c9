// Picks a few values out of a JSON text that passes in chunks, whatever its size: an answer with megabytes of base64 or
// of numbers is read without keeping any of it. It does not check the text: of one that is not JSON it finds nothing,
// or something that is not there.
import { endsInEscape, JsonWriter, Slice, stringEnd, Writer } from "@weir/sdk/assembly";

/** A longer value, or name, is not taken. */
const valueBytesMax: i32 = 16 * 1024;
const nameBytesMax: i32 = 64;
/** Containers that are nested deeper are counted, no more. */
const trackedDepthMax: i32 = 4;

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;
const OPEN_ARRAY: u8 = 0x5b;
const CLOSE_ARRAY: u8 = 0x5d;

/** The names that lead from the root to a value: `choices`, `finish_reason`. Arrays on the way do not count. */
@final
export class WatchedPath {
  private names: Slice[];

  constructor(first: Slice, second: Slice | null = null) {
    this.names = second ? [first, second] : [first];
  }

  /** How many names. */
  get length(): i32 {
    return this.names.length;
  }

  /** Whether name `i` is `name`. */
  hasName(i: i32, name: Slice): bool {
    return i < this.names.length && this.names[i].equals(name);
  }

  /** Writes the members that lead to `value`; the second one as that of a list's only element. */
  write(json: JsonWriter, value: Slice): void {
    json.key(this.names[0]);
    if (this.names.length == 1) json.raw(value);
    else json.beginArray().beginObject().key(this.names[1]).raw(value).endObject().endArray();
  }
}

/**
 * A container on the way to a value: what it is, which paths (a bit each) lead through it, and after how many names.
 */
@final
class Level {
  isObject: bool = false;
  paths: u32 = 0;
  names: i32 = 0;
}

/** Watches one text for the values at some paths, at most 32. */
@final
export class JsonWatch {
  /** The raw value found for each path, the last where there are several; empty where there is none. */
  readonly values: Slice[] = [];
  /** How many containers are open. Level 0 is outside of all. */
  private depth: i32 = 0;
  private levels: Level[] = [];
  // The paths that the coming value lies on, and how many names led to it.
  private valuePaths: u32;
  private valueNames: i32 = 0;
  private isInString: bool = false;
  private isEscaped: bool = false;
  private isInScalar: bool = false;
  private expectsName: bool = false;
  private isName: bool = false;
  private name: Writer = new Writer(nameBytesMax);
  // The value that is being taken: for which path, in which container, and where it goes on in the present chunk.
  private takenPath: i32 = -1;
  private takenDepth: i32 = 0;
  private takenFrom: i32 = 0;
  private taken: Writer = new Writer();

  constructor(private readonly paths: StaticArray<WatchedPath>) {
    this.valuePaths = <u32>(((<u64>1) << paths.length) - 1);
    for (let i = 0; i < paths.length; ++i) this.values.push(Slice.empty());
    for (let i = 0; i <= trackedDepthMax; ++i) this.levels.push(new Level());
    this.levels[0].paths = this.valuePaths;
  }

  /** Reads the next bytes of the text. */
  push(chunk: Slice): void {
    this.takenFrom = 0;
    for (let at = 0, end = chunk.length; at < end;) {
      if (this.isInString) at = this.readString(chunk, at);
      else this.readByte(chunk, at++);
    }
    if (this.takenPath >= 0) this.keep(chunk.slice(this.takenFrom));
  }

  private readByte(chunk: Slice, at: i32): void {
    const byte = chunk.at(at);
    switch (byte) {
      case QUOTE:
        this.beginString(at);
        break;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        this.open(byte == OPEN_OBJECT, at);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        this.endScalar(chunk, at);
        this.close(chunk, at);
        break;
      case COMMA:
        this.endScalar(chunk, at);
        this.expectNext();
        break;
      case COLON:
        this.expectsName = false;
        break;
      default:
        if (byte > 0x20 && !this.isInScalar) {
          this.beginValue(at);
          this.isInScalar = true;
        }
    }
  }

  private beginString(at: i32): void {
    this.isInString = true;
    this.isName = this.expectsName;
    if (this.isName) this.name.clear();
    else this.beginValue(at);
  }

  /** Reads on inside a string, and returns where to go on: behind its end, or at the chunk's. */
  private readString(chunk: Slice, from: i32): i32 {
    const start = from + i32(this.isEscaped);
    const quote = stringEnd(chunk, start);
    const end = quote < 0 ? chunk.length : quote;
    this.isEscaped = quote < 0 && endsInEscape(chunk, start, end);
    if (this.isName) this.keepName(chunk.slice(from, end));
    if (quote < 0) return end;
    this.endString(chunk, quote);
    return quote + 1;
  }

  private keepName(part: Slice): void {
    // One byte too many keeps a long name from being taken for its beginning.
    this.name.bytes(part.slice(0, nameBytesMax + 1 - this.name.length));
  }

  private endString(chunk: Slice, at: i32): void {
    this.isInString = false;
    if (this.isName) this.matchName();
    else if (this.depth == this.takenDepth) this.finish(chunk, at + 1);
  }

  /** After a name: which paths the value behind it lies on. */
  private matchName(): void {
    const level = this.level;
    this.valuePaths = 0;
    if (!level || !level.paths) return;
    const name = this.name.toSlice();
    this.valueNames = level.names + 1;
    for (let i = 0; i < this.paths.length; ++i) {
      if (level.paths & (1 << i) && this.paths[i].hasName(level.names, name)) this.valuePaths |= 1 << i;
    }
  }

  private beginValue(at: i32): void {
    if (!this.valuePaths || this.takenPath >= 0) return;
    for (let i = 0; i < this.paths.length; ++i) {
      if (!(this.valuePaths & (1 << i)) || this.paths[i].length != this.valueNames) continue;
      this.takenPath = i;
      this.takenDepth = this.depth;
      this.takenFrom = at;
      this.taken.clear();
      return;
    }
  }

  private open(isObject: bool, at: i32): void {
    this.beginValue(at);
    ++this.depth;
    const level = this.level;
    if (level) {
      level.isObject = isObject;
      level.paths = this.valuePaths;
      level.names = this.valueNames;
    }
    this.expectNext();
  }

  private close(chunk: Slice, at: i32): void {
    if (this.depth) --this.depth;
    if (this.depth == this.takenDepth) this.finish(chunk, at + 1);
  }

  /** A value's place begins: in an object with a name, in an array at once. */
  private expectNext(): void {
    const level = this.level;
    this.expectsName = level ? level.isObject && level.paths != 0 : false;
    this.valuePaths = level && !level.isObject ? level.paths : 0;
    this.valueNames = level ? level.names : 0;
  }

  private endScalar(chunk: Slice, at: i32): void {
    if (this.isInScalar && this.depth == this.takenDepth) this.finish(chunk, at);
    this.isInScalar = false;
  }

  /** The container that is open; null where it is nested too deep. */
  private get level(): Level | null {
    return this.depth <= trackedDepthMax ? this.levels[this.depth] : null;
  }

  private keep(part: Slice): void {
    // One byte too many marks a value that is too long.
    this.taken.bytes(part.slice(0, valueBytesMax + 1 - this.taken.length));
  }

  private finish(chunk: Slice, end: i32): void {
    if (this.takenPath < 0) return;
    this.keep(chunk.slice(this.takenFrom, end));
    if (this.taken.length <= valueBytesMax) this.values[this.takenPath] = this.taken.toSlice().copy();
    this.takenPath = -1;
  }
}
