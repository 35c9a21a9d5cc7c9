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
import { BestError } from "./best-error";
import { beginCooldown } from "./cooldown";
import { ProviderError, readProviderError } from "./error-body";
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
    const answered = settleError(this.exchange, this.status, readProviderError(this.exchange, this.status, body));
    if (answered != body) responseBody.replace(answered);
  }
}

/** Decides what becomes of an error whose headers are held. Returns the body that goes with them. */
function settleError(exchange: Exchange, status: u32, error: ProviderError): Slice {
  const attempt = exchange.attempt;
  const retryAfter = tellWhen(error);
  if (error.shownStatus != exchange.status) responseHeaders.set(STATUS, digits(error.shownStatus));
  if (!attempt) return error.body;
  beginCooldown(exchange.target, error.meaning, responseHeaders.all());
  if (attempt.plan.fallsBackOn(error.meaning) && attempt.mayRetry()) {
    new BestError(error.shownStatus, retryAfter, error.body).keep();
    attempt.retry(status, reasons.STATUS);
    return error.body;
  }
  const better = BestError.betterThan(error.shownStatus);
  attempt.pass(status, reasons.STATUS);
  if (!better) return error.body;
  responseHeaders.set(STATUS, digits(better.status));
  if (better.retryAfter.length) responseHeaders.set(RETRY_AFTER, better.retryAfter);
  else responseHeaders.remove(RETRY_AFTER);
  return better.body;
}

/** Puts into `retry-after` what only the body says. Returns its value, empty where nobody said. */
function tellWhen(error: ProviderError): Slice {
  const told = responseHeaders.get(RETRY_AFTER);
  if (told || error.retryAfterMs < 0) return told ? told : Slice.empty();
  const seconds = digits((error.retryAfterMs + 999) / 1000);
  responseHeaders.set(RETRY_AFTER, seconds);
  return seconds;
}

function digits(number: i64): Slice {
  return new Writer().integer(number).take();
}

/**
 * As `settleError`, for a response that has no body: it cannot be given one on its way, so what goes to the client is
 * answered anew, with the headers it had. False: another target is tried, and the headers go on.
 */
export function answerEmptyError(exchange: Exchange, status: u32): bool {
  const attempt = exchange.attempt;
  const settled = settleError(exchange, status, readProviderError(exchange, status, Slice.empty()));
  if (attempt && attempt.isRetried) return false;
  const received = responseHeaders.all();
  const headers = new HeaderList().add(CONTENT_TYPE, JSON_TYPE);
  for (let i = 0; i < received.length; ++i) {
    const name = received.name(i);
    if (name.at(0) != 0x3a && !isOneOf(name, NOT_KEPT)) headers.add(name, received.value(i));
  }
  sendLocalResponse(<u32>parseInteger(valueOf(received, STATUS)), headers, settled, "weir_provider_error");
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
