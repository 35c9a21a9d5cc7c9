// One port for HTTP/1.1 and for HTTP/2 without TLS, which some clients speak from the first byte on.
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2, type Http2Server } from "node:http2";
import { createServer as createTcp, type Server, type Socket } from "node:net";

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** No HTTP/1.1 method begins with these: https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
const prefaceStart = "PRI ";

export interface HttpServer extends Server {
  /** Closes the port and every connection. */
  end(): Promise<void>;
}

export function createServer(listener: Listener): HttpServer {
  const http1 = createHttp1(listener);
  http1.keepAliveTimeout = 60_000;
  let http2: Http2Server | null = null;
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.once("readable", () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return void socket.destroy();
      socket.unshift(first);
      if (first.toString("latin1", 0, prefaceStart.length) !== prefaceStart)
        return void http1.emit("connection", socket);
      // The compatible classes of node:http2 have all that the simulator uses of node:http's.
      http2 ??= createHttp2(listener as never);
      http2.emit("connection", socket);
    });
  });
  const end = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return Object.assign(server, { end });
}
