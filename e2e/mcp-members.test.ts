// Several servers as one where they are slow, broken, many or new: lists take as long as the slowest, keep the rest,
// stay in order, and give nothing another name.
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send } from "./http-client.ts";
import { startEverythingServer, type EverythingServer } from "./mcp/everything-server.ts";
import { startListingServer, type ListingServer } from "./mcp/listing-server.ts";

const toolsOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}_${String(index).padStart(3, "0")}`);

let many: ListingServer[];
let small: ListingServer[];
let everything: EverythingServer;
let gateway: Gateway;
beforeAll(async () => {
  many = await Promise.all(["a", "b", "c"].map((prefix) => startListingServer(toolsOf(prefix, 250))));
  small = await Promise.all([["get", "find"], ["put"], ["get", "drop"]].map((tools) => startListingServer(tools)));
  everything = await startEverythingServer("legacy");
  gateway = await startGateway(configuration());
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([...(many ?? []), ...(small ?? []), everything].map((server) => server?.close()));
});
beforeEach(() => {
  for (const server of [...many, ...small]) Object.assign(server, { delayMs: 0, status: 200 });
});

const proxy = (name: string, url: string): string =>
  `  - { name: ${name}, mode: proxy, upstream: { url: "${url}", listTimeout: 1500ms } }\n`;

/** `third` is added to the sets of small servers. */
function configuration(third = false): string {
  const members = `[{ server: s0, aliases: { find: seek } }, { server: s1 }${third ? ", { server: s2 }" : ""}]`;
  return `${gatewayBlock}
mcpServers:
${many.map(({ url }, index) => proxy(`m${index}`, url)).join("")}${small.map(({ url }, at) => proxy(`s${at}`, url)).join("")}
${proxy("every", everything.url)}
${proxy("gone", "http://127.0.0.1:@CLOSED_PORT@/mcp")}
  - { name: many, mode: multiplex, pageSize: 100, members: [{ server: m0 }, { server: m1 }, { server: m2 }] }
  - { name: some, mode: multiplex, members: [{ server: m0 }, { server: gone }, { server: m1 }, { server: m2 }], pageSize: 1000 }
  - { name: conditional, mode: multiplex, members: ${members} }
  - { name: always, mode: multiplex, prefix: always, members: ${members} }
  - { name: never, mode: multiplex, prefix: never, members: ${members} }
  - name: local
    tools: [{ name: forecast, description: Tells the weather, responseTemplate: { body: fine } }]
  - { name: one-remote, mode: multiplex, members: [{ server: local }, { server: s1 }] }
  - { name: one-remote-always, mode: multiplex, prefix: always, members: [{ server: local }, { server: s1 }] }
  - { name: one-remote-limited, mode: multiplex, members: [{ server: local }, { server: s1, tools: [put] }] }
  - { name: every-of-two, mode: multiplex, members: [{ server: s1 }, { server: every }] }
