// Sessions and streams of MCP clients where Envoys come and go: a second Envoy of a fleet, a gateway that is started
// anew, a secret that is changed, another consumer, a connection that breaks.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ListRootsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer } from "./http-client.ts";
import { startEverythingServer, type EverythingServer } from "./mcp/everything-server.ts";

const [oldSecret, newSecret] = ["fake-session-secret-of-old", "fake-session-secret-of-now"];

const configuration = (secrets: string[] | null, consumers = ""): string => `${gatewayBlock}${
  secrets ? `  mcpSessionSecrets: [${secrets.join(", ")}]\n` : ""
}${consumers}
mcpServers:
  - { name: proxy, mode: proxy, upstream: { url: "${everything.url}" } }
  - name: weather
    tools: [{ name: forecast, description: Tells the weather, responseTemplate: { body: fine } }]
  - { name: all, mode: multiplex, members: [{ server: weather }, { server: proxy }] }
`;

const keys = `
consumers:
  - { name: ada, keys: [{ name: one, key: fake-key-of-ada }] }
  - { name: eve, keys: [{ name: one, key: fake-key-of-eve }] }
`;

let everything: EverythingServer;
let first: Gateway;
let second: Gateway;
beforeAll(async () => {
  everything = await startEverythingServer("legacy");
  first = await startGateway(configuration([newSecret]));
  second = await startGateway(configuration([newSecret]));
});
afterAll(async () => {
  await Promise.all([first, second].map((gateway) => gateway?.stop()));
  await everything?.close();
});

const servers = ["proxy", "all"];
const accept = "application/json, text/event-stream";

interface Where {
  gateway: Gateway;
  server: string;
  session?: string;
  key?: string;
}

const headersOf = ({ session, key }: Where): Record<string, string> => ({
  accept,
  ...(session !== undefined && { "mcp-session-id": session, "mcp-protocol-version": "2025-11-25" }),
  ...(key !== undefined && { authorization: `Bearer ${key}` }),
});

const requestOf = (where: Where, message: object) => ({
  path: `/mcp/${where.server}`,
  json: { jsonrpc: "2.0", ...message },
  headers: headersOf(where),
});

const post = (where: Where, message: object): Promise<HttpAnswer> => send(where.gateway.url, requestOf(where, message));

async function begin(where: Where): Promise<string> {
  const clientInfo = { name: "weir-e2e", version: "1.0.0" };
  const params = { protocolVersion: "2025-11-25", capabilities: { elicitation: {}, roots: {} }, clientInfo };
  const answer = await post(where, { id: 0, method: "initialize", params });
  const session = String(answer.headers["mcp-session-id"]);
  await post({ ...where, session }, { method: "notifications/initialized" });
  return session;
}

const call = (name: string, args: object = {}) => ({ id: 1, method: "tools/call", params: { name, arguments: args } });
const statusIn = async (where: Where) => (await post(where, call("test_simple_text"))).status;

/** The messages in a stream's text, each with the id of its event. */
function messagesOf(text: string): { id: string; message: any }[] {
  return text.split("\n\n").flatMap((block) => {
    const data = /^data: (.+)$/m.exec(block)?.[1];
    return data === undefined ? [] : [{ id: /^id: (.*)$/m.exec(block)?.[1] ?? "", message: JSON.parse(data) }];
  });
}

