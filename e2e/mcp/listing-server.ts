// An MCP server of the first era that does little but list its tools: as many as wanted, page by page, as slowly as
// wanted, or not at all.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface ListingServer {
  /** `http://127.0.0.1:41234/mcp` */
  url: string;
  tools: string[];
  /** How long each list takes. */
  delayMs: number;
  /** What it answers lists with, in place of a list, if it is not 200. */
  status: number;
  pageSize: number;
  /** How many lists it was asked for. */
  lists: number;
  /** What it was asked and told, as it came. */
  messages: ListingMessage[];
  close(): Promise<void>;
}

export async function startListingServer(tools: string[], options: { pageSize?: number } = {}): Promise<ListingServer> {
  const server = createServer((request, response) => void handle(request, response, listing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const listing: ListingServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    tools,
    delayMs: 0,
    status: 200,
    pageSize: options.pageSize ?? 100,
    lists: 0,
    messages: [],
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return listing;
}

export interface ListingMessage {
  id?: unknown;
  method?: string;
  params?: {
    requestId?: unknown;
    cursor?: string;
    name?: string;
    protocolVersion?: string;
    _meta?: Record<string, unknown>;
  };
}

async function handle(request: IncomingMessage, response: ServerResponse, listing: ListingServer): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const message = JSON.parse(Buffer.concat(chunks).toString() || "{}") as ListingMessage;
  listing.messages.push(message);
  if (message.id === undefined) return void response.writeHead(request.method === "POST" ? 202 : 405).end();
  const isModern = message.params?._meta?.["io.modelcontextprotocol/protocolVersion"] !== undefined;
  if (isModern) return void response.writeHead(400).end();
  if (message.method === "tools/list") {
    listing.lists++;
    await pause(listing.delayMs);
    if (listing.status !== 200) return void response.writeHead(listing.status).end("It is broken");
  }
  const result = resultOf(message, listing);
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
}

function resultOf({ method, params = {} }: ListingMessage, { tools, pageSize }: ListingServer): object {
  if (method === "initialize") {
    const serverInfo = { name: "listing", version: "1.0.0" };
    return { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo };
  }
  if (method === "tools/call") return { content: [{ type: "text", text: `${params.name} was called` }] };
  const from = Number(params.cursor ?? 0);
  const page = tools.slice(from, from + pageSize).map((name) => ({ name, inputSchema: { type: "object" } }));
  return { tools: page, ...(from + pageSize < tools.length && { nextCursor: String(from + pageSize) }) };
}