`;
}

const implementation = { name: "weir-e2e", version: "1.0.0" };

/** What both clients have. */
interface AnyClient {
  listTools(params?: object): Promise<any>;
  callTool(params: object, ...rest: any[]): Promise<any>;
  close(): Promise<void>;
}

async function legacyClient(server: string): Promise<AnyClient> {
  const client = new Client(implementation);
  await client.connect(new StreamableHTTPClientTransport(new URL(`/mcp/${server}`, gateway.url)) as never);
  return client as AnyClient;
}

async function modernClient(server: string): Promise<AnyClient> {
  const client = new ModernClient(implementation, { versionNegotiation: { mode: { pin: "2026-07-28" } } } as never);
  await client.connect(new ModernTransport(new URL(`/mcp/${server}`, gateway.url)));
  return client as AnyClient;
}

const namesOf = ({ tools }: { tools: { name: string }[] }) => tools.map(({ name }) => name);

describe.each([
  ["a client of the first era", legacyClient],
  ["a client of the second era", modernClient],
])("%s", (_name, connect) => {
  test("turns pages through three members of 250 tools each, in the members' order", async () => {
    const client = await connect("many");
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listTools(cursor === undefined ? {} : { cursor });
      pages.push(namesOf(page));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    // The newer client turns them by itself.
    expect(pages.length).toBe(client instanceof ModernClient ? 1 : 8);
    expect(pages.flat()).toEqual(["a", "b", "c"].flatMap((prefix) => toolsOf(prefix, 250)));
    expect((await client.callTool({ name: "c_249", arguments: {} })).content[0].text).toBe("c_249 was called");
    await client.close();
  });

  test("waits for the slowest of them, and not for all after one another", async () => {
    const client = await connect("some");
    await client.listTools();
    // Three pages each: what one member takes is three times this.
    for (const server of many) server.delayMs = 300;
    const before = performance.now();
    const { tools } = await client.listTools();
    const tookMs = performance.now() - before;
    expect(tools).toHaveLength(750);
    // The machine may be busy; one after the other would be 2700.
    expect(tookMs).toBeGreaterThanOrEqual(890);
    expect(tookMs).toBeLessThan(1900);
    await client.close();
  });

  test("gets the rest where one is too slow, one is broken and one is gone, and is told which", async () => {
    const client = await connect("some");
    many[0]!.delayMs = 3000;
    many[1]!.status = 500;
    const before = performance.now();
    const { tools, _meta } = await client.listTools();
    expect(performance.now() - before).toBeLessThan(2900);
    expect(namesOf({ tools })).toEqual(toolsOf("c", 250));
    const absent = _meta["weir/unavailable"].map(({ server }: { server: string }) => server);
    expect(absent.toSorted()).toEqual(["gone", "m0", "m1"]);
    expect((await client.callTool({ name: "c_000", arguments: {} })).content[0].text).toBe("c_000 was called");
    await client.close();
  });
});

test("the order is the same a hundred times, whoever answers first", async () => {
  const list = async () => {
    const json = { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} };
    return namesOf(((await send(gateway.url, { path: "/mcp/some", json })).json as any).result).join();
  };
  const all = new Set<string>();
  for (let round = 0; round < 100; round++) {
    for (const [index, server] of many.entries()) server.delayMs = ((round + index) * 7) % 5;
    all.add(await list());
  }
  expect([...all]).toEqual([["a", "b", "c"].flatMap((prefix) => toolsOf(prefix, 250)).join()]);
});

test("a member that comes later takes no other's name, unless names are conditional", async () => {
  const listed = async (server: string) => {
    const client = await legacyClient(server);
    const names = namesOf(await client.listTools());
    await client.close();
    return names;
  };
  const sets = ["conditional", "always", "never"];
  const before = await Promise.all(sets.map(listed));
  expect(before).toEqual([
    ["get", "seek", "put"],
    ["s0__get", "seek", "s1__put"],
    ["get", "seek", "put"],
  ]);
  await gateway.configure(configuration(true));
  const [conditional, always, never] = await Promise.all(sets.map(listed));
  expect(conditional).toEqual(["s0__get", "seek", "put", "s2__get", "drop"]);
  expect(always).toEqual(["s0__get", "seek", "s1__put", "s2__get", "s2__drop"]);
  // What two have is nobody's: it must not be another server's overnight.
  expect(never).toEqual(["seek", "put", "drop"]);
  const client = await legacyClient("never");
  await expect(client.callTool({ name: "get", arguments: {} })).rejects.toThrow("s0 and s2 both have it");
  expect((await client.callTool({ name: "seek", arguments: {} })).content[0].text).toBe("find was called");
  await client.close();
  await gateway.configure(configuration());
});

describe("a call's stream through several servers as one", () => {
  const path = "/mcp/every-of-two";
  const accept = "application/json, text/event-stream";
  const begin = async (): Promise<Record<string, string>> => {
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: implementation };
    const json = { jsonrpc: "2.0", id: 0, method: "initialize", params };
    const answer = await send(gateway.url, { path, json, headers: { accept } });
    return { accept, "mcp-session-id": String(answer.headers["mcp-session-id"]) };
  };
  const call = (name: string, headers: Record<string, string>) => {
    const params = { name, arguments: {}, _meta: { progressToken: "p" } };
    return open(gateway.url, { path, headers, json: { jsonrpc: "2.0", id: "c-1", method: "tools/call", params } });
  };

  test("brings progress as it is made", async () => {
    const stream = await call("test_tool_with_progress", await begin());
    const seenMs: number[] = [];
    for (const progress of [0, 50, 100]) {
      await stream.seen(`"progress":${progress},`);
      seenMs.push(performance.now());
    }
    await stream.whole;
    // The server pauses 50 ms between two: held back until the end, all would come at once.
    expect(seenMs[1]! - seenMs[0]!).toBeGreaterThan(20);
    expect(seenMs[2]! - seenMs[1]!).toBeGreaterThan(20);
  });

  test("carries the client's cancellation to the server that works on it", async () => {
    const headers = await begin();
    everything.requests.length = 0;
    const stream = await call("test_tool_with_logging", headers);
    await stream.seen("notifications/message");
    const params = { requestId: "c-1", reason: "Enough" };
    const json = { jsonrpc: "2.0", method: "notifications/cancelled", params };
    expect((await send(gateway.url, { path, headers, json })).status).toBe(202);
    await vi.waitFor(() => {
      const cancelled = everything.requests.find(({ body }) => body?.method === "notifications/cancelled");
      const called = everything.requests.find(({ body }) => body?.method === "tools/call");
      expect(cancelled?.body.params).toEqual({ ...params, requestId: called?.body.id });
    });
    stream.leave();
  });
});

describe("what is in no list", () => {
  const ask = async (server: string) => {
    const json = { jsonrpc: "2.0", id: 5, method: "tools/call", params: { name: "unlisted", arguments: { a: 1 } } };
    return (await send(gateway.url, { path: `/mcp/${server}`, json })).json as any;
  };
  const unknown = { code: -32602, message: "Unknown tool: unlisted" };

  test("is asked of the only server that may have it", async () => {
    expect((await ask("one-remote")).result.content[0].text).toBe("unlisted was called");
  });

  test.each([
    ["two may have it", "every-of-two"],
    ["names have their server's in front", "one-remote-always"],
    ["the member is for other tools", "one-remote-limited"],
  ])("is nobody's where %s", async (_why, server) => {
    everything.requests.length = 0;
    expect((await ask(server)).error).toMatchObject(unknown);
    expect(everything.requests.some(({ body }) => body?.method === "tools/call")).toBe(false);
  });

  test("is nobody's while a server has not told its list", async () => {
    small[1]!.status = 500;
    // What is known from a moment ago still counts.
    await vi.waitFor(async () => expect((await ask("one-remote")).error).toMatchObject(unknown), 5_000);
  });
});
