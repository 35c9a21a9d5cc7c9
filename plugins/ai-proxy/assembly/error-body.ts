// What a client gets in place of a provider's error.
import { Slice, Writer } from "@weir/sdk/assembly";
import { ChatError, ErrorKind, errorKindOf, statusOf } from "@weir/dialects/hub/assembly/chat-error";
import { writeError } from "@weir/dialects/surfaces/assembly/envelope";
import { Exchange } from "./exchange";
import { envelopeOf, readError, strikeOut } from "./provider-error";

/** A provider's error, and what the client is told in its place. */
@final
export class ProviderError {
  constructor(
    /** What it is about, as a status: decides whether another target is tried, and whether this one is left alone. */
    readonly meaning: u32,
    /** What the client gets. */
    readonly shownStatus: u32,
    readonly body: Slice,
    /** When to try again, where the body says so; −1 elsewhere. */
    readonly retryAfterMs: i64,
  ) {}
}

/** Reads the provider's error `body`. One that the client understands as it is stays byte for byte. */
export function readProviderError(exchange: Exchange, status: u32, body: Slice): ProviderError {
  const tape = exchange.scratch.tape;
  const shown = strikeOut(body, exchange.target.secrets);
  const error = readError(exchange.target.dialect, tape, status, shown);
  const meaning = meaningOf(error, status);
  const translation = exchange.translation;
  if (translation) {
    const told = writeErrorFor(exchange, error);
    return new ProviderError(meaning, translation.errorStatus(error), told, error.retryAfterMs);
  }
  const envelope = envelopeOf(tape, shown);
  return new ProviderError(meaning, status, envelope ? envelope : writeErrorFor(exchange, error), error.retryAfterMs);
}

/** Some providers tell of a wrong key or an unpaid bill with 400 or 429: only the body says what it is. */
function meaningOf(error: ChatError, status: u32): u32 {
  const isAboutKey = error.kind == ErrorKind.Authentication || error.kind == ErrorKind.Billing;
  return isAboutKey && status < 500 ? <u32>statusOf(error.kind) : status;
}

/** The body that tells `error`. */
export function writeErrorFor(exchange: Exchange, error: ChatError): Slice {
  const translation = exchange.translation;
  const output = new Writer();
  error.message = strikeOut(error.message, exchange.target.secrets);
  if (translation) translation.encodeError(error, output);
  else writeError(exchange.wanted.surface.family, error, output);
  return output.take();
}

/** The status that the client gets for a provider's error that nothing but this status tells of. */
export function shownStatus(exchange: Exchange, status: u32): u32 {
  const translation = exchange.translation;
  if (!translation) return status;
  const error = new ChatError();
  error.kind = errorKindOf(status);
  error.status = status;
  return translation.errorStatus(error);
}
