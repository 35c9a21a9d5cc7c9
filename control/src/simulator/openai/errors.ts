// OpenAI's error envelope (https://platform.openai.com/docs/guides/error-codes), and a request as its surfaces see it.
import { jsonAnswer, type Answer, type Json, type SimulatedRequest } from "../answer.ts";

export interface OpenaiRequest extends SimulatedRequest {
  /** The path from the surface on: `chat/completions`, `models/gpt-4o`. Empty when unknown. */
  surface: string;
}

export function errorAnswer(status: number, message: string, code: string | null, param: string | null = null): Answer {
  return jsonAnswer({ error: errorObject(status, message, code, param) }, status);
}

export function errorObject(status: number, message: string, code: string | null, param: string | null = null): Json {
  return { message, type: errorType(status), param, code };
}

function errorType(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_exceeded";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

export function missingParameter(name: string): Answer {
  return errorAnswer(400, `Missing required parameter: '${name}'.`, "missing_required_parameter", name);
}
