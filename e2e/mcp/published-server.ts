// The official example of a server, as it is published, in a process of its own.
// https://www.npmjs.com/package/@modelcontextprotocol/server-everything
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { freePort } from "../../envoy/test/ports.ts";
import { TestProcess } from "../child-process.ts";

const manifest = createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/package.json");
const program = join(dirname(manifest), "dist/index.js");
const loopback = join(import.meta.dirname, "loopback.ts");

export interface PublishedServer {
  /** `http://127.0.0.1:41234/mcp`, or `/sse` for the oldest transport. */
  url: string;
  stop(): Promise<void>;
}

export async function startPublishedServer(transport: "streamableHttp" | "sse"): Promise<PublishedServer> {
  const port = await freePort();
  const server = new TestProcess(process.execPath, ["--import", loopback, program, transport], {
    env: { PORT: String(port) },
  });
  await server.said(/(listening|running) on port/);
  const path = transport === "sse" ? "sse" : "mcp";
  return { url: `http://127.0.0.1:${port}/${path}`, stop: () => server.stop() };
}
