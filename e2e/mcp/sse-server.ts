// An MCP server of the oldest transport: a stream that names a place to post to, and that brings all answers.
import { randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json } from "./everything-content.ts";
import { replyTo } from "./everything-server.ts";

export interface SseServer {
  /** `http://127.0.0.1:41234/sse` */
  url: string;
  /** How many streams are open. */
  open(): number;
  close(): Promise<void>;
}

export async function startSseServer(): Promise<SseServer> {
  const streams = new Map<string, ServerResponse>();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://server.test");
    if (request.method === "GET" && pathname === "/sse") {
      const id = randomUUID();
      streams.set(id, response);
      response.on("close", () => streams.delete(id));
      response.writeHead(200, { "content-type": "text/event-stream" });
      return void response.write(`event: endpoint\ndata: /messages?session=${id}\n\n`);
    }
    const stream = streams.get(searchParams.get("session") ?? "");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.writeHead(stream ? 202 : 404).end();
    if (stream) await answer(stream, JSON.parse(Buffer.concat(chunks).toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sse`;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url, open: () => streams.size, close };
}

async function answer(stream: ServerResponse, body: Json): Promise<void> {
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
  const reply = await replyTo(body, {
    params: body.params ?? {},
    capabilities: {},
    isModern: false,
    notify: (method, params) => void write({ jsonrpc: "2.0", method, params }),
    request: () => Promise.reject(new Error("Nobody is there to be asked")),
    closeStream: () => {},
    publish: () => {},
  });
  write(reply);
}
