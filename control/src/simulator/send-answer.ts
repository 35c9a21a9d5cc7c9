// Puts an answer on the wire with the faults that were asked for. A stream's pieces go out one per turn of the event
// loop at least, so that a gateway sees them as the separate chunks that a provider sends.
import type { ServerResponse } from "node:http";
import { constants, type ServerHttp2Stream } from "node:http2";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { Answer } from "./answer.ts";
import type { Faults } from "./faults.ts";

const trickleBytes = 7;

/** Keeps nobody's process alive. */
function wait(ms: number): Promise<void> {
  return pause(ms, undefined, { ref: false });
}

/** Resolves when all is sent, dropped, or the client has left. */
export async function sendAnswer(response: ServerResponse, answer: Answer, faults: Faults): Promise<void> {
  if (faults.hang) return;
  if (faults.delay > 0) await wait(faults.delay);
  if (faults.drop === "before-headers") return drop(response);
  writeHead(response, answer, faults);
  if (faults.drop === "after-headers") {
    response.flushHeaders();
    await wait(20);
    return drop(response);
  }
  if (answer.pieces.length === 1 && isPlain(faults)) return void response.end(answer.pieces[0]);
  await sendPieces(response, answer, faults);
}

const dropped = new WeakSet<ServerResponse>();

/** Whether it was a fault, and not the client, that ended the connection. */
export function wasDropped(response: ServerResponse): boolean {
  return dropped.has(response);
}

function drop(response: ServerResponse): void {
  dropped.add(response);
  const stream = http2Stream(response);
  // Without a code the client of HTTP/2 would take it for a proper end.
  if (stream) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.destroy();
}

/** Null for HTTP/1.1. */
function http2Stream(response: ServerResponse): ServerHttp2Stream | null {
  return "stream" in response ? (response.stream as ServerHttp2Stream) : null;
}

/** An HTTP/2 response has no `writableFinished`. */
export function wasSentWhole(response: ServerResponse): boolean {
  return response.writableFinished ?? response.writableEnded;
}

function isPlain({ firstByteDelay, drop, split, trickle }: Faults): boolean {
  return firstByteDelay === 0 && drop === null && split === 0 && trickle === 0;
}

function writeHead(response: ServerResponse, answer: Answer, faults: Faults): void {
  const headers: Record<string, string | number> = {
    "content-type": answer.contentType,
    "x-weir-simulated": "true",
    "x-request-id": "req_simulated",
    ...answer.headers,
  };
  if (faults.retryAfter !== null) headers["retry-after"] = faults.retryAfter;
  if (!answer.framing) headers["content-length"] = answer.pieces.reduce((sum, piece) => sum + piece.length, 0);
  response.writeHead(answer.status, headers);
}

async function sendPieces(response: ServerResponse, answer: Answer, faults: Faults): Promise<void> {
  response.flushHeaders();
  if (faults.firstByteDelay > 0) await wait(faults.firstByteDelay);
  const pieces = cutPieces(answer.pieces, faults);
  const gap = faults.trickle || faults.chunkDelay;
  const end = faults.drop === "mid-stream" ? Math.ceil(pieces.length / 2) : pieces.length;
  for (const piece of pieces.slice(0, end)) {
    if (http2Stream(response)?.destroyed ?? response.destroyed) return;
    const ready = response.write(piece);
    if (gap > 0) await wait(gap);
    else if (!ready) await drained(response);
    else await nextTurn();
  }
  if (faults.drop === "mid-stream") return drop(response);
  response.end();
}

function cutPieces(pieces: Buffer[], faults: Faults): Buffer[] {
  // A whole answer has to be cut for "mid" to mean anything.
  const half = faults.drop === "mid-stream" && pieces.length === 1 ? Math.ceil((pieces[0]?.length ?? 0) / 2) : 0;
  const bytes = faults.split || (faults.trickle ? trickleBytes : half);
  if (bytes === 0) return pieces;
  const all = Buffer.concat(pieces);
  return Array.from({ length: Math.ceil(all.length / bytes) }, (_, i) => all.subarray(i * bytes, (i + 1) * bytes));
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
