// Google's error envelope: https://cloud.google.com/apis/design/errors
import { jsonAnswer, type Answer, type Json } from "../answer.ts";

const names: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ABORTED",
  429: "RESOURCE_EXHAUSTED",
  499: "CANCELLED",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

export function googleEnvelope(code: number, message: string, details: Json[] = []): Json {
  const status = names[code] ?? (code >= 500 ? "INTERNAL" : "FAILED_PRECONDITION");
  return { error: { code, message, status, ...(details.length > 0 ? { details } : {}) } };
}

export function googleError(status: number, message: string, details: Json[] = []): Answer {
  return jsonAnswer(googleEnvelope(status, message, details), status);
}

/** `reason` as in https://cloud.google.com/apis/design/errors#error_info */
export function errorInfo(reason: string): Json {
  return {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason,
    domain: "googleapis.com",
    metadata: { service: "generativelanguage.googleapis.com" },
  };
}

export function unauthenticated(): Answer {
  return googleError(
    401,
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid " +
      "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    [errorInfo("ACCESS_TOKEN_TYPE_UNSUPPORTED")],
  );
}
