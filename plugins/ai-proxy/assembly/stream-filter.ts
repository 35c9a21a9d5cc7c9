// A streamed answer on its way to the client: read, and passed on at once. Only the event that holds the usage, where
// the client did not ask for it, is left out; of an event that is not whole yet, only what may become that one waits.
import { JsonTape, Slice, SseEvent, SseSplitter, Writer } from "@weir/sdk/assembly";
import { Family } from "@weir/dialects/surfaces/assembly/surface";
import { Answer } from "./answer";
import { isWorthReading, readEvent } from "./event-reader";
import { Exchange } from "./exchange";
import { StreamEnd } from "./stream-end";

/** A larger event passes unread: the last of a responses stream repeats the whole answer, so this is generous. */
const eventBytesMax: i32 = 4 * 1024 * 1024;
/** No usage is this long: what is longer is passed on before its end is there. */
const withheldBytesMax: i32 = 16 * 1024;

const DATA = Slice.of("data:");
const FIRST_CHOICE = Slice.of('"choices":[{');
const LF: u8 = 0x0a;
const CR: u8 = 0x0d;

/** The filter of one stream. */
@final
export class StreamFilter {
  private splitter: SseSplitter = new SseSplitter(eventBytesMax);
  /** How much of the unfinished event is done with: passed on, or its leading line feed left out. */
  private settledSize: i32 = 0;
  /** The rest of the unfinished event, where it may have to be hidden. */
  private withheld: Slice = Slice.empty();
  /** The hidden event ended with a CR: a line feed that follows is its own. */
  private dropsLead: bool = false;
  /** Whether the chunk at hand is not to be passed on as it is. */
  private isChanged: bool = false;

  private readonly tape: JsonTape;
  private readonly answer: Answer;
  /** Whether the event that holds only the usage is left out. */
  private readonly hidesUsage: bool;
  private readonly family: Family;

  constructor(exchange: Exchange) {
    this.tape = exchange.scratch.tape;
    this.answer = exchange.answer;
    this.hidesUsage = exchange.edit.hidesUsage;
    this.family = exchange.wanted.surface.family;
  }

  /** Whether `chunk` need not be taken: whole events, none of them of interest. Nearly all of a stream's are so. */
  ignores(chunk: Slice): bool {
    if (this.splitter.fault) return true;
    if (this.splitter.pending || this.dropsLead || !endsWithBlankLine(chunk)) return false;
    return !isWorthReading(this.family, chunk, this.answer);
  }

  /** Whether an event has begun and not ended. */
  get isInEvent(): bool {
    return this.splitter.pending > 0;
  }

  /** Whether the stream could not be read on, so that it is not known how it ended. */
  get isUnread(): bool {
    return this.splitter.fault != null;
  }

  /**
   * Takes a chunk and returns what is to be passed on now: the chunk itself wherever nothing is to be changed; nothing
   * behind the first event that `end` follows.
   */
  take(chunk: Slice, end: StreamEnd | null = null): Slice {
    if (!end && this.ignores(chunk)) return chunk;
    this.splitter.push(chunk);
    this.isChanged = this.withheld.length > 0;
    const kept: Slice[] = [];
    let rest = this.isChanged ? join([this.withheld, chunk]) : chunk;
    for (let event = this.splitter.next(); event; event = this.splitter.next()) {
      kept.push(this.partToPass(event));
      if (end && end.follows(event.data)) return join(kept);
      rest = chunk.slice(chunk.length - this.splitter.pending);
    }
    if (this.settleLead(rest)) rest = rest.slice(1);
    const waits = this.mayBeHidden(rest);
    this.withheld = waits ? rest : Slice.empty();
    if (waits) return join(kept);
    this.settledSize = this.splitter.pending;
    kept.push(rest);
    return this.isChanged ? join(kept) : chunk;
  }

  /** At the end of the stream: what was withheld and is no usage. */
  finish(): Slice {
    const event = this.splitter.finish();
    const rest = this.withheld;
    this.withheld = Slice.empty();
    return event && this.isHidden(event) ? Slice.empty() : rest;
  }

  /** What of a whole event is still to be passed on. */
  private partToPass(event: SseEvent): Slice {
    const raw = event.raw;
    this.settleLead(raw);
    const isHidden = this.isHidden(event);
    const part = raw.slice(this.settledSize, isHidden ? leadSize(raw) : raw.length);
    if (isHidden) {
      this.isChanged = true;
      this.dropsLead = raw.at(raw.length - 1) == CR;
    }
    this.settledSize = 0;
    return part;
  }

  private isHidden(event: SseEvent): bool {
    if (!isWorthReading(this.family, event.raw, this.answer)) return false;
    return readEvent(this.family, this.tape, event.data, this.answer) && this.hidesUsage && this.isUntouched;
  }

  /** Whether nothing of the unfinished event is at the client, but for a leading line feed. */
  private get isUntouched(): bool {
    return this.settledSize <= 1;
  }

  /** Leaves out the line feed with which the event behind the hidden one begins. True if there is one. */
  private settleLead(start: Slice): bool {
    if (!this.dropsLead || !start.length) return false;
    this.dropsLead = false;
    if (start.at(0) != LF) return false;
    this.isChanged = true;
    this.settledSize = 1;
    return true;
  }

  /** Whether an event that begins like this, or goes on like this, may turn out to be the one to hide. */
  private mayBeHidden(start: Slice): bool {
    if (!this.hidesUsage || !this.isUntouched || this.splitter.fault) return false;
    if (start.length <= leadSize(start) || start.length > withheldBytesMax) return false;
    if (start.find(FIRST_CHOICE) >= 0) return false;
    if (!start.startsWith(DATA)) return true;
    let at = DATA.length;
    while (start.at(at) == 0x20) ++at;
    return at >= start.length || start.at(at) == 0x7b;
  }
}

/** Where a CR LF was cut apart, its LF stands before the next event. It is never held back. */
function leadSize(raw: Slice): i32 {
  return raw.at(0) == LF ? 1 : 0;
}

function endsWithBlankLine(chunk: Slice): bool {
  const last = chunk.length - 1;
  if (chunk.at(last) != LF) return false;
  return chunk.at(last - 1) == LF || (chunk.at(last - 1) == CR && chunk.at(last - 2) == LF);
}

function join(parts: Slice[]): Slice {
  if (parts.length == 1) return parts[0];
  const writer = new Writer();
  for (let i = 0; i < parts.length; ++i) writer.bytes(parts[i]);
  return writer.take();
}