describe.each(servers)("at %s", (server) => {
  test("a session is served by every Envoy of the fleet", async () => {
    const session = await begin({ gateway: first, server });
    expect(await statusIn({ gateway: second, server, session })).toBe(200);
    expect(await statusIn({ gateway: first, server, session })).toBe(200);
  });

  test("what a server asks by one Envoy may be answered by another", async () => {
    const session = await begin({ gateway: first, server });
    const stream = await open(
      first.url,
      requestOf({ gateway: first, server, session }, call("test_elicitation", { message: "Well?" })),
    );
    await stream.seen("elicitation/create");
    const asked = messagesOf(stream.text()).at(-1)!.message;
    const result = { action: "accept", content: { response: "yes" } };
    const answer = await post({ gateway: second, server, session }, { id: asked.id, result });
    expect(answer.status).toBe(202);
    const messages = messagesOf((await stream.whole).text);
    expect(messages.at(-1)!.message.result.content[0].text).toContain('"response":"yes"');
  });

  test("a stream that breaks off is taken up again at another Envoy, and nothing is lost or told twice", async () => {
    const session = await begin({ gateway: first, server });
    const stream = await open(
      first.url,
      requestOf({ gateway: first, server, session }, call("test_tool_with_logging")),
    );
    await stream.seen("notifications/message");
    stream.leave();
    const seen = messagesOf((await stream.whole).text);
    const last = seen.at(-1)!.id;
    expect(last.startsWith("proxy~")).toBe(server === "all");
    const headers = { ...headersOf({ gateway: second, server, session }), "last-event-id": last };
    const rest = await open(second.url, { path: `/mcp/${server}`, headers });
    await rest.seen('"result"');
    rest.leave();
    const missed = messagesOf((await rest.whole).text);
    const all = [...seen, ...missed];
    expect(all.filter(({ message }) => message.method === "notifications/message")).toHaveLength(3);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.at(-1)!.message).toMatchObject({ id: 1, result: { content: [{ text: "Done" }] } });
  });

  test("a session that has ended at one Envoy is over at the server, and so everywhere", async () => {
    const session = await begin({ gateway: first, server });
    const end = await send(first.url, {
      path: `/mcp/${server}`,
      method: "DELETE",
      headers: headersOf({ gateway: first, server, session }),
    });
    expect(end.status).toBe(204);
    expect(await statusIn({ gateway: first, server, session })).toBe(404);
    expect(await statusIn({ gateway: second, server, session })).toBe(404);
  });

  test("a stock client goes on with its session where a second Envoy takes over", async () => {
    const transport = new StreamableHTTPClientTransport(new URL(`/mcp/${server}`, first.url));
    const client = new Client({ name: "weir-e2e", version: "1.0.0" }, { capabilities: { roots: {} } });
    client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: "file:///home/ada", name: "Home" }] }));
    await client.connect(transport as never);
    const own = new Client({ name: "weir-e2e", version: "1.0.0" }, { capabilities: { roots: {} } });
    own.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: "file:///home/eve", name: "Home" }] }));
    const moved = new StreamableHTTPClientTransport(new URL(`/mcp/${server}`, second.url), {
      sessionId: transport.sessionId!,
    });
    moved.setProtocolVersion("2025-11-25");
    await own.connect(moved as never);
    for (const [each, home] of [
      [client, "ada"],
      [own, "eve"],
    ] as const) {
      const result = (await each.callTool({ name: "test_roots", arguments: {} })) as any;
      expect(JSON.parse(result.content[0].text)).toEqual([{ uri: `file:///home/${home}`, name: "Home" }]);
    }
    await Promise.all([client.close(), own.close()]);
  });
});

describe("a gateway that is started anew", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-state-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("knows the sessions from before by the secret in its state folder, and another gateway does not", async () => {
    const before = await startGateway(configuration(null), { WEIR_STATE: folder });
    const sessions = await Promise.all(servers.map((server) => begin({ gateway: before, server })));
    await before.stop();
    const after = await startGateway(configuration(null), { WEIR_STATE: folder });
    try {
      const statuses = servers.map((server, index) => statusIn({ gateway: after, server, session: sessions[index]! }));
      expect(await Promise.all(statuses)).toEqual([200, 200]);
      const elsewhere = servers.map((server, at) => statusIn({ gateway: first, server, session: sessions[at]! }));
      expect(await Promise.all(elsewhere)).toEqual([404, 404]);
    } finally {
      await after.stop();
    }
  });
});

describe("a change of the configuration", () => {
  test("of the secret costs no session while the old one is named beside the new one", async () => {
    await second.configure(configuration([oldSecret]));
    const session = await begin({ gateway: second, server: "all" });
    await second.configure(configuration([newSecret, oldSecret]));
    expect(await statusIn({ gateway: second, server: "all", session })).toBe(200);
    const renewed = await begin({ gateway: second, server: "all" });
    await second.configure(configuration([newSecret]));
    await vi.waitFor(async () => expect(await statusIn({ gateway: second, server: "all", session })).toBe(404));
    expect(await statusIn({ gateway: second, server: "all", session: renewed })).toBe(200);
  });

  test("that asks for keys: a session is its consumer's alone", async () => {
    await second.configure(configuration([newSecret], keys));
    const [ada, eve] = ["fake-key-of-ada", "fake-key-of-eve"];
    for (const server of servers) {
      const session = await begin({ gateway: second, server, key: ada });
      const status = (key: string) => statusIn({ gateway: second, server, session, key });
      expect([await status(ada), await status(eve), await status("fake-key")]).toEqual([200, 404, 401]);
    }
  });
});
