// A small HTTP API for tools to lead to, which remembers what it was asked.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

export interface ApiRequest {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
  /** Whether the gateway has gone away before the answer. */
  isAborted: boolean;
}

export interface RestApi {
  /** `http://127.0.0.1:41234` */
  url: string;
  requests: ApiRequest[];
  close(): Promise<void>;
}

/** One pixel. */
export const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

/** No sample at all. */
const wav = Buffer.from("UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=", "base64");

type Handler = (request: ApiRequest, response: ServerResponse) => void;

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "set-cookie": "api=1", "x-code": "c-7" });
  response.end(JSON.stringify(body));
}

/** By the path's first part. */
const handlers: Record<string, Handler> = {
  weather: ({ url }, response) => {
    const { pathname, searchParams } = new URL(url, "http://api.test");
    const city = decodeURIComponent(pathname.split("/")[2] ?? "");
    const days = Number(searchParams.get("days"));
    json(response, 200, { city, days: Array.from({ length: days }, (_, day) => ({ day, degrees: 20 + day })) });
  },
  echo: ({ body, headers, url, method }, response) => json(response, 200, { method, url, headers, body }),
  picture: (_request, response) => void response.writeHead(200, { "content-type": "image/png" }).end(png),
  sound: (_request, response) => void response.writeHead(200, { "content-type": "audio/wav" }).end(wav),
  large: (_request, response) =>
    void response.writeHead(200, { "content-type": "text/plain" }).end("x".repeat(3 << 20)),
  /** One part after the other. */
  steps: (_request, response) => void writeSteps(response),
  nothing: (_request, response) => void response.writeHead(204).end(),
  missing: (_request, response) => json(response, 404, { error: "There is no such thing" }),
  broken: (_request, response) => void response.destroy(),
  slow: () => {},
};

async function writeSteps(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "text/plain" });
  for (const step of ["one ", "two ", "three"]) {
    response.write(step);
    await setTimeout(50);
  }
  response.end();
}

/** Starts it on a free port of this machine. */
export async function startRestApi(): Promise<RestApi> {
  const requests: ApiRequest[] = [];
  const server = createServer((message, response) => void answer(message, response, requests));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, requests, close: () => closeServer(server) };
}

async function answer(message: IncomingMessage, response: ServerResponse, requests: ApiRequest[]): Promise<void> {
  const { method = "", url = "", headers } = message;
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const request = { method, url, headers, body: Buffer.concat(chunks).toString(), isAborted: false };
  response.on("close", () => (request.isAborted = !response.writableEnded));
  requests.push(request);
  const handler = handlers[url.split(/[/?]/)[1] ?? ""];
  if (handler) handler(request, response);
  else json(response, 404, { error: "Unknown" });
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
