// A scripted provider: keeps what it received and answers as it is told.
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer = (response: ServerResponse, received: Received, index: number) => void;

export interface Provider {
  port: number;
  received: Received[];
  /** How the next requests are answered. */
  answer: Answer;
  close(): void;
}

export async function startProvider(): Promise<Provider> {
  const provider: Provider = {
    port: 0,
    received: [],
    answer: (response) => response.end(),
    close: () => server.closeAllConnections(),
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("latin1");
    const received = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
    provider.received.push(received);
    provider.answer(response, received, provider.received.length - 1);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  provider.port = (server.address() as AddressInfo).port;
  provider.close = () => {
    server.close();
    server.closeAllConnections();
  };
  return provider;
}
