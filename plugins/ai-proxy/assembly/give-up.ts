// An answer is given up: the router tries the next target. Should it not (its own limits may forbid it), the response
// is the error that the answer stands for.
import { responseBody, responseHeaders, Slice, Writer } from "@weir/sdk/assembly";
import { ChatError, ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { Attempt } from "./attempt";
import { BestError } from "./best-error";
import { Exchange } from "./exchange";
import { readProviderError, shownStatus, writeErrorFor } from "./error-body";
import { messageFor } from "./verdict";

const STATUS = Slice.of(":status");
const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_LENGTH = Slice.of("content-length");
const JSON_TYPE = Slice.of("application/json");
const badAnswer: u32 = 502;

/** Gives the answer up, whose headers are held. */
export function giveUp(exchange: Exchange, attempt: Attempt, reason: Slice): void {
  const body = bodyOf(exchange, reason);
  const status = shownStatus(exchange, badAnswer);
  responseHeaders.set(STATUS, new Writer().integer(status).take());
  responseHeaders.set(CONTENT_TYPE, JSON_TYPE);
  responseHeaders.set(CONTENT_LENGTH, new Writer().integer(body.length).take());
  new BestError(status, Slice.empty(), body).keep();
  attempt.retry(exchange.status, reason);
  responseBody.replace(body);
}

function bodyOf(exchange: Exchange, reason: Slice): Slice {
  const answer = exchange.answer;
  if (answer.failure.length) return readProviderError(exchange, badAnswer, answer.failure).body;
  const error = answer.error;
  return writeErrorFor(exchange, error ? error : ChatError.of(ErrorKind.Server, messageFor(reason)));
}
