// Servers of HTTP+SSE as members of several as one: a server's stream never ends, yet it is listed, called and missed
// as any other.
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Secret } from "../control/src/model/secret.ts";
import { buildBootstrap } from "../envoy/bootstrap.ts";
import { xdsTokenVariable } from "../envoy/control-cluster.ts";
import { EnvoyProcess } from "../envoy/envoy-process.ts";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send } from "./http-client.ts";
import { startEverythingServer, type EverythingServer } from "./mcp/everything-server.ts";
import { startPublishedServer, type PublishedServer } from "./mcp/published-server.ts";
import { startSseServer, type SseServer } from "./mcp/sse-server.ts";

const fakeToken = "fake-token-of-the-oldest";

const configuration = (): string => `${gatewayBlock}
mcpServers:
  - name: weather
    tools: [{ name: forecast, description: Tells the weather, responseTemplate: { body: fine } }]
  - { name: usual, mode: proxy, upstream: { url: "${usual.url}" }, allowTools: [test_image_content] }
  - name: oldest
    mode: proxy
    timeout: 1500ms
    upstream:
      url: ${oldest.url}
      transport: sse
      headers: [{ key: x-tenant, value: one }]
    securitySchemes: [{ id: key, type: http, scheme: bearer, defaultCredential: ${fakeToken} }]
    defaultUpstreamSecurity: { id: key }
  - { name: published, mode: proxy, upstream: { url: "${published.url}", transport: sse } }
  - { name: gone, mode: proxy, upstream: { url: "http://127.0.0.1:@CLOSED_PORT@/sse", transport: sse } }
  - { name: all, mode: multiplex, members: [{ server: weather }, { server: usual }, { server: oldest }, { server: gone }] }
  - { name: both, mode: multiplex, notificationsFrom: oldest, members: [{ server: oldest }, { server: published }] }
  - name: some
    mode: multiplex
    prefix: always
    members: [{ server: oldest, tools: [test_simple_text, test_error_handling], aliases: { test_simple_text: say } }]
`;

let usual: EverythingServer;
let oldest: SseServer;
let published: PublishedServer;
let gateway: Gateway;
beforeAll(async () => {
  usual = await startEverythingServer("both");
  oldest = await startSseServer();
  // It stands on the official SDK's SSEServerTransport.
  published = await startPublishedServer("sse");
  gateway = await startGateway(configuration());
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([usual?.close(), oldest?.close(), published?.stop()]);
});

const implementation = { name: "weir-e2e", version: "1.0.0" };

/** What both clients have. */
interface AnyClient {
  listTools(): Promise<any>;
  listResources(): Promise<any>;
  callTool(params: object, ...rest: any[]): Promise<any>;
  getPrompt(params: object): Promise<any>;
  readResource(params: object): Promise<any>;
  getServerCapabilities(): any;
  close(): Promise<void>;
}

async function legacyClient(server: string): Promise<AnyClient> {
  const client = new Client(implementation);
  await client.connect(new StreamableHTTPClientTransport(new URL(`/mcp/${server}`, gateway.url)) as never);
  return client as unknown as AnyClient;
}

async function modernClient(server: string): Promise<AnyClient> {
  const client = new ModernClient(implementation, { versionNegotiation: { mode: { pin: "2026-07-28" } } } as never);
  await client.connect(new ModernTransport(new URL(`/mcp/${server}`, gateway.url)));
  return client as unknown as AnyClient;
}

const textOf = (result: any): string => result.content[0].text;
const namesOf = ({ tools }: any): string[] => tools.map(({ name }: any) => name);

const request = (method: string, params: object = {}) => ({ jsonrpc: "2.0", id: 5, method, params });
const post = (server: string, json: unknown) => send(gateway.url, { path: `/mcp/${server}`, json });
const call = (name: string, args: object = {}) => request("tools/call", { name, arguments: args });
const listOf = async (server: string) => ((await post(server, request("tools/list"))).json as any).result;

