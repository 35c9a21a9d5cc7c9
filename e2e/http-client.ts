// A plain HTTP client that hides nothing: it sends any bytes under any framing and says whether the answer ended
// cleanly.
import { request as httpRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";

export interface HttpRequest {
  /** Default: POST with a body, else GET. */
  method?: string;
  path: string;
  headers?: Record<string, string>;
  /** Sent as JSON, with its content type unless `headers` has another. */
  json?: unknown;
  /** Sent as it is. A list is sent chunked, without a content length. */
  body?: string | Uint8Array | Uint8Array[];
  /** Ends the request as a client that leaves. */
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  text: string;
  /** The parsed body; undefined when it is not JSON. */
  json: unknown;
  /** The `data` of each server-sent event, parsed where it is JSON. */
  events: unknown[];
  /** False when the connection broke before the answer's proper end. */
  complete: boolean;
}

/** An answer whose body is still arriving. */
export interface OpenAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Resolves at the answer's end, clean or not. */
  whole: Promise<HttpAnswer>;
  /** The body so far. */
  text(): string;
  /** Resolves when the body so far holds `text`. */
  seen(text: string): Promise<void>;
  /** Closes the connection, as a client that leaves. */
  leave(): void;
}

/** Throws when the connection fails before the answer's headers. */
export async function send(base: string, request: HttpRequest): Promise<HttpAnswer> {
  return (await open(base, request)).whole;
}

/** Resolves as soon as the answer's headers are there. */
export function open(base: string, request: HttpRequest): Promise<OpenAnswer> {
  const body = request.json === undefined ? request.body : JSON.stringify(request.json);
  const outgoing = httpRequest(base + request.path, {
    agent: false,
    ...(request.signal ? { signal: request.signal } : {}),
    method: request.method ?? (body === undefined ? "GET" : "POST"),
    headers: { ...(request.json === undefined ? {} : { "content-type": "application/json" }), ...request.headers },
  });
  return new Promise((resolve, reject) => {
    outgoing.on("response", (incoming) => resolve(readAnswer(outgoing, incoming)));
    outgoing.on("error", reject);
    writeBody(outgoing, body);
  });
}

function writeBody(outgoing: ClientRequest, body: HttpRequest["body"]): void {
  if (!Array.isArray(body)) return void outgoing.end(body);
  outgoing.flushHeaders();
  for (const chunk of body) outgoing.write(chunk);
  outgoing.end();
}

function readAnswer(outgoing: ClientRequest, incoming: IncomingMessage): OpenAnswer {
  const { statusCode: status = 0, headers } = incoming;
  const pieces: Buffer[] = [];
  incoming.on("data", (piece: Buffer) => pieces.push(piece));
  // A broken connection is an `error` here; `complete` tells it to whoever asks.
  incoming.on("error", () => undefined);
  const text = (): string => Buffer.concat(pieces).toString();
  const ended = new Promise<void>((resolve) => incoming.on("close", resolve));
  return {
    status,
    headers,
    whole: ended.then(() => finish(status, headers, Buffer.concat(pieces), incoming.complete)),
    text,
    seen: (wanted) =>
      new Promise((resolve, reject) => {
        const look = (): void => void (text().includes(wanted) && resolve());
        const end = (): void => reject(new Error(`The answer ended without ${JSON.stringify(wanted)}: ${text()}`));
        incoming.on("data", look);
        incoming.on("close", end);
        look();
        // A short one may be over by now.
        if (incoming.closed) end();
      }),
    leave: () => outgoing.destroy(),
  };
}

function finish(status: number, headers: IncomingHttpHeaders, body: Buffer, complete: boolean): HttpAnswer {
  const text = body.toString();
  const events = text.split(/\n\n/).flatMap((event) => (event.startsWith("data: ") ? [parsed(event.slice(6))] : []));
  const json = parseJson(text);
  return { status, headers, body, text, json, events, complete };
}

function parsed(text: string): unknown {
  return parseJson(text) ?? text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
