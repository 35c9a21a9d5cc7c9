// An answer that is none: the router tries the next target. Where there is none, the client gets the most useful of the
// errors that the attempts have met with; and should the router's own limits forbid it, the one that the answer stands
// for.
import { responseBody, responseHeaders, Slice, Writer } from "@weir/sdk/assembly";
import { ChatError, ErrorKind, statusOf } from "@weir/dialects/hub/assembly/chat-error";
import { Attempt } from "./attempt";
import { BestError } from "./best-error";
import { Exchange } from "./exchange";
import { readProviderError, shownStatus, writeErrorFor } from "./error-body";
import { readError } from "./provider-error";
import { isFault, messageFor } from "./verdict";

const STATUS = Slice.of(":status");
const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_LENGTH = Slice.of("content-length");
const RETRY_AFTER = Slice.of("retry-after");
const JSON_TYPE = Slice.of("application/json");
const badAnswer: u32 = 502;

/**
 * Gives the answer up, whose headers are held, if there is a `reason` to and something better than it. False: it goes
 * to the client as it is, as an answer that is empty or held back by a filter does where nothing else can be tried.
 */
export function givesUp(exchange: Exchange, attempt: Attempt, reason: Slice): bool {
  if (!reason.length) return false;
  const isRetried = attempt.mayRetry();
  if (!isRetried && !isFault(reason)) return false;
  const own = errorOf(exchange, reason);
  if (isRetried) {
    own.keep();
    attempt.retry(exchange.status, reason);
    answerWith(own);
  } else {
    attempt.fail(exchange.status, reason);
    const better = BestError.betterThan(own.status);
    answerWith(better ? better : own);
  }
  return true;
}

function answerWith(error: BestError): void {
  responseHeaders.set(STATUS, new Writer().integer(error.status).take());
  responseHeaders.set(CONTENT_TYPE, JSON_TYPE);
  responseHeaders.set(CONTENT_LENGTH, new Writer().integer(error.body.length).take());
  if (error.retryAfter.length) responseHeaders.set(RETRY_AFTER, error.retryAfter);
  responseBody.replace(error.body);
}

/** What the answer says of itself in place of an answer, or else that it is bad. */
function errorOf(exchange: Exchange, reason: Slice): BestError {
  const answer = exchange.answer;
  if (answer.failure.length) {
    const kind = readError(exchange.target.dialect, exchange.scratch.tape, badAnswer, answer.failure).kind;
    const told = readProviderError(exchange, statusIn(kind), answer.failure);
    return new BestError(told.shownStatus, Slice.empty(), told.body);
  }
  const found = answer.error;
  const error = found ? found : ChatError.of(ErrorKind.Server, messageFor(reason));
  error.status = statusIn(error.kind);
  const body = writeErrorFor(exchange, error);
  return new BestError(shownStatus(exchange, error.status), Slice.empty(), body);
}

/** The status of an error that stands in a 200: one that says when or whether to try again keeps its own. */
function statusIn(kind: ErrorKind): u32 {
  const isPassing = kind == ErrorKind.RateLimit || kind == ErrorKind.Overloaded || kind == ErrorKind.Timeout;
  return isPassing ? statusOf(kind) : badAnswer;
}
