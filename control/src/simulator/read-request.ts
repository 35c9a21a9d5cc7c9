// Reads a request's whole body.
import type { IncomingMessage } from "node:http";

/** The body, or null when the client left before its end. */
export function readRequest(message: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => resolve(chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks)));
    // After `end` this changes nothing.
    message.on("close", () => resolve(null));
    message.on("error", () => resolve(null));
  });
}
