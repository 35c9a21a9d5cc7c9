// OpenAI's error envelope, for the answers that Envoy gives by itself.
// https://platform.openai.com/docs/guides/error-codes
import type { ProtoJson } from "./resources.ts";

export interface OpenAiError {
  message: string;
  type: "invalid_request_error" | "not_found_error" | "server_error" | "timeout_error" | "overloaded_error";
  param: string | null;
  code: string;
}

/** The response body for `error`. */
export function errorBody(error: OpenAiError): string {
  return JSON.stringify({ error });
}

/** Makes a reply of Envoy JSON. Envoy would say `text/plain`. */
export const jsonContentType: ProtoJson = {
  header: { key: "content-type", value: "application/json" },
  append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
};
