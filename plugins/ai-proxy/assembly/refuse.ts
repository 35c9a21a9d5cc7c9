// Answers a request in the provider's place.
import { HeaderList, sendLocalResponse } from "@weir/sdk/assembly";
import { OpenAiError } from "@weir/dialects/openai/assembly/error";

const JSON_HEADERS = new HeaderList().addText("content-type", "application/json");

/** Sends `error` to the client. Envoy's log shows `weir_<code>` as the response code's details. */
export function refuse(error: OpenAiError): void {
  sendLocalResponse(error.status, JSON_HEADERS, error.toBody(), "weir_" + error.code);
}
