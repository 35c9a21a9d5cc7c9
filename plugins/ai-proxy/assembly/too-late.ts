// The time for all of a request's attempts is over before an answer has begun.
import { HeaderList, sendLocalResponse, Slice } from "@weir/sdk/assembly";
import { ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { contentFrom } from "@weir/dialects/hub/assembly/content";
import { findClient } from "@weir/dialects/registry/assembly/registry";
import { bodyFor, statusFor } from "@weir/dialects/surfaces/assembly/envelope";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { BestError } from "./best-error";
import { Exchange } from "./exchange";
import { LastResort, StaticAnswer } from "./last-resort";
import * as reasons from "./reason";

const CONTENT_TYPE = Slice.of("content-type");
const RETRY_AFTER = Slice.of("retry-after");
const JSON_TYPE = Slice.of("application/json");

/** What the request's last resort says; empty where it has none, or nothing to say to what is no chat. */
function lastResortText(exchange: Exchange): Slice {
  const wanted = exchange.wanted;
  if (wanted.surface.purpose != Purpose.Chat || wanted.rest.length) return Slice.empty();
  const attempt = exchange.attempt;
  const lastResort = attempt ? attempt.lastResort : null;
  return lastResort ? lastResort.lastResort : exchange.target.lastResort;
}

/**
 * An attempt that goes to no provider: it is the last resort's, or it is too late for any other. True where the answer
 * is made when the body is there, for it depends on it.
 */
export function answerInPlace(exchange: Exchange): bool {
  const text = lastResortText(exchange);
  const client = findClient(exchange.wanted.surface.dialect);
  const isLast = exchange.target.isLastResort;
  if (client && text.length) {
    exchange.translation = new LastResort(client, text, isLast ? Slice.empty() : reasons.DEADLINE);
    return true;
  }
  if (isLast) refuseLast(exchange);
  else refuseLate(exchange);
  return false;
}

/** Answers a request whose time is over while it waits: with the last resort, or with an error. */
export function answerLate(exchange: Exchange, isSent: bool): void {
  const attempt = exchange.attempt;
  const text = lastResortText(exchange);
  const client = findClient(exchange.wanted.surface.dialect);
  // Before the body is there it is not known what form the answer is to have.
  if (!attempt || !client || !text.length || !isSent) return refuseLate(exchange);
  const answer = new StaticAnswer(client, text);
  answer.model = contentFrom(attempt.model);
  answer.isStream = exchange.edit.isStream;
  answer.includeUsage = !exchange.edit.hidesUsage;
  answer.send(exchange, reasons.DEADLINE);
}

/** Answers with the most useful of the errors so far, or says that it took too long. */
function refuseLate(exchange: Exchange): void {
  const message = "The time for this request is over";
  answerWithError(exchange, new Refusal(504, ErrorKind.Timeout, message, "deadline_exceeded"), reasons.DEADLINE);
}

/** As `refuseLate`, where the last resort has nothing to say to a request that is no chat. */
function refuseLast(exchange: Exchange): void {
  const message = "No provider could answer";
  answerWithError(exchange, new Refusal(503, ErrorKind.Overloaded, message, "providers_unavailable"), reasons.STATUS);
}

function answerWithError(exchange: Exchange, refusal: Refusal, reason: Slice): void {
  sendError(exchange, refusal, reason, BestError.asGoodAs(refusal.status));
}

/** Answers with the refusal, or with what is `better` than it. */
export function sendError(exchange: Exchange, refusal: Refusal, reason: Slice, better: BestError | null): void {
  const family = exchange.wanted.surface.family;
  const headers = new HeaderList().add(CONTENT_TYPE, JSON_TYPE);
  const attempt = exchange.attempt;
  if (attempt) attempt.passOwn(0, headers, reason);
  const details = "weir_" + refusal.code;
  if (!better) {
    sendLocalResponse(statusFor(family, refusal), headers, bodyFor(family, refusal), details);
    return;
  }
  if (better.retryAfter.length) headers.add(RETRY_AFTER, better.retryAfter);
  sendLocalResponse(better.status, headers, better.body, details);
}