describe.each([
  ["a client of the first era", legacyClient],
  ["a client of the second era", modernClient],
])("%s", (_name, connect) => {
  test("gets one among others, and is told of one that is gone", async () => {
    const client = await connect("all");
    const list = await client.listTools();
    expect(namesOf(list).slice(0, 3)).toEqual(["forecast", "usual__test_image_content", "test_simple_text"]);
    expect(list._meta["weir/unavailable"]).toEqual([{ server: "gone", reason: "could not be reached" }]);
    expect(textOf(await client.callTool({ name: "forecast", arguments: {} }))).toBe("fine");
    expect(textOf(await client.callTool({ name: "test_simple_text", arguments: {} }))).toContain("simple text");
    expect((await client.callTool({ name: "test_error_handling", arguments: {} })).isError).toBe(true);
    await client.close();
  });

  test("gets two of them as one", async () => {
    const client = await connect("both");
    expect(client.getServerCapabilities()).toMatchObject({ tools: {}, prompts: {}, resources: {} });
    expect(namesOf(await client.listTools())).toEqual(expect.arrayContaining(["test_simple_text", "get-sum"]));
    expect(textOf(await client.callTool({ name: "test_simple_text", arguments: {} }))).toContain("simple text");
    expect(textOf(await client.callTool({ name: "get-sum", arguments: { a: 2, b: 3 } }))).toContain("5");
    expect((await client.listResources()).resources.length).toBeGreaterThan(2);
    const prompt = await client.getPrompt({ name: "test_prompt_with_arguments", arguments: { arg1: "a", arg2: "b" } });
    expect(prompt.messages[0].content.text).toContain("arg1='a', arg2='b'");
    const { contents } = await client.readResource({ uri: "test://template/7/data" });
    expect(JSON.parse(contents[0].text).id).toBe("7");
    await client.close();
  });

  test("hears how far a call is", async () => {
    const client = await connect("all");
    const seen: number[] = [];
    const onprogress = ({ progress }: { progress: number }) => void seen.push(progress);
    const params = { name: "test_tool_with_progress", arguments: {} };
    const isModern = client instanceof ModernClient;
    await (isModern ? client.callTool(params, { onprogress }) : client.callTool(params, undefined, { onprogress }));
    expect(seen).toEqual([0, 50, 100]);
    await client.close();
  });

  test("sees the names and tools that are configured", async () => {
    const client = await connect("some");
    expect(namesOf(await client.listTools())).toEqual(["say", "oldest__test_error_handling"]);
    expect(textOf(await client.callTool({ name: "say", arguments: {} }))).toContain("simple text");
    await expect(client.callTool({ name: "oldest__test_image_content", arguments: {} })).rejects.toThrow(
      "Unknown tool",
    );
    await client.close();
  });
});

test("a tool is called that nobody has listed yet", async () => {
  // A change that no list knows of: what is known of names begins anew.
  await gateway.configure(configuration().replace("prefix: always", "prefix: always\n    pageSize: 7"));
  const answer = await post("some", call("oldest__test_error_handling"));
  expect(answer.json).toMatchObject({ id: 5, result: { isError: true } });
  await gateway.configure(configuration());
});

test("many calls at once get each its own answer, and leave no stream open", async () => {
  const ask = async (id: number) => {
    const params = { name: "add_numbers_of_nobody", arguments: {} };
    const prompt = { name: "test_prompt_with_arguments", arguments: { arg1: `a${id}`, arg2: "b" } };
    const json = { ...(id % 5 ? request("prompts/get", prompt) : request("tools/call", params)), id };
    return [id, (await post("both", json)).json] as const;
  };
  for (const [id, json] of await Promise.all(Array.from({ length: 40 }, (_, id) => ask(id)))) {
    if (id % 5) expect(JSON.stringify(json)).toContain(`arg1='a${id}'`);
    else expect(json).toMatchObject({ id, error: { message: "Unknown tool: add_numbers_of_nobody" } });
    expect(json).toMatchObject({ id });
  }
  await vi.waitFor(() => expect(oldest.open()).toBe(0));
});

test("a batch is answered message by message", async () => {
  const list = { ...request("tools/list"), id: 1 };
  const { status, json } = await post("all", [list, { ...call("test_audio_content"), id: 2 }]);
  const results = [
    { id: 1, result: { tools: expect.anything() } },
    { id: 2, result: { content: [{ type: "audio" }] } },
  ];
  expect([status, json]).toMatchObject([200, results]);
});

test("what it asks is answered at once: nobody is there", async () => {
  const { json } = await post("all", call("test_sampling", { prompt: "Say" }));
  expect(json).toMatchObject({
    id: 5,
    error: { code: -32601, message: expect.stringContaining("Nobody can be asked") },
  });
});

test("nobody can listen to it", async () => {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: implementation };
  const session = (await post("both", request("initialize", params))).headers["mcp-session-id"];
  const headers = { accept: "text/event-stream", "mcp-session-id": String(session) };
  expect((await send(gateway.url, { path: "/mcp/both", headers })).status).toBe(405);
});

test("it gets the gateway's credential and headers, and nothing of the client's own or of the gateway's insides", async () => {
  oldest.requests.length = 0;
  const headers = { authorization: "Bearer the-clients-own", cookie: "a=b", "x-weir-mcp-server": "published" };
  await send(gateway.url, { path: "/mcp/all", json: call("test_simple_text"), headers });
  expect(oldest.requests.map(({ body }) => body?.method)).toEqual(
    expect.arrayContaining([undefined, "initialize", "notifications/initialized", "tools/call"]),
  );
  for (const { method, headers: sent } of oldest.requests) {
    expect([sent.authorization, sent["x-tenant"], sent.cookie]).toEqual([`Bearer ${fakeToken}`, "one", undefined]);
    const unwanted = method === "GET" ? /weir|envoy|forwarded/ : /weir/;
    expect(Object.keys(sent).filter((name) => unwanted.test(name))).toEqual([]);
  }
});

