// What a simulated provider is asked and what it answers, as plain data, before any fault is applied and anything sent.
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Framing } from "./framing.ts";

/** A whole answer has one piece; a stream's pieces are sent one by one, each its own chunk on the wire. */
export interface Answer {
  status: number;
  contentType: string;
  headers: Record<string, string>;
  pieces: Buffer[];
  /** How a stream's events are written; null for a whole answer. */
  framing: Framing | null;
  /** What was written: a stream's events, or a whole answer's one object. Absent where it is no JSON. */
  values?: Json[];
}

/** What a handler may look at. `json` is the parsed body, empty for a body that is not a JSON object. */
export interface SimulatedRequest {
  method: string;
  /** Without the query. */
  path: string;
  /** Without the question mark. */
  query: string;
  headers: IncomingHttpHeaders;
  contentType: string;
  body: Buffer;
  json: Json;
  /** There is a body, and it is no JSON object. */
  invalidJson: boolean;
}

export type Json = Record<string, unknown>;

/** JSON has two ways to leave a field out. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export function jsonAnswer(value: unknown, status = 200): Answer {
  return { ...wholeAnswer("application/json", JSON.stringify(value), status), values: [value as Json] };
}

export function wholeAnswer(contentType: string, body: string | Buffer, status = 200): Answer {
  return { status, contentType, headers: {}, pieces: [Buffer.from(body as string)], framing: null };
}

export function streamAnswer(framing: Framing, events: Json[]): Answer {
  const pieces = [...framing.frame(events, 0), ...framing.end];
  const headers = { "cache-control": "no-cache" };
  return { status: 200, contentType: framing.contentType, headers, pieces, framing, values: events };
}

/** The request's digest: what an answer's ids are made of, so that the same request gets the same answer. */
export function digestOf(request: SimulatedRequest): string {
  return createHash("sha256").update(request.path).update(request.body).digest("hex");
}

/** What the ids of a conversation's next calls begin with: the same whether streamed or not, new in every round. */
export function callSeedOf(conversation: unknown): string {
  return createHash("sha256").update(JSON.stringify(conversation)).digest("hex").slice(0, 12);
}

/** The value of a header that is given once. */
export function headerOf(request: SimulatedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

export function bearerOf(request: SimulatedRequest): string | null {
  return /^Bearer (\S+)$/i.exec(headerOf(request, "authorization") ?? "")?.[1] ?? null;
}
