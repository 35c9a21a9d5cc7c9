// A JSON text on its way to a client of its own dialect: read, not changed. A planned request's is held until it is
// whole, for it may be an error, or be empty or broken.
import { DataStatus, JsonTape, responseBody, Slice } from "@weir/sdk/assembly";
import { Attempt } from "./attempt";
import { CONTENT_DEPTH, readContent } from "./answer-content";
import { Exchange } from "./exchange";
import { givesUp } from "./give-up";
import { publishAnswer, publishUsage } from "./publish";
import * as reasons from "./reason";
import { ResponseStage } from "./response-stage";
import { dropAbsurd } from "./told-usage";
import { Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { wholeVerdict } from "./verdict";
import { WholeAnswer } from "./whole-answer";

/** A JSON text that passes. */
@final
export class WholeStage extends ResponseStage {
  private readonly whole: WholeAnswer;

  constructor(private readonly exchange: Exchange) {
    super();
    this.whole = new WholeAnswer(exchange);
    const meter = exchange.meter;
    if (meter) meter.expectWhole();
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (size) this.take(responseBody.borrow(0, size));
    if (endOfStream) this.onTrailers();
    else if (this.exchange.meter) publishUsage(this.exchange, false);
    return DataStatus.Continue;
  }

  onTrailers(): void {
    this.whole.finish();
    publishAnswer(this.exchange);
  }

  private take(chunk: Slice): void {
    this.whole.push(chunk);
    const meter = this.exchange.meter;
    const usage = this.exchange.answer.usage;
    dropAbsurd(usage);
    if (meter && !usage.isKnown) meter.pass(chunk);
  }

  /** Reads an answer that is there as a whole, before it is known whether it passes. */
  read(body: Slice): void {
    this.take(body);
    this.whole.finish();
  }
}

/** A longer answer passes unjudged: it is neither empty nor an error. */
const judgedBytesMax: u32 = 1024 * 1024;

/** A JSON text that is judged before it passes. */
@final
export class JudgedWholeStage extends ResponseStage {
  private isOpen: bool = false;

  constructor(
    private readonly exchange: Exchange,
    private readonly attempt: Attempt,
    private readonly stage: WholeStage,
  ) {
    super();
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (this.isOpen) return this.stage.onBody(size, endOfStream);
    if (endOfStream) this.judge(size);
    else if (size > judgedBytesMax) return this.passUnjudged(size);
    else return DataStatus.StopIterationAndBuffer;
    return DataStatus.Continue;
  }

  onTrailers(): void {
    if (this.isOpen) this.stage.onTrailers();
    else this.judge(responseBody.length);
  }

  private passUnjudged(size: u32): DataStatus {
    this.isOpen = true;
    this.attempt.pass(this.exchange.status);
    return this.stage.onBody(size, false);
  }

  private judge(size: u32): void {
    const exchange = this.exchange;
    const reason = this.reasonAgainst(responseBody.get(0, size));
    if (givesUp(exchange, this.attempt, reason)) return;
    this.attempt.pass(exchange.status, reason);
    publishAnswer(exchange);
  }

  private reasonAgainst(body: Slice): Slice {
    const exchange = this.exchange;
    const surface = exchange.wanted.surface;
    // Of what is no chat only the members of the root are wanted: a vector has thousands of numbers.
    const tape = new JsonTape(surface.purpose == Purpose.Chat ? CONTENT_DEPTH : 1);
    if (tape.scan(body)) return reasons.ERROR;
    this.stage.read(body);
    readContent(surface, tape, exchange.answer);
    return wholeVerdict(exchange.answer, this.attempt.plan);
  }
}
