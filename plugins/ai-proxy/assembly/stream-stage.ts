// An event stream on its way to a client of its own dialect: a chunk in is a chunk out. What the provider leaves unsaid
// is said here: that a chat was cut short.
import { DataStatus, responseBody, Slice, Writer } from "@weir/sdk/assembly";
import { ChatError, ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { StreamOptions } from "@weir/dialects/hub/assembly/stream";
import { findClient } from "@weir/dialects/registry/assembly/registry";
import { Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { Exchange } from "./exchange";
import * as reasons from "./reason";
import { StreamEnd } from "./stream-end";
import { StreamFilter } from "./stream-filter";
import { StreamMeter } from "./stream-meter";
import { StreamingStage } from "./streaming-stage";

const CUT = Slice.of("The provider's stream ended before its answer was whole");
const BLANK_LINE = Slice.of("\n\n");

/** The stage of such a stream. */
@final
export class StreamStage extends StreamingStage {
  private readonly filter: StreamFilter;
  private readonly meter: StreamMeter;
  /** Null where the answer may be as long as it likes. */
  private readonly end: StreamEnd | null;

  constructor(exchange: Exchange) {
    super(exchange);
    this.filter = new StreamFilter(exchange);
    this.meter = new StreamMeter(exchange);
    this.end = StreamEnd.of(exchange);
  }

  /** Of a chunk that only passes nothing is kept. */
  onBody(size: u32, endOfStream: bool): DataStatus {
    // HTTP/1.1 ends with an empty piece.
    const seen = size ? responseBody.borrow(0, size) : Slice.empty();
    const end = this.end;
    const mayChange = endOfStream || (end != null && end.looksAtAll) || !this.filter.ignores(seen);
    if (mayChange) return this.passOn(seen.copy(), endOfStream);
    const output = this.exchange.meter;
    if (output) output.pass(seen);
    this.meter.onGrowth();
    return DataStatus.Continue;
  }

  take(chunk: Slice, endOfStream: bool): Slice {
    const end = this.end;
    if (end && end.isWritten) return Slice.empty();
    let passed = this.filter.take(chunk, end && end.isReached ? end : null);
    const output = this.exchange.meter;
    // What is withheld may go on later, but it is no text.
    if (output) output.pass(end && end.isWritten ? passed : chunk);
    if (end) passed = end.close(passed);
    if (endOfStream) {
      const isInEvent = this.filter.isInEvent;
      passed = join(passed, this.filter.finish());
      if (this.isCut) passed = join(passed, this.tellCut(isInEvent));
    }
    this.meter.onChunk(endOfStream);
    return passed;
  }

  /** What is still withheld here is the beginning of an event that never ended, which a client has to ignore. */
  onTrailers(): void {
    this.filter.finish();
    this.meter.onChunk(true);
  }

  /** Whether a chat that had begun has not come to any end. */
  private get isCut(): bool {
    const answer = this.exchange.answer;
    if (this.exchange.wanted.surface.purpose != Purpose.Chat || this.filter.isUnread) return false;
    return answer.hasContent && !answer.hasFailed && !answer.isDone && !answer.finish.length;
  }

  /** The event that tells it, behind the one that was cut. */
  private tellCut(isInEvent: bool): Slice {
    const answer = this.exchange.answer;
    const client = findClient(this.exchange.wanted.surface.dialect);
    if (!client) return Slice.empty();
    const options = new StreamOptions();
    client.streamEncoder(options).error(ChatError.of(ErrorKind.Server, CUT));
    answer.fail(Slice.empty());
    answer.failureReason = reasons.CUT;
    const event = options.output.take();
    return isInEvent ? join(BLANK_LINE, event) : event;
  }
}

function join(first: Slice, second: Slice): Slice {
  if (!second.length) return first;
  return new Writer(first.length + second.length).bytes(first).bytes(second).take();
}
