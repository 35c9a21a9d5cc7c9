// DashScope's errors: https://help.aliyun.com/zh/model-studio/error-code
import { jsonAnswer, type Answer, type Json } from "../answer.ts";

const codes: Record<number, string> = {
  400: "InvalidParameter",
  401: "InvalidApiKey",
  403: "AccessDenied",
  404: "ModelNotFound",
  429: "Throttling.RateQuota",
  503: "ServiceUnavailable",
};

export const requestId = "00000000-0000-9000-8000-000000000000";

export function dashscopeEnvelope(status: number, message: string): Json {
  const code = codes[status] ?? (status >= 500 ? "InternalError" : "InvalidParameter");
  return { code, message, request_id: requestId };
}

export function dashscopeError(status: number, message: string): Answer {
  return jsonAnswer(dashscopeEnvelope(status, message), status);
}

/** What the model's own server refuses has this before it. */
export function algorithmError(message: string): Answer {
  return dashscopeError(400, `<400> InternalError.Algo.InvalidParameter: ${message}`);
}
