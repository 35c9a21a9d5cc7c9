// Reads a request: its whole body, and what the families want to know of it.
import type { IncomingMessage } from "node:http";
import type { Json, SimulatedRequest } from "./answer.ts";

/** The body, or null when the client left before its end. */
export function readBody(message: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => resolve(chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks)));
    // After `end` this changes nothing.
    message.on("close", () => resolve(null));
    message.on("error", () => resolve(null));
  });
}

export function parseRequest(message: IncomingMessage, body: Buffer): SimulatedRequest {
  const [path = "/", query = ""] = (message.url ?? "/").split(/\?(.*)/s);
  const contentType = message.headers["content-type"] ?? "";
  const { json, invalidJson } = parseJson(contentType, body);
  return {
    method: message.method ?? "GET",
    path,
    query,
    headers: message.headers,
    contentType,
    body,
    json,
    invalidJson,
  };
}

function parseJson(contentType: string, body: Buffer): { json: Json; invalidJson: boolean } {
  if (body.length === 0 || contentType.startsWith("multipart/")) return { json: {}, invalidJson: body.length > 0 };
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    return { json: isObject ? (value as Json) : {}, invalidJson: !isObject };
  } catch {
    return { json: {}, invalidJson: true };
  }
}
