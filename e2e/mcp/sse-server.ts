// An MCP server of the oldest transport: a stream that names a place to post to, and that brings all answers.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { RpcFailure, type Json } from "./everything-content.ts";
import { replyTo } from "./everything-server.ts";

export interface SseServer {
  /** `http://127.0.0.1:41234/sse` */
  url: string;
  port: number;
  /** All that was sent to it. */
  requests: { method: string; headers: IncomingMessage["headers"]; body: Json }[];
  /** Whether calls of tools are taken and never answered. */
  isSilent: boolean;
  /** How many streams are open. */
  open(): number;
  close(): Promise<void>;
}

/** By the ids of what its client was asked. */
type Asked = Map<string, (answer: Json) => void>;

/** `port`: 0 for a free one. */
export async function startSseServer(port = 0): Promise<SseServer> {
  const streams = new Map<string, ServerResponse>();
  const asked: Asked = new Map();
  const requests: SseServer["requests"] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://server.test");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === "" ? undefined : JSON.parse(text);
    requests.push({ method: request.method!, headers: request.headers, body });
    if (request.method === "GET" && pathname === "/sse") {
      const id = randomUUID();
      streams.set(id, response);
      response.on("close", () => streams.delete(id));
      response.writeHead(200, { "content-type": "text/event-stream" });
      return void response.write(`event: endpoint\ndata: /messages?session=${id}\n\n`);
    }
    const stream = streams.get(searchParams.get("session") ?? "");
    response.writeHead(stream ? 202 : 404).end();
    if (stream && !(self.isSilent && body.method === "tools/call")) await answer(stream, body, asked);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const listening = (server.address() as AddressInfo).port;
  const self: SseServer = {
    url: `http://127.0.0.1:${listening}/sse`,
    port: listening,
    requests,
    isSilent: false,
    open: () => streams.size,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return self;
}

async function answer(stream: ServerResponse, body: Json, asked: Asked): Promise<void> {
  if (body.method === undefined) return asked.get(body.id)?.(body);
  if (body.id === undefined) return;
  const write = (message: object) => stream.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  if (body.method === "initialize") {
    const serverInfo = { name: "oldest", version: "1.0.0" };
    const result = {
      protocolVersion: "2024-11-05",
      capabilities: { tools: {}, prompts: {}, resources: {} },
      serverInfo,
    };
    return void write({ jsonrpc: "2.0", id: body.id, result });
  }
  const ask = async (method: string, params: object) => {
    const id = randomUUID();
    const answered = new Promise<Json>((resolve) => asked.set(id, resolve));
    write({ jsonrpc: "2.0", id, method, params });
    const { result, error } = await answered;
    if (error) throw new RpcFailure(error.code, error.message);
    return result;
  };
  const reply = await replyTo(body, {
    params: body.params ?? {},
    capabilities: { sampling: {}, elicitation: {} },
    isModern: false,
    notify: (method, params) => void write({ jsonrpc: "2.0", method, params }),
    request: ask,
    closeStream: () => {},
    publish: () => {},
  });
  write(reply);
}
