// Clients that do not wait any more, on a real Envoy: whatever was asked for them is taken back or closed.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send } from "./http-client.ts";
import { startListingServer, type ListingServer } from "./mcp/listing-server.ts";

/** A server of the second era that works on each call for ever, and sees who has left. */
interface EndlessServer {
  url: string;
  calls: number;
  left: number;
  close(): Promise<void>;
}

async function startEndlessServer(): Promise<EndlessServer> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const { id, method } = JSON.parse(body) as { id: unknown; method: string };
      if (method === "tools/call") {
        endless.calls++;
        response.on("close", () => endless.left++);
        return;
      }
      const result = { supportedVersions: ["2026-07-28"], capabilities: { tools: {} }, resultType: "complete" };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { ...result, ttlMs: 0, cacheScope: "private" } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endless: EndlessServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    calls: 0,
    left: 0,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return endless;
}

let slow: ListingServer;
let quick: ListingServer;
let endless: EndlessServer;
let gateway: Gateway;
beforeAll(async () => {
  slow = await startListingServer(["dig"]);
  quick = await startListingServer(["find"]);
  endless = await startEndlessServer();
  gateway = await startGateway(`${gatewayBlock}
mcpServers:
  - { name: slow, mode: proxy, upstream: { url: "${slow.url}", listTimeout: 20s } }
  - { name: quick, mode: proxy, upstream: { url: "${quick.url}" } }
  - { name: endless, mode: proxy, upstream: { url: "${endless.url}", protocol: modern } }
  - { name: both, mode: multiplex, members: [{ server: slow }, { server: quick }] }
`);
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([slow?.close(), quick?.close(), endless?.close()]);
});
beforeEach(() => {
  slow.delayMs = 15_000;
  for (const server of [slow, quick]) server.messages.length = 0;
});

/** Less than a list takes. */
const waitMs = 10_000;
const accept = "application/json, text/event-stream";

async function begin(server: string): Promise<Record<string, string>> {
  const clientInfo = { name: "weir-e2e", version: "1.0.0" };
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  const json = { jsonrpc: "2.0", id: 0, method: "initialize", params };
  const answer = await send(gateway.url, { path: `/mcp/${server}`, json, headers: { accept } });
  return { accept, "mcp-session-id": String(answer.headers["mcp-session-id"]) };
}

/** A request under way. */
function ask(server: string, method: string, headers: Record<string, string>, id: unknown = 1, params: object = {}) {
  const abort = new AbortController();
  const json = { jsonrpc: "2.0", id, method, params };
  const answer = open(gateway.url, { path: `/mcp/${server}`, headers, json, signal: abort.signal });
  const text = answer.then(({ whole }) => whole).then(({ body }) => body.toString());
  text.catch(() => undefined);
  return { text, leave: () => abort.abort() };
}

function callOff(server: string, requestId: unknown, headers: Record<string, string>) {
  const json = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } };
  return send(gateway.url, { path: `/mcp/${server}`, headers, json });
}

const listsAt = ({ messages }: ListingServer) => messages.filter(({ method }) => method === "tools/list");
const takenBackAt = ({ messages }: ListingServer) =>
  messages.filter(({ method }) => method === "notifications/cancelled").map(({ params }) => params?.requestId);

describe("a list of several servers", () => {
  test.each(["in a session", "without one"])("is taken back where a client leaves, %s", async (how) => {
    const { leave } = ask("both", "tools/list", how === "in a session" ? await begin("both") : { accept });
    await vi.waitFor(() => expect([listsAt(slow).length, listsAt(quick).length]).toEqual([1, 1]), waitMs);
    leave();
    await vi.waitFor(() => expect(takenBackAt(slow)).toEqual([listsAt(slow)[0]!.id]), waitMs);
  });

  test("ends where a client says so, at whatever worker it says it", async () => {
    const headers = await begin("both");
    for (let id = 1; id <= 8; id++) {
      const { text } = ask("both", "tools/list", headers, id);
      await vi.waitFor(() => expect(listsAt(slow)).toHaveLength(id), waitMs);
      expect((await callOff("both", id, headers)).status).toBe(202);
      expect(await text).toBe(": cancelled\n\n");
    }
    await vi.waitFor(() => {
      const told = takenBackAt(slow);
      for (const { id } of listsAt(slow)) expect(told).toContain(id);
    }, waitMs);
  });
});

test("a call to a server of the second era is closed where a client of the first says that it does not wait", async () => {
  const headers = await begin("endless");
  const { text } = ask("endless", "tools/call", headers, "c", { name: "dig" });
  await vi.waitFor(() => expect(endless.calls).toBe(1), waitMs);
  expect((await callOff("endless", "c", headers)).status).toBe(202);
  expect(await text).toBe(": cancelled\n\n");
  await vi.waitFor(() => expect(endless.left).toBe(1), waitMs);
});
