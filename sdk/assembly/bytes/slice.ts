// Slice: a view of bytes in a managed buffer, and the reading half of the byte tools. Writer is the other half.
import { CONSTANTS } from "./constants";
import { allocate, findByte, findBytes, sameBytes, sameBytesIgnoreCase } from "./memory";
import { decodeUtf8, encodeUtf8, utf8Size } from "./utf8-codec";

/**
 * A view of the bytes [start, end) of a buffer. It never copies and never traps: ranges are clamped to the
 * buffer, a read outside gives 0. It keeps its whole buffer alive; `copy` a small slice that outlives a large body.
 */
@final
export class Slice {
  /** @hidden Where the compiler's transform puts the slices of constants. */
  static readonly constants: usize = CONSTANTS;

  /** The first byte's offset in `buffer`. */
  readonly start: i32;
  /** The offset behind the last byte in `buffer`. */
  readonly end: i32;

  constructor(
    /** The buffer looked at. */
    readonly buffer: ArrayBuffer,
    start: i32,
    end: i32,
  ) {
    const size = buffer.byteLength;
    const from = min(max(start, 0), size);
    this.start = from;
    this.end = min(max(end, from), size);
  }

  /** All bytes of `buffer`. */
  static wrap(buffer: ArrayBuffer): Slice {
    return new Slice(buffer, 0, buffer.byteLength);
  }

  /** `text` as UTF-8, in a buffer of its own: for module-level constants. */
  static of(text: string): Slice {
    const buffer = allocate(utf8Size(text));
    encodeUtf8(text, changetype<usize>(buffer));
    return Slice.wrap(buffer);
  }

  /** The slice of no bytes. Always the same object. */
  static empty(): Slice {
    return NOTHING;
  }

  /** How many bytes. */
  get length(): i32 {
    return this.end - this.start;
  }

  /** The address of the first byte, for host calls: valid as long as the slice is held. */
  get pointer(): usize {
    return changetype<usize>(this.buffer) + this.start;
  }

  /** Byte `i`, or 0 outside. */
  at(i: i32): u8 {
    return <u32>i < <u32>this.length ? load<u8>(this.pointer + i) : 0;
  }

  /** The bytes [from, to), clamped; nothing is counted from the end. */
  slice(from: i32, to: i32 = i32.MAX_VALUE): Slice {
    const length = this.length;
    const first = min(max(from, 0), length);
    return new Slice(this.buffer, this.start + first, this.start + min(max(to, first), length));
  }

  /** Whether both hold the same bytes. Not for secrets: see `equalBytes`. */
  equals(other: Slice): bool {
    const length = this.length;
    return length == other.length && sameBytes(this.pointer, other.pointer, length);
  }

  /** As `equals`, with ASCII letters of either case the same. */
  equalsIgnoreCase(other: Slice): bool {
    const length = this.length;
    return length == other.length && sameBytesIgnoreCase(this.pointer, other.pointer, length);
  }

  /** Whether the first bytes are `prefix`. */
  startsWith(prefix: Slice): bool {
    const size = prefix.length;
    return size <= this.length && sameBytes(this.pointer, prefix.pointer, size);
  }

  /** Whether the last bytes are `suffix`. */
  endsWith(suffix: Slice): bool {
    const size = suffix.length;
    return size <= this.length && sameBytes(this.pointer + (this.length - size), suffix.pointer, size);
  }

  /** The index of the first `byte` at or after `from`, or −1. */
  indexOf(byte: u8, from: i32 = 0): i32 {
    const length = this.length;
    const end = this.pointer + length;
    const found = findByte(this.pointer + min(max(from, 0), length), end, byte);
    return found == end ? -1 : <i32>(found - this.pointer);
  }

  /** The index of the last `byte`, or −1. */
  lastIndexOf(byte: u8): i32 {
    const pointer = this.pointer;
    let i = this.length - 1;
    while (i >= 0 && load<u8>(pointer + i) != byte) --i;
    return i;
  }

  /** The index of the first `needle` at or after `from`, or −1. An empty needle is found at once. */
  find(needle: Slice, from: i32 = 0): i32 {
    const first = min(max(from, 0), this.length);
    if (!needle.length) return first;
    const pointer = this.pointer;
    const end = pointer + this.length;
    const found = findBytes(pointer + first, end, needle.pointer, needle.length);
    return found == end ? -1 : <i32>(found - pointer);
  }

  /** Without the ASCII spaces and tabs at both ends. */
  trim(): Slice {
    const pointer = this.pointer;
    let from = 0;
    let to = this.length;
    while (from < to && isBlank(load<u8>(pointer + from))) ++from;
    while (to > from && isBlank(load<u8>(pointer + to - 1))) --to;
    return this.slice(from, to);
  }

  /** The same bytes in a buffer of their own. */
  copy(): Slice {
    const length = this.length;
    const buffer = allocate(length);
    memory.copy(changetype<usize>(buffer), this.pointer, length);
    return Slice.wrap(buffer);
  }

  /** The bytes read as UTF-8; what is malformed becomes U+FFFD. */
  toText(): string {
    return decodeUtf8(this.pointer, this.pointer + this.length);
  }

  /** A buffer with exactly these bytes: the slice's own where it covers all of it, else a copy. */
  toBuffer(): ArrayBuffer {
    return this.length == this.buffer.byteLength ? this.buffer : this.copy().buffer;
  }
}

const NOTHING = new Slice(new ArrayBuffer(0), 0, 0);

function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x09;
}
