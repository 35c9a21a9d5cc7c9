// Writer: appends bytes to a growing buffer. How numbers look is number-format.ts's.
import { formatNumber } from "./number-format";
import { allocate, copyBytes } from "./memory";
import { Slice } from "./slice";
import { encodeUtf8, utf8Size } from "./utf8-codec";

const CAPACITY_MIN: i32 = 64;
const NO_BUFFER = new ArrayBuffer(0);

/** Appends to a growing buffer. Every append returns the writer, so that calls chain. */
@final
export class Writer {
  private buffer: ArrayBuffer;
  private used: i32 = 0;

  /** `capacity` is the first buffer's size in bytes: give the expected length to avoid growing. */
  constructor(capacity: i32 = 256) {
    this.buffer = allocate(max(capacity, CAPACITY_MIN));
  }

  /** How many bytes were appended. */
  get length(): i32 {
    return this.used;
  }

  /** Appends one byte. */
  byte(byte: u8): Writer {
    store<u8>(this.reserve(1), byte);
    return this;
  }

  /** Appends the bytes of `slice`, which may be a view of this writer. */
  bytes(slice: Slice): Writer {
    const length = slice.length;
    copyBytes(this.reserve(length), slice.pointer, length);
    return this;
  }

  /** Appends `text` as UTF-8; a lone surrogate becomes U+FFFD. */
  text(text: string): Writer {
    encodeUtf8(text, this.reserve(utf8Size(text)));
    return this;
  }

  /** Appends `value` in decimal. */
  integer(value: i64): Writer {
    if (value >= 0) return this.unsigned(<u64>value);
    return this.byte(0x2d).unsigned(0 - <u64>value);
  }

  /** Appends `value` in decimal. */
  unsigned(value: u64): Writer {
    let digits = 1;
    for (let rest = value; rest >= 10; rest /= 10) ++digits;
    let target = this.reserve(digits) + digits;
    do {
      store<u8>(--target, <u8>(0x30 + (value % 10)));
      value /= 10;
    } while (value);
    return this;
  }

  /**
   * Appends `value` as JavaScript writes it, so that reading it back gives the same number; NaN and infinities as
   * `null`.
   */
  number(value: f64): Writer {
    return this.text(formatNumber(value));
  }

  /** What was appended, as a view that holds until the next append, `take` or `clear`. */
  toSlice(): Slice {
    return new Slice(this.buffer, 0, this.used);
  }

  /** What was appended. The buffer is handed over: the writer starts anew, empty. */
  take(): Slice {
    const taken = this.toSlice();
    this.buffer = NO_BUFFER;
    this.used = 0;
    return taken;
  }

  /** Forgets what was appended and keeps the buffer. */
  clear(): void {
    this.used = 0;
  }

  /**
   * Makes room for `size` more bytes, counts them as appended, and returns where they go. The caller writes them all.
   */
  reserve(size: i32): usize {
    const used = this.used;
    const needed = used + size;
    if (needed > this.buffer.byteLength) {
      const grown = allocate(max(max(needed, this.buffer.byteLength << 1), CAPACITY_MIN));
      memory.copy(changetype<usize>(grown), changetype<usize>(this.buffer), used);
      this.buffer = grown;
    }
    this.used = needed;
    return changetype<usize>(this.buffer) + used;
  }
}
