// NdjsonSplitter: cuts a stream of JSON texts, one a line, wherever its chunks are cut. A line that lies whole in one
// chunk is a view of it; only one that spans chunks is copied, once. Source: https://github.com/ndjson/ndjson-spec
import { Fault, FaultCode } from "../bytes/fault";
import { Slice } from "../bytes/slice";
import { Writer } from "../bytes/writer";

/** The default limit of one line, 8 MiB: an image may travel as base64 in one line. */
export const NDJSON_LINE_BYTES_MAX: i32 = 8 << 20;

const LINE_FEED: u8 = 0x0a;
const CARRIAGE_RETURN: u8 = 0x0d;

/** Splits lines that end with LF or CR LF. What a line holds is not looked at. */
@final
export class NdjsonSplitter {
  private chunks: Array<Slice> = [];
  private nextChunk: i32 = 0;
  private chunk: Slice = Slice.empty();
  // In `chunk`: where the unfinished line's part begins, and how far it was read.
  private lineStart: i32 = 0;
  private at: i32 = 0;
  // The unfinished line's bytes from earlier chunks.
  private held: Writer = new Writer();
  private isOver: bool = false;
  private fault_: Fault | null = null;

  /** A line of more than `lineBytesMax` bytes, without its end, is a fault. */
  constructor(private readonly lineBytesMax: i32 = NDJSON_LINE_BYTES_MAX) {}

  /** Why the stream cannot be split any further. */
  get fault(): Fault | null {
    return this.fault_;
  }

  /**
   * Gives the next bytes of the stream, which must not change afterwards. Then call `next` until it gives null.
   * Ignored after a fault and after `finish`.
   */
  push(chunk: Slice): void {
    if (!this.isOver && !this.fault_ && chunk.length) this.chunks.push(chunk);
  }

  /**
   * The next whole line without its end, or null: more bytes are needed, or there is a fault. A line of blanks alone,
   * which servers send as a sign of life, is empty.
   */
  next(): Slice | null {
    while (!this.fault_) {
      const found = this.chunk.indexOf(LINE_FEED, this.at);
      this.at = found < 0 ? this.chunk.length : found;
      if (this.held.length + this.at - this.lineStart > this.lineBytesMax + 1) this.fail();
      else if (found >= 0) return this.takeLine();
      else if (!this.advance()) return null;
    }
    return null;
  }

  /** At the end of the stream, when `next` gives null: what is left is the last line. Null where nothing is. */
  finish(): Slice | null {
    if (this.fault_ || this.isOver) return null;
    this.isOver = true;
    const line = this.takeLine();
    return line && line.length ? line : null;
  }

  private fail(): void {
    this.fault_ = new Fault(FaultCode.TooLarge, -1, "NDJSON line");
    this.chunks = [];
    this.chunk = Slice.empty();
    this.held = new Writer();
  }

  /** The line that ends at `at`; null where it turns out too long. */
  private takeLine(): Slice | null {
    let line = this.chunk.slice(this.lineStart, this.at);
    if (this.held.length) line = this.held.bytes(line).take();
    this.lineStart = ++this.at;
    if (line.at(line.length - 1) == CARRIAGE_RETURN) line = line.slice(0, line.length - 1);
    if (line.length > this.lineBytesMax) {
      this.fail();
      return null;
    }
    return line.trim().length ? line : Slice.empty();
  }

  /** Goes to the next chunk, keeping what the unfinished line has of this one. False when there is none. */
  private advance(): bool {
    if (this.nextChunk == this.chunks.length) return false;
    this.held.bytes(this.chunk.slice(this.lineStart));
    this.chunk = this.chunks[this.nextChunk++];
    this.lineStart = 0;
    this.at = 0;
    if (this.nextChunk < this.chunks.length) return true;
    this.chunks.length = 0;
    this.nextChunk = 0;
    return true;
  }
}
