// Servers in front of other MCP servers on a real Envoy: every pair of eras, sessions, streams and what goes wrong.
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CreateMessageRequestSchema, ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send } from "./http-client.ts";
import { tools } from "./mcp/everything-content.ts";
import { startEverythingServer, type EverythingServer } from "./mcp/everything-server.ts";
import { startRestApi, type RestApi } from "./mcp/rest-api.ts";
import { startSseServer, type SseServer } from "./mcp/sse-server.ts";

const fakeToken = "fake-upstream-token";

const proxy = (name: string, url: string, rest = ""): string =>
  `  - { name: ${name}, mode: proxy, upstream: { url: "${url}", headers: [{ key: authorization, value: "Bearer ${fakeToken}" }] }${rest} }`;

const configuration = (): string => `${gatewayBlock}
mcpServers:
${proxy("both", servers.both.url)}
${proxy("legacy", servers.legacy.url)}
${proxy("modern", servers.modern.url)}
${proxy("some", servers.both.url, ", allowTools: [test_simple_text]")}
  - { name: oldest, mode: proxy, upstream: { url: "${sse.url}", transport: sse } }
${proxy("gone", "http://127.0.0.1:@CLOSED_PORT@/mcp")}
  - name: weather
    baseUrl: ${api.url}
    tools:
      - { name: forecast, description: Tells the weather, responseTemplate: { body: fine } }
      - { name: echo, description: Asks the API, requestTemplate: { url: /echo } }
      - { name: test_simple_text, description: Has a name of another, responseTemplate: { body: mine } }
  - name: all
    mode: multiplex
    notificationsFrom: both
    members:
      - { server: weather, aliases: { echo: ask_api } }
      - { server: both }
      - { server: legacy, tools: [test_image_content] }
      - { server: gone }
  - { name: always, mode: multiplex, prefix: always, members: [{ server: weather }, { server: modern }] }
  - { name: never, mode: multiplex, prefix: never, pageSize: 5, members: [{ server: weather }, { server: both }] }
  - { name: set, mode: toolSet, serverTools: [{ serverName: weather, tools: [forecast] }, { serverName: legacy, tools: [test_simple_text] }] }
  - { name: wrong, mode: multiplex, members: [{ server: nobody }] }
`;

let api: RestApi;
let sse: SseServer;
let servers: Record<"both" | "legacy" | "modern", EverythingServer>;
let gateway: Gateway;
beforeAll(async () => {
  api = await startRestApi();
  sse = await startSseServer();
  const [both, legacy, modern] = await Promise.all([
    startEverythingServer("both"),
    startEverythingServer("legacy"),
    startEverythingServer("modern"),
  ]);
  servers = { both, legacy, modern };
  gateway = await startGateway(configuration());
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([api, sse, ...Object.values(servers ?? {})].map((server) => server?.close()));
});
beforeEach(() => Object.values(servers).forEach(({ requests }) => (requests.length = 0)));

const implementation = { name: "weir-e2e", version: "1.0.0" };
const urlOf = (path: string): URL => new URL(`/mcp/${path}`, gateway.url);

async function legacyClient(path: string): Promise<Client> {
  const client = new Client(implementation, { capabilities: { sampling: {}, elicitation: {} } });
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    model: "m",
    role: "assistant",
    content: { type: "text", text: "sampled" },
  }));
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { response: "yes" } }));
  await client.connect(new StreamableHTTPClientTransport(urlOf(path)) as never);
  return client;
}

async function modernClient(path: string): Promise<ModernClient> {
  const client = new ModernClient(implementation, { versionNegotiation: { mode: { pin: "2026-07-28" } } } as never);
  await client.connect(new ModernTransport(urlOf(path)));
  return client;
}

interface AnyClient {
  listTools(params?: object): Promise<any>;
  listPrompts(): Promise<any>;
  listResources(): Promise<any>;
  callTool(params: object, ...rest: any[]): Promise<any>;
  getPrompt(params: object): Promise<any>;
  readResource(params: object): Promise<any>;
  complete(params: object): Promise<any>;
  close(): Promise<void>;
}

const clients: [string, (path: string) => Promise<AnyClient>][] = [
  ["a client of the first era", (path) => legacyClient(path) as unknown as Promise<AnyClient>],
  ["a client of the second era", (path) => modernClient(path) as unknown as Promise<AnyClient>],
];
const textOf = (result: any): string => result.content[0].text;

