// The answer of one attempt, on its way to the client: an event stream, a JSON text, an error, or something that is
// only passed on. Each kind is a stage that takes the body's pieces.
import { DataStatus, responseBody, Slice, Writer } from "@weir/sdk/assembly";
import { Exchange } from "./exchange";
import { writeError } from "@weir/dialects/surfaces/assembly/envelope";
import { envelopeOf, readError, strikeOut } from "./provider-error";
import { publishAnswer } from "./publish";
import { StreamFilter } from "./stream-filter";
import { StreamMeter } from "./stream-meter";
import { WholeAnswer } from "./whole-answer";

/** What takes an answer's body. */
export abstract class ResponseStage {
  /** A piece of the body: `size` bytes in `responseBody`. */
  abstract onBody(size: u32, endOfStream: bool): DataStatus;

  /** The body has ended with trailers. */
  abstract onTrailers(): void;
}

/** An event stream: a chunk in is a chunk out. */
@final
export class StreamStage extends ResponseStage {
  private readonly filter: StreamFilter;
  private readonly meter: StreamMeter;

  constructor(exchange: Exchange) {
    super();
    this.filter = new StreamFilter(exchange);
    this.meter = new StreamMeter(exchange);
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    // HTTP/1.1 ends with an empty piece.
    const seen = size ? responseBody.borrow(0, size) : Slice.empty();
    if (!endOfStream && this.filter.ignores(seen)) return DataStatus.Continue;
    const chunk = seen.copy();
    let passed = this.filter.take(chunk);
    if (endOfStream) passed = join(passed, this.filter.finish());
    if (passed != chunk) responseBody.replace(passed);
    this.meter.onChunk(endOfStream);
    return DataStatus.Continue;
  }

  /** What is still withheld here is the beginning of an event that never ended, which a client has to ignore. */
  onTrailers(): void {
    this.filter.finish();
    this.meter.onChunk(true);
  }
}

/** A JSON text: read, not changed. */
@final
export class WholeStage extends ResponseStage {
  private readonly whole: WholeAnswer;

  constructor(private readonly exchange: Exchange) {
    super();
    this.whole = new WholeAnswer(exchange);
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (size) this.whole.push(responseBody.borrow(0, size));
    if (endOfStream) this.onTrailers();
    return DataStatus.Continue;
  }

  onTrailers(): void {
    this.whole.finish();
    publishAnswer(this.exchange.answer);
  }
}

/** No provider's error is this long; of one that is, only the status reaches the client. */
const errorBytesMax: u32 = 1024 * 1024;

/** An error: held until it is whole, then put into the client's envelope. */
@final
export class ErrorStage extends ResponseStage {
  private isAnswered: bool = false;

  constructor(
    private readonly exchange: Exchange,
    private readonly status: u32,
    /** Whether the body is compressed all the same, so that it cannot be read. */
    private readonly isEncoded: bool,
  ) {
    super();
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (this.isAnswered) {
      responseBody.replace(Slice.empty());
      return DataStatus.Continue;
    }
    if (!endOfStream && size <= errorBytesMax) return DataStatus.StopIterationAndBuffer;
    this.answer(size);
    return DataStatus.Continue;
  }

  onTrailers(): void {
    if (!this.isAnswered) this.answer(responseBody.length);
  }

  private answer(size: u32): void {
    this.isAnswered = true;
    const isReadable = !this.isEncoded && size <= errorBytesMax;
    const body = isReadable ? responseBody.get(0, size) : Slice.empty();
    const answered = errorFor(this.exchange, this.status, body);
    if (answered != body) responseBody.replace(answered);
  }
}

/** The body for the client in place of a provider's error `body`. */
export function errorFor(exchange: Exchange, status: u32, body: Slice): Slice {
  const tape = exchange.scratch.tape;
  const shown = strikeOut(body, exchange.target.secrets);
  const translation = exchange.translation;
  if (!translation) {
    const envelope = envelopeOf(tape, shown);
    if (envelope) return envelope;
  }
  const error = readError(exchange.target.dialect, tape, status, shown);
  const output = new Writer();
  if (translation) translation.encodeError(error, output);
  else writeError(exchange.wanted.surface.family, error, output);
  return output.take();
}

function join(first: Slice, second: Slice): Slice {
  if (!second.length) return first;
  return new Writer(first.length + second.length).bytes(first).bytes(second).take();
}
