// The answers that Envoy gives by itself, in the error envelope of the API that the client speaks.
import type { ClientApi } from "../model/surface.ts";
import type { ProtoJson } from "./resources.ts";

export interface GatewayError {
  status: number;
  message: string;
  type: "invalid_request_error" | "not_found_error" | "server_error" | "timeout_error" | "overloaded_error";
  param: string | null;
  code: string;
}

const writers: Record<ClientApi, (error: GatewayError) => object> = {
  // https://platform.openai.com/docs/guides/error-codes
  openai: ({ message, type, param, code }) => ({ error: { message, type, param, code } }),
  // https://platform.claude.com/docs/en/api/errors
  anthropic: (error) => ({ type: "error", error: { type: anthropicType(error), message: error.message } }),
  // https://cloud.google.com/apis/design/errors
  gemini: (error) => ({ error: { code: error.status, message: error.message, status: geminiStatus(error.status) } }),
};

/** The response body for `error`. */
export function errorBody(error: GatewayError, client: ClientApi): string {
  return JSON.stringify(writers[client](error));
}

function anthropicType({ status, type }: GatewayError): string {
  if (status === 404) return "not_found_error";
  if (status === 413) return "request_too_large";
  return type === "server_error" ? "api_error" : type;
}

function geminiStatus(status: number): string {
  if (status === 404) return "NOT_FOUND";
  if (status === 408 || status === 504) return "DEADLINE_EXCEEDED";
  if (status === 502 || status === 503) return "UNAVAILABLE";
  return status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
}

/** Makes a reply of Envoy JSON. Envoy would say `text/plain`. */
export const jsonContentType: ProtoJson = {
  header: { key: "content-type", value: "application/json" },
  append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
};
