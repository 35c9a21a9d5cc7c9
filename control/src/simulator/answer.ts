// What the simulated provider answers, as plain data, before any fault is applied and anything is sent.

/** A whole answer has one piece; a stream's pieces are sent one by one, each its own chunk on the wire. */
export interface Answer {
  status: number;
  contentType: string;
  headers: Record<string, string>;
  pieces: Buffer[];
  streamed: boolean;
}

/** What a handler may look at. `json` is the parsed body, empty for a body that is not a JSON object. */
export interface SimulatedRequest {
  method: string;
  /** Without the query. */
  path: string;
  /** The path from the surface on: `chat/completions`, `models/gpt-4o`. Empty when unknown. */
  surface: string;
  contentType: string;
  body: Buffer;
  json: Json;
  /** The content type says JSON and the body is no JSON object. */
  invalidJson: boolean;
}

export type Json = Record<string, unknown>;

export function jsonAnswer(value: unknown, status = 200): Answer {
  return wholeAnswer("application/json", JSON.stringify(value), status);
}

export function wholeAnswer(contentType: string, body: string | Buffer, status = 200): Answer {
  return { status, contentType, headers: {}, pieces: [Buffer.from(body as string)], streamed: false };
}

/** Server-sent events of the chat kind: data lines only, ended by `[DONE]`. */
export function dataStream(values: unknown[]): Answer {
  const pieces = [...values.map((value) => `data: ${JSON.stringify(value)}\n\n`), "data: [DONE]\n\n"];
  return streamAnswer(pieces);
}

/** An event that says itself what it is. */
export type TypedEvent = Json & { type: string };

/** Server-sent events of the Responses kind: each is named by its `type`, nothing marks the end. */
export function typedStream(values: TypedEvent[]): Answer {
  return streamAnswer(values.map((value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`));
}

function streamAnswer(pieces: string[]): Answer {
  return {
    status: 200,
    contentType: "text/event-stream; charset=utf-8",
    headers: { "cache-control": "no-cache" },
    pieces: pieces.map((piece) => Buffer.from(piece)),
    streamed: true,
  };
}

/** An error in OpenAI's envelope (https://platform.openai.com/docs/guides/error-codes). */
export function errorAnswer(status: number, message: string, code: string | null, param: string | null = null): Answer {
  return jsonAnswer({ error: { message, type: errorType(status), param, code } }, status);
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