describe.each(clients)("%s", (_name, connect) => {
  test.each(["both", "legacy", "modern", "oldest"])(
    "lists, calls and reads at a server that speaks: %s",
    async (path) => {
      const client = await connect(path);
      const { tools } = await client.listTools();
      expect(tools.map(({ name }: any) => name)).toContain("test_simple_text");
      expect(textOf(await client.callTool({ name: "test_simple_text", arguments: {} }))).toBe(
        "This is a simple text response for testing.",
      );
      expect((await client.callTool({ name: "test_error_handling", arguments: {} })).isError).toBe(true);
      const prompt = await client.getPrompt({
        name: "test_prompt_with_arguments",
        arguments: { arg1: "a", arg2: "b" },
      });
      expect(prompt.messages[0].content.text).toContain("arg1='a', arg2='b'");
      const { contents } = await client.readResource({ uri: "test://template/7/data" });
      expect(JSON.parse(contents[0].text).id).toBe("7");
      await expect(client.callTool({ name: "unknown", arguments: {} })).rejects.toThrow("Unknown tool");
      await client.close();
    },
  );

  test.each(["both", "legacy", "modern", "oldest", "all"])("hears how far a call is, at: %s", async (path) => {
    const client = await connect(path);
    const seen: number[] = [];
    const onprogress = ({ progress }: { progress: number }) => void seen.push(progress);
    const call = { name: "test_tool_with_progress", arguments: {} };
    const isModern = client instanceof ModernClient;
    await (isModern ? client.callTool(call, { onprogress }) : client.callTool(call, undefined, { onprogress }));
    expect(seen).toEqual([0, 50, 100]);
    await client.close();
  });

  test("gets several servers as one", async () => {
    const client = await connect("all");
    const { tools, _meta } = await client.listTools();
    const names = tools.map(({ name }: any) => name);
    expect(names.slice(0, 4)).toEqual(["forecast", "ask_api", "weather__test_simple_text", "both__test_simple_text"]);
    expect(names).toContain("legacy__test_image_content");
    expect(_meta["weir/unavailable"]).toEqual([{ server: "gone", reason: "could not be reached" }]);
    const call = async (name: string) => textOf(await client.callTool({ name, arguments: {} }));
    expect(await call("forecast")).toBe("fine");
    expect(await call("weather__test_simple_text")).toBe("mine");
    expect(await call("both__test_simple_text")).toBe("This is a simple text response for testing.");
    expect(JSON.parse(await call("ask_api")).url).toBe("/echo");
    const { content } = await client.callTool({ name: "legacy__test_image_content", arguments: {} });
    expect(content[0].type).toBe("image");
    await expect(client.callTool({ name: "legacy__test_simple_text", arguments: {} })).rejects.toThrow("Unknown tool");
    expect((await client.readResource({ uri: "both+test://static-text" })).contents[0].text).toContain("static text");
    await client.close();
  });

  test("sees names as configured: all with their server's in front", async () => {
    const client = await connect("always");
    const names = (await client.listTools()).tools.map(({ name }: any) => name);
    expect(names.every((name: string) => /^(weather|modern)__/.test(name))).toBe(true);
    expect(textOf(await client.callTool({ name: "modern__test_simple_text", arguments: {} }))).toContain("simple text");
    const completion = await client.complete({
      ref: { type: "ref/prompt", name: "modern__test_prompt_with_arguments" },
      argument: { name: "arg1", value: "pa" },
    });
    expect(completion.completion.values).toEqual(["paris", "park"]);
    await client.close();
  });

  test("turns pages through all of them; a name that two have is nobody's", async () => {
    const client = await connect("never");
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listTools(cursor === undefined ? {} : { cursor });
      names.push(...page.tools.map(({ name }: any) => name));
      expect(page._meta["weir/disputed"]).toEqual(["test_simple_text: weather and both both have it"]);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("forecast");
    expect(names).not.toContain("test_simple_text");
    await expect(client.callTool({ name: "test_simple_text", arguments: {} })).rejects.toThrow("weather and both");
    await expect(client.listTools({ cursor: "x" })).rejects.toThrow("Invalid cursor");
    await client.close();
  });

  test("gets a set of tools as Higress names them, and nothing else", async () => {
    const client = await connect("set");
    const names = (await client.listTools()).tools.map(({ name }: any) => name);
    expect(names).toEqual(["weather___forecast", "legacy___test_simple_text"]);
    expect(textOf(await client.callTool({ name: "legacy___test_simple_text", arguments: {} }))).toContain(
      "simple text",
    );
    await expect(client.callTool({ name: "weather___echo", arguments: {} })).rejects.toThrow("Unknown tool");
    await client.close();
  });

  test("sees the tools that are allowed, and calls no others", async () => {
    const client = await connect("some");
    expect((await client.listTools()).tools.map(({ name }: any) => name)).toEqual(["test_simple_text"]);
    await expect(client.callTool({ name: "test_image_content", arguments: {} })).rejects.toThrow("Unknown tool");
    await client.close();
  });
});

