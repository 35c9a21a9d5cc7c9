// SseSplitter: cuts a stream that arrives in chunks into events, wherever the chunks are cut. An event that lies whole
// in one chunk is a view of it; only one that spans chunks is copied, once. Fields are event.ts's.
// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
import { Fault, FaultCode } from "../bytes/fault";
import { findEither } from "../bytes/memory";
import { Slice } from "../bytes/slice";
import { Writer } from "../bytes/writer";
import { SseEvent } from "./event";

/** The default limit of one event, 8 MiB: an image may travel as base64 in one event. */
export const SSE_EVENT_BYTES_MAX: i32 = 8 << 20;

/**
 * What the bytes read so far mean for the next one.
 *
 *   Start ──BOM──▶ LineStart ◀──line end── Text
 *   LineStart ──LF or CR──▶ the event ends; any other byte ──▶ Text
 */
const enum State {
  /** At the first byte of the stream, where a byte order mark may stand; then after one and two bytes of it. */
  Start = 0,
  MarkOne = 1,
  MarkTwo = 2,
  /** At the first byte of a line. */
  LineStart = 3,
  /** Inside a line. */
  Text = 4,
}

/** Splits server-sent events: line ends LF, CR LF and CR, an optional byte order mark, any chunking. */
@final
export class SseSplitter {
  private chunks: Array<Slice> = [];
  private nextChunk: i32 = 0;
  private chunk: Slice = Slice.empty();
  // In `chunk`: where the unfinished event's part begins, and how far it was read.
  private eventStart: i32 = 0;
  private at: i32 = 0;
  // The unfinished event's bytes from earlier chunks.
  private held: Writer = new Writer();
  private heldSize: i32 = 0;
  private queuedSize: i32 = 0;
  private state: State = State.Start;
  private afterCr: bool = false;
  private skip: i32 = 0;
  private isOver: bool = false;
  private fault_: Fault | null = null;

  /** An event of more than `eventBytesMax` bytes is a fault. */
  constructor(private eventBytesMax: i32 = SSE_EVENT_BYTES_MAX) {}

  /** Why the stream cannot be split any further; `finish` then gives all bytes pushed and not handed out yet. */
  get fault(): Fault | null {
    return this.fault_;
  }

  /** How many bytes were pushed and not handed out in an event. */
  get pending(): i32 {
    return this.heldSize + this.chunk.length - this.eventStart + this.queuedSize;
  }

  /**
   * Gives the next bytes of the stream, which must not change afterwards. Then call `next` until it gives null.
   * Ignored after a fault and after `finish`: what comes then is the caller's to pass on or to drop.
   */
  push(chunk: Slice): void {
    if (this.isOver || this.fault_ || !chunk.length) return;
    this.chunks.push(chunk);
    this.queuedSize += chunk.length;
  }

  /** The next whole event, or null: more bytes are needed, or there is a fault. */
  next(): SseEvent | null {
    while (!this.fault_) {
      const isWhole = this.readToEventEnd();
      if (this.heldSize + this.at - this.eventStart > this.eventBytesMax) {
        this.fault_ = new Fault(FaultCode.TooLarge, -1, "SSE event");
      } else if (isWhole) return this.takeEvent(true);
      else if (!this.advance()) return null;
    }
    return null;
  }

  /** At the end of the stream, when `next` gives null: what is left, as an incomplete event, or null for nothing. */
  finish(): SseEvent | null {
    while (this.advance()) {}
    this.isOver = true;
    this.at = this.chunk.length;
    return this.pending ? this.takeEvent(false) : null;
  }

  /** Reads on in the chunk, up to its end or behind the blank line that ends the event: then true. */
  private readToEventEnd(): bool {
    const chunk = this.chunk;
    const end = chunk.length;
    this.skipRestOfCrLf();
    while (this.at < end) {
      const byte = chunk.at(this.at);
      if (this.state == State.Text) {
        const found = findEither(chunk.pointer + this.at, chunk.pointer + end, 0x0a, 0x0d);
        this.at = <i32>(found - chunk.pointer);
        if (this.at == end) return false;
        this.skipLineEnd();
        this.state = State.LineStart;
      } else if (this.isLineStart && (byte == 0x0a || byte == 0x0d)) {
        this.skipLineEnd();
        this.state = State.LineStart;
        return true;
      } else this.readFirstBytes(byte);
    }
    return false;
  }

  private get isLineStart(): bool {
    return this.state == State.LineStart || this.state == State.Start;
  }

  /** A byte order mark counts only at the start of the stream; any other byte begins a line's text. */
  private readFirstBytes(byte: u8): void {
    if (this.state == State.Start && byte == 0xef) this.state = State.MarkOne;
    else if (this.state == State.MarkOne && byte == 0xbb) this.state = State.MarkTwo;
    else if (this.state == State.MarkTwo && byte == 0xbf) {
      this.state = State.LineStart;
      this.skip = 3;
    } else {
      // The byte is read again as text: it may be a line end.
      this.state = State.Text;
      return;
    }
    ++this.at;
  }

  /** Behind the line end at `at`. Where a CR ends the chunk, an LF that may follow belongs to it. */
  private skipLineEnd(): void {
    this.afterCr = this.chunk.at(this.at++) == 0x0d;
    if (this.at < this.chunk.length) this.skipRestOfCrLf();
  }

  private skipRestOfCrLf(): void {
    if (!this.afterCr || this.at >= this.chunk.length) return;
    this.afterCr = false;
    // An event is not held back for the LF that may follow its last CR: the LF then begins the next, as an empty line.
    if (this.chunk.at(this.at) == 0x0a) ++this.at;
  }

  private takeEvent(isComplete: bool): SseEvent {
    let raw = this.chunk.slice(this.eventStart, this.at);
    if (this.heldSize) raw = this.held.bytes(raw).take();
    this.heldSize = 0;
    this.eventStart = this.at;
    const event = new SseEvent(raw, this.skip, isComplete);
    this.skip = 0;
    return event;
  }

  /** Goes to the next chunk, keeping what the unfinished event has of this one. False when there is none. */
  private advance(): bool {
    if (this.nextChunk == this.chunks.length) return false;
    const part = this.chunk.slice(this.eventStart);
    this.held.bytes(part);
    this.heldSize += part.length;
    this.chunk = this.chunks[this.nextChunk++];
    this.queuedSize -= this.chunk.length;
    this.eventStart = 0;
    this.at = 0;
    if (this.nextChunk < this.chunks.length) return true;
    this.chunks.length = 0;
    this.nextChunk = 0;
    return true;
  }
}
