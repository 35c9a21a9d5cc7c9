// The other servers behind the real Envoy: the clusters of HTTP callouts, an echo over TCP.
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { pairsOf, pieceGapMs, type CalloutScript } from "./scenario.ts";

export interface RunningServer {
  port: number;
  close(): void;
}

/** Has `server` listen on a free loopback port; closing breaks its connections off. */
export async function listen(server: Server): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

/**
 * A loopback port that refuses connections for as long as this is open: one that a connection goes out from. A port
 * that was merely let go would soon be another server's.
 */
export async function refusingPort(): Promise<RunningServer> {
  const server = await listen(createTcpServer());
  const socket = connect(server.port, "127.0.0.1").on("error", () => undefined);
  await once(socket, "connect");
  const close = () => {
    socket.destroy();
    server.close();
  };
  return { port: socket.localPort!, close };
}

/** The server of one callout cluster; tells what arrived as `method path body`. */
export function startCalloutServer(
  script: CalloutScript | "silent" | "reset" | "reset after headers",
  onCall: (line: string) => void,
): Promise<RunningServer> {
  return listen(
    createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      onCall(`${request.method} ${request.url} ${body}`);
      if (script === "silent") return;
      if (script === "reset") return void response.socket?.destroy();
      if (script === "reset after headers") {
        response.writeHead(200).flushHeaders();
        await pause(pieceGapMs);
        return void response.socket?.destroy();
      }
      await pause(script.delayMs ?? 0);
      response.sendDate = false;
      for (const [name, value] of pairsOf(script.headers)) response.appendHeader(name, value);
      if (script.trailers) response.setHeader("transfer-encoding", "chunked");
      response.writeHead(script.status ?? 200);
      if (script.trailers) response.addTrailers(pairsOf(script.trailers));
      response.end(script.body ?? "");
    }),
  );
}

/** Echoes what it gets in capitals; `onData` is told. */
export function startEcho(onData: (text: string) => void): Promise<RunningServer> {
  return listen(
    createTcpServer((socket) => {
      socket.on("data", (data) => {
        onData(data.toString());
        socket.write(data.toString().toUpperCase());
      });
    }),
  );
}
