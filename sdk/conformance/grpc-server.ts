// A small real gRPC server over HTTP/2: answers each message as its script says. Messages are plain bytes.
import { createServer, type ServerHttp2Stream } from "node:http2";
import { pairsOf, type GrpcScript } from "./scenario.ts";
import { listen, type RunningServer } from "./servers.ts";

/** A gRPC frame: one byte of flags, four of length. */
const frameHeadBytes = 5;

export function startGrpcServer(script: GrpcScript): Promise<RunningServer> {
  const server = createServer();
  server.on("stream", (stream) => serve(stream, script));
  return listen(server);
}

function serve(stream: ServerHttp2Stream, script: GrpcScript): void {
  const trailers = {
    "grpc-status": String(script.status ?? 0),
    "grpc-message": script.message ?? "",
    ...Object.fromEntries(pairsOf(script.trailers)),
  };
  stream.on("error", () => undefined);
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.respond({ ":status": 200, "content-type": "application/grpc", ...script.metadata }, { waitForTrailers: true });
  if (script.endsAfter === 0) return void stream.end();
  let messages = 0;
  let held = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= frameHeadBytes && held.length >= frameHeadBytes + held.readUInt32BE(1)) {
      const end = frameHeadBytes + held.readUInt32BE(1);
      const message = held.subarray(frameHeadBytes, end);
      held = held.subarray(end);
      if (script.prefix !== undefined) stream.write(framed(Buffer.concat([Buffer.from(script.prefix), message])));
      if (++messages === script.endsAfter) stream.end();
    }
  });
  stream.on("end", () => {
    if (script.endsAfter === undefined) stream.end();
  });
}

function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(frameHeadBytes);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
