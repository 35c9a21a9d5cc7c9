// A streamed answer on its way to the client: read, and passed on at once. Only the event that holds the usage, where
// the client did not ask for it, is left out; of an event that is not whole yet, only what may become that one waits.
import { JsonTape, Slice, SseEvent, SseSplitter, Writer } from "@weir/sdk/assembly";
import { Answer } from "./answer";
import { isWorthReading, readEvent } from "./event-reader";

/** A larger event passes unread: the last of a responses stream repeats the whole answer, so this is generous. */
const eventBytesMax: i32 = 4 * 1024 * 1024;
/** No usage is this long: what is longer is passed on before its end is there. */
const withheldBytesMax: i32 = 16 * 1024;

const DATA = Slice.of("data:");
const FIRST_CHOICE = Slice.of('"choices":[{');
const LF: u8 = 0x0a;

/** The filter of one stream. */
@final
export class StreamFilter {
  private splitter: SseSplitter = new SseSplitter(eventBytesMax);
  /** The unfinished event: how much of it was passed on, or all of it, withheld. */
  private passedSize: i32 = 0;
  private withheld: Slice = Slice.empty();

  constructor(
    private readonly tape: JsonTape,
    private readonly answer: Answer,
    /** Whether the event that holds only the usage is left out. */
    private readonly hidesUsage: bool,
  ) {}

  /** Takes a chunk and returns what is to be passed on now: the chunk itself wherever nothing is to be changed. */
  take(chunk: Slice): Slice {
    if (this.isPlain(chunk)) return chunk;
    this.splitter.push(chunk);
    const isHeldOn = this.withheld.length > 0;
    const kept: Slice[] = [];
    let isChanged = isHeldOn;
    let isFirst = true;
    for (let event = this.splitter.next(); event; event = this.splitter.next()) {
      const isHidden = this.isHidden(event);
      if (isHidden) isChanged = true;
      kept.push(event.raw.slice(this.passedSize, isHidden ? leadSize(event.raw) : event.raw.length));
      this.passedSize = 0;
      isFirst = false;
    }
    const rest = this.restOf(chunk, isFirst);
    if (this.mayBeHidden(rest)) {
      this.withheld = rest;
      return this.join(kept);
    }
    this.withheld = Slice.empty();
    this.passedSize = this.splitter.pending;
    if (!isChanged) return chunk;
    kept.push(rest);
    return this.join(kept);
  }

  /** At the end of the stream: what was withheld and is no usage. */
  finish(): Slice {
    const event = this.splitter.finish();
    const rest = this.withheld;
    this.withheld = Slice.empty();
    return event && this.isHidden(event) ? Slice.empty() : rest;
  }

  /** Whole events, none of them of interest: nearly all chunks of a stream are so. */
  private isPlain(chunk: Slice): bool {
    if (this.splitter.fault) return true;
    const last = chunk.length - 1;
    if (this.splitter.pending || chunk.at(last) != LF || chunk.at(last - 1) != LF) return false;
    return !isWorthReading(chunk, this.answer);
  }

  private isHidden(event: SseEvent): bool {
    if (!isWorthReading(event.raw, this.answer)) return false;
    return readEvent(this.tape, event.data, this.answer) && this.hidesUsage && this.isUntouched;
  }

  /** Whether nothing of the unfinished event is at the client; the line feed of the former's last line end may be. */
  private get isUntouched(): bool {
    return this.passedSize <= 1;
  }

  /** The bytes of the unfinished event that are not passed on yet. */
  private restOf(chunk: Slice, isSameEvent: bool): Slice {
    const pending = this.splitter.pending;
    if (!isSameEvent) return chunk.slice(chunk.length - pending);
    return this.withheld.length ? new Writer(pending).bytes(this.withheld).bytes(chunk).take() : chunk;
  }

  /** Whether an event that begins like this may turn out to be the one to hide. */
  private mayBeHidden(start: Slice): bool {
    if (!this.hidesUsage || !this.isUntouched || this.splitter.fault) return false;
    if (start.length <= leadSize(start)) return false;
    if (start.length > withheldBytesMax || start.find(FIRST_CHOICE) >= 0) return false;
    if (!start.startsWith(DATA)) return true;
    let at = DATA.length;
    while (start.at(at) == 0x20) ++at;
    return at >= start.length || start.at(at) == 0x7b;
  }

  private join(parts: Slice[]): Slice {
    if (parts.length == 1) return parts[0];
    const writer = new Writer();
    for (let i = 0; i < parts.length; ++i) writer.bytes(parts[i]);
    return writer.take();
  }
}

/** Where a CR LF was cut apart, its LF stands before the next event. It is never held back and never left out. */
function leadSize(raw: Slice): i32 {
  return raw.at(0) == LF ? 1 : 0;
}
