// SseEvent: one event of an event stream, read lazily from its raw bytes. Finding where it ends is splitter.ts's.
// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
import { findEither } from "../bytes/memory";
import { isInteger, parseInteger } from "../bytes/integer";
import { Slice } from "../bytes/slice";
import { Writer } from "../bytes/writer";

// Field names as little-endian numbers: their first four bytes, or two, are compared at once.
const DATA: u32 = 0x61746164;
const EVEN: u32 = 0x6e657665;
const RETR: u32 = 0x72746572;
const ID: u16 = 0x6469;

/**
 * One event as it stands in the stream, with its fields. All slices are views; only `data` of several lines is a copy.
 */
@final
export class SseEvent {
  private parsed: bool = false;
  private event_: Slice = Slice.empty();
  private data_: Slice = Slice.empty();
  private id_: Slice = Slice.empty();
  private retry_: i64 = -1;
  private dataLines: i32 = 0;
  private fields: i32 = 0;
  private comments: i32 = 0;
  private joined: Writer | null = null;

  constructor(
    /** The exact bytes, the blank line at the end included. The `raw` of all events, joined, is exactly the stream. */
    readonly raw: Slice,
    /** The size of the byte order mark at its start. */
    private skip: i32 = 0,
    /**
     * Whether a blank line ended it. An event cut off by the end of the stream is to be ignored, says the
     * specification.
     */
    readonly isComplete: bool = true,
  ) {}

  /** The event's type; empty where the stream names none (a browser says "message" then). */
  get event(): Slice {
    this.parse();
    return this.event_;
  }

  /** The data: its lines joined by line feeds. */
  get data(): Slice {
    this.parse();
    return this.data_;
  }

  /** The last event id; empty where there is none. */
  get id(): Slice {
    this.parse();
    return this.id_;
  }

  /** The reconnection time in milliseconds, or −1. */
  get retryMs(): i64 {
    this.parse();
    return this.retry_;
  }

  /** Whether there is a data field at all; without one a browser dispatches nothing. */
  get hasData(): bool {
    this.parse();
    return this.dataLines > 0;
  }

  /** Whether it holds comments and no field: a keep-alive. */
  get isComment(): bool {
    this.parse();
    return this.comments > 0 && !this.fields;
  }

  private parse(): void {
    if (this.parsed) return;
    this.parsed = true;
    const base = this.raw.pointer;
    const end = base + this.raw.length;
    let from = base + this.skip;
    while (from < end) {
      const lineEnd = findEither(from, end, 0x0a, 0x0d);
      if (lineEnd > from) this.takeLine(<i32>(from - base), <i32>(lineEnd - base));
      from = lineEnd + 1;
      if (from < end && load<u8>(lineEnd) == 0x0d && load<u8>(from) == 0x0a) ++from;
    }
    const joined = this.joined;
    if (joined) this.data_ = joined.take();
    this.joined = null;
  }

  private takeLine(from: i32, to: i32): void {
    const line = this.raw.slice(from, to);
    const colon = line.indexOf(0x3a);
    if (!colon) {
      ++this.comments;
      return;
    }
    ++this.fields;
    const name = colon < 0 ? line : line.slice(0, colon);
    const space = colon >= 0 && line.at(colon + 1) == 0x20 ? 1 : 0;
    this.takeField(name, colon < 0 ? Slice.empty() : line.slice(colon + 1 + space));
  }

  private takeField(name: Slice, value: Slice): void {
    const length = name.length;
    if (length == 2 && load<u16>(name.pointer) == ID) {
      if (value.indexOf(0) < 0) this.id_ = value;
    }
    if (length != 4 && length != 5) return;
    const start = load<u32>(name.pointer);
    if (length == 4) {
      if (start == DATA) this.takeData(value);
    } else if (start == EVEN && name.at(4) == 0x74) {
      this.event_ = value;
    } else if (start == RETR && name.at(4) == 0x79 && isInteger(value) && value.at(0) != 0x2d) {
      this.retry_ = parseInteger(value);
    }
  }

  private takeData(line: Slice): void {
    if (!this.dataLines++) {
      this.data_ = line;
      return;
    }
    let joined = this.joined;
    if (!joined) {
      joined = new Writer(this.raw.length).bytes(this.data_);
      this.joined = joined;
    }
    joined.byte(0x0a).bytes(line);
  }
}