describe("what a server asks the client, in the first era", () => {
  test.each(["both", "legacy", "all"])("is answered through: %s", async (path) => {
    const client = await legacyClient(path);
    const call = async (name: string, args: object) =>
      textOf(await client.callTool({ name, arguments: args as never }));
    expect(await call("test_sampling", { prompt: "Say" })).toBe("LLM response: sampled");
    expect(await call("test_elicitation", { message: "Well?" })).toContain('"response":"yes"');
    await client.close();
  });
});

describe("between eras", () => {
  test.each([
    ["modern", "test_custom_headers"],
    ["always", "modern__test_custom_headers"],
  ])("a tool's arguments are repeated in headers by the gateway, at %s", async (path, name) => {
    const client = await legacyClient(path);
    const call = async (region: string) => textOf(await client.callTool({ name, arguments: { region } }));
    expect(await call("eu-west")).toBe("eu-west");
    expect(await call("Köln ")).toBe("Köln ");
    await client.close();
  });

  test("a call is repeated where the tool wants other headers than it was known to", async () => {
    const client = await legacyClient("modern");
    const call = async () =>
      textOf(await client.callTool({ name: "test_custom_headers", arguments: { region: "eu-west" } }));
    expect(await call()).toBe("eu-west");
    const { region } = tools["test_custom_headers"]!.inputSchema!["properties"] as Record<string, any>;
    try {
      region["x-mcp-header"] = "Zone";
      for (let times = 0; times < 4; times++) expect(await call()).toBe("eu-west");
    } finally {
      region["x-mcp-header"] = "Region";
    }
    expect(await call()).toBe("eu-west");
    await client.close();
  });

  test("a tool that needs input fails with a word about it", async () => {
    const client = await legacyClient("modern");
    const result: any = await client.callTool({ name: "test_input_required_result_elicitation", arguments: {} });
    expect([result.isError, textOf(result)]).toEqual([true, expect.stringContaining("needs more input")]);
    await client.close();
  });

  test("a session that the server has forgotten is made anew, and the call repeated", async () => {
    const client = await modernClient("legacy");
    await client.callTool({ name: "test_simple_text", arguments: {} });
    servers.legacy.forgetSessions();
    expect(textOf(await client.callTool({ name: "test_simple_text", arguments: {} }))).toContain("simple text");
    await client.close();
  });

  test("a client that leaves has its call cancelled", async () => {
    const client = await modernClient("legacy");
    const abort = new AbortController();
    const call = client.callTool({ name: "test_tool_with_logging", arguments: {} }, { signal: abort.signal } as never);
    await vi.waitFor(() =>
      expect(servers.legacy.requests.some(({ body }) => body?.method === "tools/call")).toBe(true),
    );
    abort.abort();
    await expect(call).rejects.toThrow();
    await vi.waitFor(() => {
      const cancelled = servers.legacy.requests.find(({ body }) => body?.method === "notifications/cancelled");
      const called = servers.legacy.requests.find(({ body }) => body?.method === "tools/call");
      expect(cancelled?.body.params.requestId).toBe(called?.body.id);
    });
    await client.close();
  });
});

