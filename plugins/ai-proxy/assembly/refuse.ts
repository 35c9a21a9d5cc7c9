// Answers a request in the provider's place.
import { HeaderList, sendLocalResponse } from "@weir/sdk/assembly";
import { bodyFor, statusFor } from "@weir/dialects/surfaces/assembly/envelope";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { Family } from "@weir/dialects/surfaces/assembly/surface";

const JSON_HEADERS = new HeaderList().addText("content-type", "application/json");

/** Sends `refusal` in the client's own form. Envoy's log shows `weir_<code>` as the response code's details. */
export function refuse(refusal: Refusal, family: Family): void {
  const own = refusal.headers;
  const headers = own ? own : JSON_HEADERS;
  sendLocalResponse(statusFor(family, refusal), headers, bodyFor(family, refusal), "weir_" + refusal.code);
}
