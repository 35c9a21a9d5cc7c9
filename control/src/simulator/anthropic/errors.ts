// Anthropic's error envelope: https://platform.claude.com/docs/en/api/errors
import { jsonAnswer, type Answer, type Json } from "../answer.ts";

const types: Record<number, string> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  503: "overloaded_error",
  529: "overloaded_error",
};

export const requestId = "req_011CSimulatedSimulated";

export function errorEnvelope(status: number, message: string, details?: Json): Json {
  const type = types[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
  return { type: "error", error: { type, message, ...(details ? { details } : {}) }, request_id: requestId };
}

export function errorAnswer(status: number, message: string, details?: Json): Answer {
  const answer = jsonAnswer(errorEnvelope(status, message, details), status);
  return { ...answer, headers: { "request-id": requestId } };
}