describe("sessions", () => {
  const message = (method: string, params: object = {}) => ({ jsonrpc: "2.0", id: 1, method, params });
  const greeting = message("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: implementation,
  });
  const open = async (path: string): Promise<string> => {
    const answer = await send(gateway.url, { path, json: greeting });
    return String(answer.headers["mcp-session-id"]);
  };
  const list = (path: string, session: string | null) =>
    send(gateway.url, {
      path,
      json: message("tools/list"),
      headers: session === null ? {} : { "mcp-session-id": session },
    });

  test.each(["/mcp/both", "/mcp/all"])("tell nothing, and are known as they are alone: %s", async (path) => {
    const session = await open(path);
    expect(session).toMatch(/^v1\.[\w-]+$/);
    const upstream = servers.both.requests.find(({ body }) => body?.method === "initialize");
    expect(upstream).toBeDefined();
    expect((await list(path, session)).status).toBe(200);
    const last = session.at(-10)!;
    const changed = session.slice(0, -10) + (last === "A" ? "B" : "A") + session.slice(-9);
    expect((await list(path, changed)).status).toBe(404);
    expect((await list(path === "/mcp/both" ? "/mcp/all" : "/mcp/both", session)).status).toBe(404);
    expect((await list(path, "unknown")).status).toBe(404);
  });

  test.each(["/mcp/both", "/mcp/all"])("are not needed: %s", async (path) => {
    expect((await list(path, null)).status).toBe(200);
  });

  test.each(["/mcp/both", "/mcp/all"])("end: %s", async (path) => {
    const session = await open(path);
    const end = () => send(gateway.url, { path, method: "DELETE", headers: { "mcp-session-id": session } });
    expect((await end()).status).toBe(204);
    expect(servers.both.requests.some(({ method }) => method === "DELETE")).toBe(true);
    expect((await end()).status).toBe(404);
    expect((await list(path, session)).status).toBe(404);
  });

  test("of a server that has forgotten them are lost, which clients understand", async () => {
    const session = await open("/mcp/both");
    servers.both.forgetSessions();
    expect((await list("/mcp/both", session)).status).toBe(404);
  });

  test("outlive a change of the configuration", async () => {
    const session = await open("/mcp/both");
    await gateway.configure(configuration().replace("pageSize: 5", "pageSize: 6"));
    expect((await list("/mcp/both", session)).status).toBe(200);
    await gateway.configure(configuration());
  });
});

test.each(["both", "legacy", "modern", "all"])("a batch is answered message by message: %s", async (path) => {
  const call = { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "test_audio_content" } };
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  const unknown = { ...call, id: 3, params: { name: "nobody_has_it" } };
  const { status, json } = await send(gateway.url, { path: `/mcp/${path}`, json: [list, call, unknown] });
  expect([status, json]).toMatchObject([
    200,
    [{ id: 1, result: { tools: expect.anything() } }, { id: 2, result: { content: [{ type: "audio" }] } }, { id: 3 }],
  ]);
});

describe("what a server gets", () => {
  test("is the gateway's credential and nothing of the client's own", async () => {
    const headers = { authorization: "Bearer the-clients-own", cookie: "a=b", "x-other": "c" };
    const json = { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} };
    await send(gateway.url, { path: "/mcp/both", json, headers });
    const sent = servers.both.requests.at(-1)!.headers;
    expect(sent.authorization).toBe(`Bearer ${fakeToken}`);
    expect(Object.keys(sent).filter((name) => /cookie|x-other|weir|envoy|forwarded-for/.test(name))).toEqual([]);
  });
});

describe("what goes wrong", () => {
  const json = { jsonrpc: "2.0", id: "a", method: "tools/list", params: {} };

  test("a server that is gone is told so, with the request's id", async () => {
    const answer = await send(gateway.url, { path: "/mcp/gone", json });
    expect([answer.status, answer.json]).toMatchObject([
      502,
      { id: "a", error: { code: -32603, message: expect.stringContaining("gone could not be reached") } },
    ]);
  });

  test("a server that is configured wrongly serves nothing, its neighbours do", async () => {
    const answer = await send(gateway.url, { path: "/mcp/wrong", json });
    expect([answer.status, (answer.json as any).error.code]).toEqual([503, -32603]);
    expect((await send(gateway.url, { path: "/mcp/both", json })).status).toBe(200);
  });

  test("streams that were opened for an answer are closed with it", async () => {
    const answer = await send(gateway.url, { path: "/mcp/oldest", json });
    expect(answer.status).toBe(200);
    await vi.waitFor(() => expect(sse.open()).toBe(0));
  });

  test.each([
    ["a batch, where there are none any more", [json], "2025-06-18"],
    ["no JSON", "{", "2025-03-26"],
  ])("%s", async (_what, body, version) => {
    const headers = { "mcp-protocol-version": version };
    expect((await send(gateway.url, { path: "/mcp/both", json: body, headers })).status).toBe(400);
  });
});
