// A provider's error: held until it is whole, then put into the client's envelope. In a plan it is decided then whether
// the next target is tried.
import {
  DataStatus,
  HeaderList,
  parseInteger,
  responseBody,
  responseHeaders,
  sendLocalResponse,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { Attempt } from "./attempt";
import { BestError } from "./best-error";
import { beginCooldown } from "./cooldown";
import { errorFor, shownStatus } from "./error-body";
import { Exchange } from "./exchange";
import * as reasons from "./reason";
import { isOneOf } from "./request-headers";
import { ResponseStage } from "./response-stage";

/** No provider's error is this long; of one that is, only the status reaches the client. */
const errorBytesMax: u32 = 1024 * 1024;

const STATUS = Slice.of(":status");
const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_LENGTH = Slice.of("content-length");
const CONTENT_ENCODING = Slice.of("content-encoding");
const JSON_TYPE = Slice.of("application/json");
const RETRY_AFTER = Slice.of("retry-after");

/** An error. */
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
    const attempt = this.exchange.attempt;
    let answered = errorFor(this.exchange, this.status, body);
    if (attempt) answered = settleError(this.exchange, attempt, this.status, answered);
    if (answered != body) responseBody.replace(answered);
  }
}

/** Decides what becomes of a planned request's error, whose headers are held. Returns the body that goes with them. */
export function settleError(exchange: Exchange, attempt: Attempt, status: u32, body: Slice): Slice {
  const headers = responseHeaders.all();
  const shown = shownStatus(exchange, status);
  beginCooldown(exchange.target, status, headers);
  if (attempt.plan.fallsBackOn(status) && attempt.mayRetry()) {
    new BestError(shown, valueOf(headers, RETRY_AFTER), body).keep();
    attempt.retry(status, reasons.STATUS);
    return body;
  }
  const better = BestError.betterThan(shown);
  attempt.pass(status, reasons.STATUS);
  if (!better) return body;
  responseHeaders.set(STATUS, new Writer().integer(better.status).take());
  if (better.retryAfter.length) responseHeaders.set(RETRY_AFTER, better.retryAfter);
  else responseHeaders.remove(RETRY_AFTER);
  return better.body;
}

/**
 * As `settleError`, for a response that has no body: it cannot be given one on its way, so what goes to the client is
 * answered anew, with the headers it had. False: another target is tried, and the headers go on.
 */
export function answerEmptyError(exchange: Exchange, status: u32): bool {
  const attempt = exchange.attempt;
  const body = errorFor(exchange, status, Slice.empty());
  const shown = shownStatus(exchange, status);
  const settled = attempt ? settleError(exchange, attempt, status, body) : body;
  if (attempt && attempt.isRetried) return false;
  const received = responseHeaders.all();
  const headers = new HeaderList().add(CONTENT_TYPE, JSON_TYPE);
  for (let i = 0; i < received.length; ++i) {
    const name = received.name(i);
    if (name.at(0) != 0x3a && !isOneOf(name, NOT_KEPT)) headers.add(name, received.value(i));
  }
  const told = settled == body ? shown : <u32>parseInteger(valueOf(received, STATUS));
  sendLocalResponse(told, headers, settled, "weir_provider_error");
  return true;
}

/** What tells of a body or of a connection, and so is not true of another answer. */
const NOT_KEPT: StaticArray<Slice> = [
  CONTENT_TYPE,
  CONTENT_LENGTH,
  CONTENT_ENCODING,
  Slice.of("transfer-encoding"),
  Slice.of("connection"),
  Slice.of("keep-alive"),
];

function valueOf(headers: HeaderList, name: Slice): Slice {
  const value = headers.get(name);
  return value ? value : Slice.empty();
}