describe("a member in trouble", () => {
  test("that does not answer ends in time, and its stream with it", async () => {
    oldest.isSilent = true;
    const answer = await post("all", call("test_simple_text"));
    oldest.isSilent = false;
    expect([answer.status, answer.json]).toMatchObject([
      504,
      { id: 5, error: { code: -32603, message: "The server oldest did not answer in time" } },
    ]);
    await vi.waitFor(() => expect(oldest.open()).toBe(0));
  });

  test("whose client leaves has its stream closed", async () => {
    oldest.isSilent = true;
    const abort = new AbortController();
    const left = open(gateway.url, { path: "/mcp/all", json: call("test_simple_text"), signal: abort.signal });
    await vi.waitFor(() => expect(oldest.open()).toBe(1));
    abort.abort();
    await expect(left).rejects.toThrow();
    await vi.waitFor(() => expect(oldest.open()).toBe(0));
    oldest.isSilent = false;
  });

  test.each(["all", "oldest"])("whose client says that it does not wait has its stream closed: %s", async (server) => {
    const path = `/mcp/${server}`;
    const accept = "application/json, text/event-stream";
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: implementation };
    const session = (await post(server, request("initialize", params))).headers["mcp-session-id"];
    const headers = { accept, "mcp-session-id": String(session) };
    oldest.isSilent = true;
    const begun = send(gateway.url, { path, headers, json: call("test_simple_text") });
    await vi.waitFor(() => expect(oldest.open()).toBe(1));
    const json = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 5 } };
    expect((await send(gateway.url, { path, headers, json })).status).toBe(202);
    expect((await begun).text).toBe(": cancelled\n\n");
    await vi.waitFor(() => expect(oldest.open()).toBe(0));
    oldest.isSilent = false;
  });

  test("is killed in the middle of a call: the rest serves on, and it comes back", async () => {
    oldest.isSilent = true;
    oldest.requests.length = 0;
    const begun = post("all", call("test_simple_text"));
    await vi.waitFor(() => expect(oldest.requests.some(({ body }) => body?.method === "tools/call")).toBe(true));
    const { port } = oldest;
    await oldest.close();
    expect([(await begun).status, (await begun).json]).toMatchObject([
      502,
      { id: 5, error: { message: expect.stringMatching(/^The server oldest (has ended|could not be|answered)/) } },
    ]);
    const list = await listOf("all");
    expect(namesOf(list)).toEqual(["forecast", "test_image_content"]);
    const absent = list._meta["weir/unavailable"].map(({ server }: any) => server);
    expect(absent.toSorted()).toEqual(["gone", "oldest"]);
    expect((await post("all", call("forecast"))).json).toMatchObject({ result: { content: [{ text: "fine" }] } });
    oldest = await startSseServer(port);
    await vi.waitFor(async () => expect(namesOf(await listOf("all"))).toContain("test_simple_text"), 10_000);
    // Each worker has lists of its own, which it believes for a moment.
    await vi.waitFor(async () => {
      const { json } = await post("all", call("test_simple_text"));
      expect(JSON.stringify(json)).toContain("simple text");
    }, 10_000);
  });
});

test("an Envoy whose bootstrap does not allow it serves all but such members, and is told what to add", async () => {
  const token = new Secret("fake-token-that-joins", { kind: "literal" });
  const fleet = await startGateway(configuration(), {}, { envoy: false, control: { xds: { port: 0, token } } });
  const xds = { address: "127.0.0.1", port: fleet.weir.xdsPort };
  const joined = new EnvoyProcess({
    path: (await findEnvoy()).path,
    concurrency: 1,
    env: { ...process.env, [xdsTokenVariable]: token.reveal() },
    bootstrap: (admin) => {
      const { bootstrap_extensions: _, ...older } = buildBootstrap({ nodeId: "edge", admin, xds });
      return older;
    },
  });
  try {
    await joined.start();
    await fleet.reported(
      /REJECTED.*InternalListener.*bootstrap_extensions: \{ name: envoy\.bootstrap\.internal_listener/,
    );
    const list = () => send(fleet.url, { path: "/mcp/all", json: request("tools/list") });
    await vi.waitFor(async () => expect((await list()).status).toBe(200), 10_000);
    const { result } = (await list()).json as any;
    expect(namesOf(result)).toEqual(["forecast", "test_image_content"]);
    expect(result._meta["weir/unavailable"]).toContainEqual({ server: "oldest", reason: "could not be reached" });
    const alone = await send(fleet.url, { path: "/mcp/oldest", json: call("test_simple_text") });
    expect(textOf((alone.json as any).result)).toContain("simple text");
  } finally {
    await joined.stop();
    await fleet.stop();
  }
}, 60_000);

test("it comes and goes with the configuration", async () => {
  const without = configuration()
    .replace(", { server: oldest }, { server: gone }", "")
    .replace(/ {2}- \{ name: both[^]*/, "");
  await gateway.configure(without);
  expect(namesOf(await listOf("all"))).toEqual(["forecast", "test_image_content"]);
  await gateway.configure(configuration());
  await vi.waitFor(async () => expect(namesOf(await listOf("all"))).toContain("test_simple_text"), 10_000);
});
