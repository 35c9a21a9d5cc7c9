// An MCP server that answers at once, in a process of its own: what it does costs the same behind every gateway.
import { fork } from "node:child_process";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Upstream } from "./upstream.ts";

const serverInfo = { name: "bench", version: "1.0.0" };
const results: Record<string, object> = {
  initialize: { protocolVersion: "2025-11-25", capabilities: { tools: {} }, serverInfo },
  "tools/list": { tools: [{ name: "ask", description: "Asks", inputSchema: { type: "object" } }] },
  "tools/call": { content: [{ type: "text", text: "The crest of a weir is sharp. ".repeat(20) }] },
};

export function startMcpUpstream(): Promise<Upstream> {
  const child = fork(fileURLToPath(import.meta.url), ["serve"]);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`The MCP server ended with ${code}`)));
    child.once("message", (url) => resolve({ url: String(url), stop: () => void child.kill() }));
  });
}

function answer(body: string, response: ServerResponse): void {
  const { id, method } = JSON.parse(body) as { id?: unknown; method: string };
  if (id === undefined) return void response.writeHead(202).end();
  const result = results[method];
  const error = { code: -32601, message: "Method not found" };
  const reply = JSON.stringify({ jsonrpc: "2.0", id, ...(result ? { result } : { error }) });
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(reply) };
  response.writeHead(200, method === "initialize" ? { ...headers, "mcp-session-id": "bench" } : headers).end(reply);
}

if (process.argv[2] === "serve" && process.send) {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => void (body += chunk));
    request.on("end", () => answer(body, response));
  });
  server.listen(0, "127.0.0.1", () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  process.on("disconnect", () => process.exit());
}
