// The servers behind the real Envoy: the provider, the clusters of HTTP callouts, an echo over TCP.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { inPairs } from "./http-client.ts";
import {
  pairsOf,
  pieceGapMs,
  type CalloutScript,
  type Exchange,
  type ProviderScript,
  type Scenario,
} from "./scenario.ts";
import { seenHeaders, type SeenMessage } from "./transcript.ts";

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

/** A loopback port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await listen(createTcpServer());
  server.close();
  return server.port;
}

/** The provider of a scenario: answers the n-th request as the n-th exchange says, and keeps what it got. */
export class Provider {
  readonly seen = new Map<number, SeenMessage>();
  readonly #scenario: Scenario;
  /** Which exchange is under way; the runner counts it up. */
  exchange = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  start(): Promise<RunningServer> {
    const server = createServer((request, response) => void this.#serve(request, response));
    return listen(server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const script: Exchange["provider"] = this.#scenario.exchanges?.[this.exchange]?.provider ?? {};
    const seen = { headers: seenHeaders(requestLine(request)), body: "", trailers: [] as string[], isBroken: true };
    this.seen.set(this.exchange, seen);
    const early = script !== "silent" && script.after === "headers" ? answer(response, script) : null;
    try {
      for await (const chunk of request) seen.body += chunk;
    } catch {
      return;
    }
    seen.trailers = seenHeaders(inPairs(request.rawTrailers));
    seen.isBroken = !request.complete;
    if (!early && script !== "silent") await answer(response, script);
  }
}

function requestLine(request: IncomingMessage): [string, string][] {
  return [[":method", request.method!], [":path", request.url!], ...inPairs(request.rawHeaders)];
}

async function answer(response: ServerResponse, script: ProviderScript): Promise<void> {
  const { socket } = response;
  if (script.reset === "before headers") return void socket?.destroy();
  const body = script.body ?? (script.status === undefined ? ["ok"] : undefined);
  response.sendDate = false;
  for (const [name, value] of pairsOf(script.headers)) response.appendHeader(name, value);
  if (!body && !script.trailers) response.setHeader("content-length", "0");
  response.writeHead(script.status ?? 200).flushHeaders();
  for (const piece of body ?? []) {
    await pause(pieceGapMs);
    response.write(piece);
  }
  if (body) await pause(pieceGapMs);
  if (script.reset === "after body") return void socket?.destroy();
  if (script.trailers) response.addTrailers(pairsOf(script.trailers));
  if (!script.stays) response.end();
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
