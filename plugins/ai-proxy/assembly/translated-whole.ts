// A whole answer of another dialect: held with its headers until it can be read, then written anew.
import { DataStatus, responseBody, responseHeaders, Slice, Writer } from "@weir/sdk/assembly";
import { ChatError, ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { BestError } from "./best-error";
import { Exchange } from "./exchange";
import { shownStatus } from "./error-body";
import { givesUp } from "./give-up";
import { strikeOut } from "./provider-error";
import { publishAnswer } from "./publish";
import { ResponseStage } from "./response-stage";
import { tellDropped } from "./tell-dropped";
import { WholeTranslation } from "./translation";
import { wholeVerdict } from "./verdict";

const STATUS = Slice.of(":status");
const CONTENT_LENGTH = Slice.of("content-length");
const RETRY_AFTER = Slice.of("retry-after");
const NOT_JSON = Slice.of("The provider's answer is not valid JSON");

/** The stage of such an answer. */
export class TranslatedWhole extends ResponseStage {
  constructor(
    protected readonly exchange: Exchange,
    protected readonly translation: WholeTranslation,
  ) {
    super();
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (!endOfStream) return DataStatus.StopIterationAndBuffer;
    this.answer(size);
    return DataStatus.Continue;
  }

  onTrailers(): void {
    this.answer(responseBody.length);
  }

  private answer(size: u32): void {
    const output = new Writer(size + 256);
    this.send(this.encode(responseBody.get(0, size), output), output);
  }

  /** Sends the client's answer, which is in `output`, or the error, or has the next target tried. */
  protected send(error: ChatError | null, output: Writer): void {
    const exchange = this.exchange;
    if (error) exchange.answer.failWith(error);
    if (this.isGivenUp()) return;
    if (error) this.fail(error, output);
    const body = output.take();
    responseHeaders.set(CONTENT_LENGTH, new Writer().integer(body.length).take());
    tellDropped(this.translation.dropped);
    responseBody.replace(body);
    publishAnswer(exchange);
  }

  /** In a plan: whether the next target is tried. */
  private isGivenUp(): bool {
    const exchange = this.exchange;
    const attempt = exchange.attempt;
    if (!attempt) return false;
    const reason = wholeVerdict(exchange.answer, attempt.plan);
    if (givesUp(exchange, attempt, reason)) return true;
    attempt.pass(exchange.status, reason);
    return false;
  }

  private encode(body: Slice, output: Writer): ChatError | null {
    const tape = this.translation.answerTape(this.exchange);
    if (tape.scan(body)) return ChatError.of(ErrorKind.Server, NOT_JSON);
    const error = this.translation.encodeAnswer(this.exchange, tape, output);
    tape.clear();
    return error;
  }

  /** An answer that cannot be read, or an error inside a 200, is the provider's failure. */
  private fail(error: ChatError, output: Writer): void {
    const exchange = this.exchange;
    let status = shownStatus(exchange, 502);
    error.status = 502;
    error.message = strikeOut(error.message, exchange.target.secrets);
    output.clear();
    const better = exchange.attempt ? BestError.betterThan(status) : null;
    if (better) {
      status = better.status;
      output.bytes(better.body);
      if (better.retryAfter.length) responseHeaders.set(RETRY_AFTER, better.retryAfter);
    } else this.translation.encodeError(error, output);
    responseHeaders.set(STATUS, new Writer().integer(status).take());
  }
}
