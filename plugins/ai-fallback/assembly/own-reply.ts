// What Envoy answers when no attempt got any answer. The client gets the most useful of the errors that earlier
// attempts have brought, or else one that says what has happened, in the form of the API that was called.
import { getProperty, HeaderList, parseInteger, propertyPath, sendLocalResponse, Slice } from "@weir/sdk/assembly";
import { ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { bodyFor, statusFor } from "@weir/dialects/surfaces/assembly/envelope";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { Family } from "@weir/dialects/surfaces/assembly/surface";

const DETAILS = propertyPath("response", "code_details");
const VIA_UPSTREAM = Slice.of("via_upstream");
const WEIR = Slice.of("weir_");
/** `<status> <retry-after or -> <body>`, kept by the targets' plugin. */
const BEST_ERROR = Slice.of("weir.error");
const RETRY_AFTER = Slice.of("retry-after");
const NONE = Slice.of("-");
const SPACE: u8 = 0x20;

/** Whether the answer at hand is Envoy's own: neither a provider's nor a plugin's. */
export function isOwnReply(): bool {
  const details = getProperty(DETAILS);
  return details != null && !details.equals(VIA_UPSTREAM) && !details.startsWith(WEIR);
}

/** Answers in its place; `status` is its own. */
export function replaceOwnReply(status: i32, family: Family): void {
  const headers = new HeaderList().addText("content-type", "application/json");
  const best = getProperty(BEST_ERROR);
  if (best) return sendBest(best, headers);
  const refusal = status == 504 ? noneInTime() : noneReached();
  sendLocalResponse(statusFor(family, refusal), headers, bodyFor(family, refusal), "weir_" + refusal.code);
}

function sendBest(error: Slice, headers: HeaderList): void {
  const first = error.indexOf(SPACE);
  const second = error.indexOf(SPACE, first + 1);
  const retryAfter = error.slice(first + 1, second);
  if (!retryAfter.equals(NONE)) headers.add(RETRY_AFTER, retryAfter);
  const status = <u32>parseInteger(error.slice(0, first), 502);
  sendLocalResponse(status, headers, error.slice(second + 1), "weir_all_targets_failed");
}

/** No target has room for one more request. */
export function noneHasRoom(): Refusal {
  const message = "Every provider for this model has as many requests as it may have at once";
  return new Refusal(503, ErrorKind.Overloaded, message, "providers_busy");
}

function noneReached(): Refusal {
  return new Refusal(503, ErrorKind.Overloaded, "No provider could be reached", "providers_unreachable");
}

function noneInTime(): Refusal {
  return new Refusal(504, ErrorKind.Timeout, "No provider answered in time", "providers_timed_out");
}
