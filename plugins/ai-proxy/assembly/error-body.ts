// What a client gets in place of a provider's error.
import { Slice, Writer } from "@weir/sdk/assembly";
import { ChatError } from "@weir/dialects/hub/assembly/chat-error";
import { writeError } from "@weir/dialects/surfaces/assembly/envelope";
import { Exchange } from "./exchange";
import { envelopeOf, readError, strikeOut } from "./provider-error";

/** The body in place of a provider's error `body`. */
export function errorFor(exchange: Exchange, status: u32, body: Slice): Slice {
  const tape = exchange.scratch.tape;
  const shown = strikeOut(body, exchange.target.secrets);
  if (!exchange.translation) {
    const envelope = envelopeOf(tape, shown);
    if (envelope) return envelope;
  }
  return writeErrorFor(exchange, readError(exchange.target.dialect, tape, status, shown));
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

/** The status that the client gets for a provider's error of this one. */
export function shownStatus(exchange: Exchange, status: u32): u32 {
  const translation = exchange.translation;
  return translation ? translation.errorStatus(status) : status;
}
