// A gRPC server without protobuf: messages are bytes, and each method is one function on an HTTP/2 stream.
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import { listen } from "./run-example.ts";

export interface GrpcExchange {
  path: string;
  metadata: Record<string, unknown>;
  /** Sends a message, with the initial metadata before the first. */
  send(message: Buffer): void;
  /** Ends the stream with a gRPC status. */
  end(status: number, text?: string): void;
  /** Breaks the stream off. */
  reset(): void;
}

/** Starts a gRPC server on a free port; `onMessage` is called with each message that comes in. */
export async function serveGrpc(
  onMessage: (message: Buffer, exchange: GrpcExchange) => void,
): Promise<Http2Server & { port: number }> {
  const server = createServer();
  server.on("stream", (stream, headers) => {
    const exchange = exchangeOn(stream, headers);
    let held = Buffer.alloc(0);
    stream.on("error", () => undefined);
    stream.on("data", (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      // Each message: one byte of flags, four of length.
      while (held.length >= 5 && held.length >= 5 + held.readUInt32BE(1)) {
        const end = 5 + held.readUInt32BE(1);
        onMessage(held.subarray(5, end), exchange);
        held = held.subarray(end);
      }
    });
  });
  return listen(server);
}

function exchangeOn(stream: ServerHttp2Stream, headers: Record<string, unknown>): GrpcExchange {
  let trailers = {};
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  const open = () => {
    if (stream.headersSent) return;
    stream.respond(
      { ":status": 200, "content-type": "application/grpc", "x-server": "one" },
      { waitForTrailers: true },
    );
  };
  return {
    path: String(headers[":path"]),
    metadata: headers,
    send: (message) => {
      open();
      const head = Buffer.alloc(5);
      head.writeUInt32BE(message.length, 1);
      stream.write(Buffer.concat([head, message]));
    },
    end: (status, text = "") => {
      open();
      trailers = { "grpc-status": String(status), "grpc-message": text };
      stream.end();
    },
    reset: () => stream.close(),
  };
}
