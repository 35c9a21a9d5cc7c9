// EventStreamSplitter: cuts an AWS event stream (application/vnd.amazon.eventstream), which arrives in chunks, into
// messages, wherever the chunks are cut. A message that lies whole in one chunk is a view of it; only one that spans
// chunks is copied, once. What is damaged is a fault, and the stream ends there: the next message cannot be found.
//
//   total length │ headers length │ CRC of both │ headers … │ payload … │ CRC of all before
//        4       │       4        │      4      │           │           │        4
//
// https://smithy.io/2.0/aws/amazon-eventstream.html
import { Fault, FaultCode } from "../bytes/fault";
import { Slice } from "../bytes/slice";
import { Writer } from "../bytes/writer";
import { crc32 } from "../crypto/crc32";
import { bigEndian32, checkHeaders, EventMessage } from "./event-message";

/** The default limit of one message, 8 MiB as for server-sent events. */
export const EVENT_MESSAGE_BYTES_MAX: i32 = 8 << 20;
/** The limit of a message's headers, 128 KiB: that of AWS's own implementations. */
export const EVENT_HEADERS_BYTES_MAX: i32 = 128 << 10;

const PRELUDE_SIZE: i32 = 12;
const CHECKSUM_SIZE: i32 = 4;

/** Splits an event stream. */
@final
export class EventStreamSplitter {
  private chunks: Array<Slice> = [];
  private nextChunk: i32 = 0;
  private chunk: Slice = Slice.empty();
  private at: i32 = 0;
  // The unfinished message's bytes from earlier chunks.
  private held: Writer = new Writer();
  private queuedSize: i32 = 0;
  // The sizes that the prelude told: 0 while it has not come.
  private totalSize: i32 = 0;
  private headersSize: i32 = 0;
  // Where the unfinished message begins in the stream; stays at the largest number that a fault can tell.
  private offset: i32 = 0;
  private isOver: bool = false;
  private fault_: Fault | null = null;

  /** A message of more than `messageBytesMax` bytes is a fault. */
  constructor(private messageBytesMax: i32 = EVENT_MESSAGE_BYTES_MAX) {}

  /** Why the stream cannot be split any further. */
  get fault(): Fault | null {
    return this.fault_;
  }

  /** How many bytes were pushed and not handed out in a message. */
  get pending(): i32 {
    return this.held.length + this.chunk.length - this.at + this.queuedSize;
  }

  /**
   * Gives the next bytes of the stream, which must not change afterwards. Then call `next` until it gives null.
   * Ignored after a fault and after `finish`.
   */
  push(chunk: Slice): void {
    if (this.isOver || this.fault_ || !chunk.length) return;
    this.chunks.push(chunk);
    this.queuedSize += chunk.length;
  }

  /** The next whole message, or null: more bytes are needed, or there is a fault. */
  next(): EventMessage | null {
    while (!this.fault_) {
      if (!this.totalSize && this.hasSize(PRELUDE_SIZE)) this.readPrelude();
      if (this.totalSize && this.hasSize(this.totalSize)) return this.takeMessage();
      if (!this.fault_ && !this.advance()) return null;
    }
    return null;
  }

  /** At the end of the stream, when `next` gives null: a fault where it ends in the middle of a message. */
  finish(): Fault | null {
    this.isOver = true;
    if (!this.fault_ && this.pending) this.fail(FaultCode.UnexpectedEnd, "event stream message");
    return this.fault_;
  }

  /** Whether so many bytes of the unfinished message have come. */
  private hasSize(size: i32): bool {
    return this.held.length + this.chunk.length - this.at >= size;
  }

  /** The first `size` bytes of the message, of which there are so many: taken from the chunk. */
  private takeBytes(size: i32): Slice {
    const from = this.at;
    this.at = from + size - this.held.length;
    const part = this.chunk.slice(from, this.at);
    return this.held.length ? this.held.bytes(part).take() : part;
  }

  private readPrelude(): void {
    const held = this.held.length;
    // What is missing of the prelude moves to the bytes held, if there are any.
    if (held && held < PRELUDE_SIZE) {
      this.held.bytes(this.chunk.slice(this.at, this.at + PRELUDE_SIZE - held));
      this.at += PRELUDE_SIZE - held;
    }
    const prelude = held ? this.held.toSlice() : this.chunk.slice(this.at);
    if (crc32(prelude.slice(0, 8)) != bigEndian32(prelude, 8)) {
      this.fail(FaultCode.InvalidFormat, "event stream prelude checksum");
      return;
    }
    this.takeSizes(bigEndian32(prelude, 0), bigEndian32(prelude, 4));
  }

  private takeSizes(total: u32, headers: u32): void {
    const overhead: u32 = PRELUDE_SIZE + CHECKSUM_SIZE;
    if (total < overhead || headers > total - overhead) {
      this.fail(FaultCode.InvalidFormat, "event stream message size");
    } else if (total > <u32>this.messageBytesMax) this.fail(FaultCode.TooLarge, "event stream message");
    else if (headers > <u32>EVENT_HEADERS_BYTES_MAX) this.fail(FaultCode.TooLarge, "event stream headers");
    else {
      this.totalSize = total;
      this.headersSize = headers;
    }
  }

  private takeMessage(): EventMessage | null {
    const raw = this.takeBytes(this.totalSize);
    const end = raw.length - CHECKSUM_SIZE;
    if (crc32(raw.slice(0, end)) != bigEndian32(raw, end)) {
      this.fail(FaultCode.InvalidFormat, "event stream message checksum");
      return null;
    }
    const payloadAt = PRELUDE_SIZE + this.headersSize;
    const headers = raw.slice(PRELUDE_SIZE, payloadAt);
    this.fault_ = checkHeaders(headers, this.offsetOf(PRELUDE_SIZE));
    if (this.fault_) return null;
    this.offset = this.offsetOf(raw.length);
    this.totalSize = 0;
    return new EventMessage(raw, headers, raw.slice(payloadAt, end));
  }

  private offsetOf(at: i32): i32 {
    return <i32>min<i64>(<i64>this.offset + at, i32.MAX_VALUE);
  }

  private fail(code: FaultCode, detail: string): void {
    this.fault_ = new Fault(code, this.offset, detail);
  }

  /** Goes to the next chunk, keeping what the unfinished message has of this one. False when there is none. */
  private advance(): bool {
    if (this.nextChunk == this.chunks.length) return false;
    this.held.bytes(this.chunk.slice(this.at));
    this.chunk = this.chunks[this.nextChunk++];
    this.queuedSize -= this.chunk.length;
    this.at = 0;
    if (this.nextChunk < this.chunks.length) return true;
    this.chunks.length = 0;
    this.nextChunk = 0;
    return true;
  }
}
