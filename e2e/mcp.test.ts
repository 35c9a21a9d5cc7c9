// MCP servers on a real Envoy behind the real control plane, by the official clients of both eras.
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send } from "./http-client.ts";
import { mcpConfiguration, mcpEnvironment } from "./mcp/configuration.ts";
import { png, startRestApi, type RestApi } from "./mcp/rest-api.ts";

let api: RestApi;
let gateway: Gateway;
beforeAll(async () => {
  api = await startRestApi();
  gateway = await startGateway(mcpConfiguration(api.url), mcpEnvironment);
});
afterAll(async () => {
  await gateway?.stop();
  await api?.close();
});
beforeEach(async () => {
  await gateway.configure(mcpConfiguration(api.url));
  api.requests.length = 0;
});

const implementation = { name: "weir-e2e", version: "1.0.0" };
const urlOf = (path: string): URL => new URL(path, gateway.url);

/** The client that most people have: it shakes hands. */
async function legacyClient(path = "/mcp/weather"): Promise<Client> {
  const client = new Client(implementation);
  await client.connect(new StreamableHTTPClientTransport(urlOf(path)) as never);
  return client;
}

/** The newer client, of the era that is asked for. */
async function modernClient(mode: "legacy" | "auto" | { pin: string }, path = "/mcp/weather"): Promise<ModernClient> {
  const client = new ModernClient(implementation, { versionNegotiation: { mode } } as never);
  await client.connect(new ModernTransport(urlOf(path)));
  return client;
}

/** What all of them have. */
interface AnyClient {
  listTools(params?: object): Promise<any>;
  callTool(params: { name: string; arguments?: object }, ...rest: any[]): Promise<any>;
  getServerVersion(): unknown;
  close(): Promise<void>;
}

const clients: [string, (path?: string) => Promise<AnyClient>][] = [
  ["@modelcontextprotocol/sdk", (path) => legacyClient(path) as Promise<AnyClient>],
  ["@modelcontextprotocol/client, first era", (path) => modernClient("legacy", path) as Promise<AnyClient>],
  ["@modelcontextprotocol/client, whichever", (path) => modernClient("auto", path) as Promise<AnyClient>],
  [
    "@modelcontextprotocol/client, second era",
    (path) => modernClient({ pin: "2026-07-28" }, path) as Promise<AnyClient>,
  ],
];

describe.each(clients)("%s", (_name, connect) => {
  test("lists tools as they are configured", async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }: any) => name)).toEqual([
      "forecast",
      "echo",
      "picture",
      "large",
      "nothing",
      "missing",
      "broken",
      "slow",
      "locked",
      "greet",
    ]);
    expect(tools[0]).toMatchObject({
      title: "Forecast",
      annotations: { readOnlyHint: true },
      inputSchema: { required: ["city"], properties: { days: { type: "integer", default: 3, maximum: 7 } } },
    });
    expect(client.getServerVersion()).toMatchObject({ name: "weather", title: "The weather" });
    await client.close();
  });

  test("calls a tool, and gets text and structure", async () => {
    const client = await connect();
    const result = await client.callTool({ name: "forecast", arguments: { city: "São Paulo/Centro", days: 2 } });
    expect(result.content).toEqual([{ type: "text", text: "São Paulo/Centro: 20 21" }]);
    expect(result.structuredContent).toMatchObject({ city: "São Paulo/Centro" });
    expect(api.requests[0]?.url).toBe("/weather/S%C3%A3o%20Paulo%2FCentro?days=2");
    await client.close();
  });

  test("turns pages", async () => {
    const client = await connect("/other/many");
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listTools(cursor === undefined ? {} : { cursor });
      names.push(...page.tools.map(({ name }: any) => name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(names).toEqual(["t1", "t2", "t3", "t5", "t7"]);
    await client.close();
  });

  test("reads what went wrong", async () => {
    const client = await connect();
    const text = async (name: string, args: object = {}) => {
      const { content, isError } = await client.callTool({ name, arguments: args });
      expect(isError).toBe(true);
      return content[0].text;
    };
    expect(await text("forecast", { city: "R" })).toBe("Invalid arguments: city is too short");
    expect(await text("forecast", { city: ".." })).toContain("path traversal");
    expect(await text("missing")).toBe("There is no such thing (c-7)");
    expect(await text("locked")).toContain("no credential");
    expect(await text("broken")).toContain("could not be reached");
    await expect(client.callTool({ name: "unknown" })).rejects.toThrow("Unknown tool");
    await client.close();
  });
});

describe("what the API gets", () => {
  test("is what the tool says, and nothing of the client's", async () => {
    const client = await legacyClient();
    const args = { text: 'a "b"', list: ["x"] };
    const result = (await client.callTool({ name: "echo", arguments: args })) as any;
    const { method, url, headers, body } = JSON.parse(result.content[0].text);
    expect([method, url, JSON.parse(body)]).toEqual(["POST", "/echo?fixed=1", args]);
    expect(headers).toMatchObject({ "x-api-key": "fake-mcp-key", "x-from": "weir 12", host: new URL(api.url).host });
    expect(headers["content-length"]).toBe(String(body.length));
    expect(Object.keys(headers).filter((name) => /mcp|weir|envoy|forwarded|user-agent|accept-enc/.test(name))).toEqual(
      [],
    );
    await client.close();
  });

  test("is called once, and the client's leaving reaches it", async () => {
    const client = await legacyClient();
    const abort = new AbortController();
    const call = client.callTool({ name: "slow" }, undefined, { signal: abort.signal });
    await vi.waitFor(() => expect(api.requests).toHaveLength(1));
    await client.close();
    abort.abort();
    await expect(call).rejects.toThrow();
    await vi.waitFor(() => expect(api.requests[0]?.isAborted).toBe(true));
  });
});

describe("what the client gets", () => {
  const call = async (name: string): Promise<any> => {
    const client = await legacyClient();
    const result = await client.callTool({ name });
    await client.close();
    return result;
  };

  test("a picture", async () => {
    expect((await call("picture")).content).toEqual([
      { type: "image", data: png.toString("base64"), mimeType: "image/png" },
    ]);
  });

  test("three megabytes, cut after one", async () => {
    const { content, isError } = await call("large");
    expect(content[0].text).toMatch(/^x{1000}/);
    expect(content[0].text).toMatch(/\[truncated: the answer is longer than the 104857\d bytes shown\]$/);
    expect(isError).toBeUndefined();
  });

  test("nothing, which is a success", async () => {
    expect((await call("nothing")).content).toEqual([{ type: "text", text: "success" }]);
    expect(api.requests[0]?.method).toBe("DELETE");
  });

  test("a word where the API is silent for too long", async () => {
    expect(await call("slow")).toMatchObject({ isError: true, content: [{ text: "The API did not answer in time" }] });
  });

  test("no header of the API's", async () => {
    const json = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "missing", arguments: {} } };
    const answer = await send(gateway.url, { path: "/mcp/weather", json });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.headers)).not.toMatch(/set-cookie|x-code|c-7/);
  });
});

test("the access log names method, tool and what became of it, and no key", async () => {
  const json = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "missing", arguments: {} } };
  const headers = { "x-request-id": "mcp-log", "mcp-protocol-version": "2025-06-18" };
  await send(gateway.url, { path: "/mcp/weather", json, headers });
  expect(await gateway.logEntry("mcp-log")).toMatchObject({
    "weir.route": "weather",
    "mcp.method.name": "tools/call",
    "mcp.protocol.version": "2025-06-18",
    "gen_ai.tool.name": "missing",
    "weir.mcp_upstream_status": "404",
    "weir.mcp_error": "tool",
    "http.response.status_code": 200,
  });
  expect(await gateway.accessLog()).not.toContain("fake-mcp-key");
});

describe("with keys", () => {
  const key = "wk-mcp-0123456789abcdefghij";
  const other = "wk-other-0123456789abcdefgh";
  const consumers = `
consumers:
  - name: agent
    keys:
      - { name: all, key: ${key} }
      - { name: weather-only, key: ${other}, routes: [many] }
`;
  const locked = () => mcpConfiguration(api.url).replace("mcpServers:", `${consumers}\nmcpServers:`);
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };

  beforeEach(() => gateway.configure(locked()));

  test.each(["POST", "GET", "DELETE"])("%s without one is refused like any other request", async (method) => {
    const answer = await send(gateway.url, { path: "/mcp/weather", method, ...(method === "POST" && { json: list }) });
    expect([answer.status, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
  });

  test("a client with its key calls tools, and the API never sees it", async () => {
    const client = new Client(implementation);
    const headers = { authorization: `Bearer ${key}` };
    await client.connect(
      new StreamableHTTPClientTransport(urlOf("/mcp/weather"), { requestInit: { headers } }) as never,
    );
    const result = (await client.callTool({ name: "echo", arguments: {} })) as any;
    expect(JSON.parse(result.content[0].text).headers.authorization).toBeUndefined();
    expect(result.content[0].text).not.toContain(key);
    await client.close();
  });

  test("a key may be for some servers alone", async () => {
    const headers = { authorization: `Bearer ${other}` };
    const ask = async (path: string) => (await send(gateway.url, { path, json: list, headers })).status;
    expect([await ask("/other/many"), await ask("/mcp/weather")]).toEqual([200, 404]);
  });
});

describe("a change of the configuration", () => {
  const ask = (path: string) => send(gateway.url, { path, json: { jsonrpc: "2.0", id: 1, method: "tools/list" } });

  test("with a mistake in one server: it says so, the others serve on", async () => {
    await gateway.configure(mcpConfiguration(api.url).replace("pageSize: 3", "pageSize: none"));
    const answer = await ask("/other/many");
    expect([answer.status, (answer.json as any).error.code]).toEqual([503, -32603]);
    expect((answer.json as any).error.message).toContain("its configuration has errors");
    expect((await ask("/mcp/weather")).status).toBe(200);
  });

  test("with a template that cannot be read: likewise, and the operator is told the place", async () => {
    await gateway.configure(mcpConfiguration(api.url).replace("Needs nobody", "x").replace("{{default", "{{defalt"));
    const answer = await ask("/mcp/weather");
    expect(answer.status).toBe(503);
    expect(gateway.output()).toMatch(/tools\[9\]\.responseTemplate\.body/);
    expect(gateway.output()).toContain("there is no function defalt");
    expect((await ask("/other/many")).status).toBe(200);
  });

  test("that removes a server: it is gone", async () => {
    await gateway.configure(mcpConfiguration(api.url).split("  - name: many")[0]!);
    expect((await ask("/other/many")).status).toBe(404);
    expect((await ask("/mcp/weather")).status).toBe(200);
  });
});

test("a gateway without servers gets its first, and loses its last, while it serves models", async () => {
  const models = `${gatewayBlock}
providers: [{ name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }]
routes: [{ name: all, targets: [{ provider: alpha }] }]
`;
  const servers = mcpConfiguration(api.url).split("mcpServers:")[1]!;
  const chat = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] };
  const statuses = async () => {
    const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    const [tools, answer] = await Promise.all([
      send(gateway.url, { path: "/mcp/weather", json: list }),
      send(gateway.url, { path: "/v1/chat/completions", json: chat }),
    ]);
    return [tools.status, answer.status];
  };
  await gateway.configure(models);
  expect(await statuses()).toEqual([404, 200]);
  await gateway.configure(`${models}mcpServers:${servers}`);
  expect(await statuses()).toEqual([200, 200]);
  await gateway.configure(models);
  expect(await statuses()).toEqual([404, 200]);
});

describe("what must not pass", () => {
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };

  test.each<[string, Record<string, string>, number]>([
    ["another host", { host: "evil.example.com" }, 403],
    ["another site's page", { origin: "http://evil.example.com" }, 403],
    ["its own page", { origin: "http://127.0.0.1" }, 403],
    ["a header that only the gateway may set", { "x-envoy-allow-mcp-tools": "greet", "x-weir-target": "x" }, 200],
  ])("%s", async (_what, headers, status) => {
    expect((await send(gateway.url, { path: "/mcp/weather", json: ping, headers })).status).toBe(status);
  });

  test("a body that is too large, in the protocol's own words", async () => {
    const body = JSON.stringify({ ...ping, params: { filler: "x".repeat(5 << 20) } });
    const headers = { "content-type": "application/json" };
    const answer = await send(gateway.url, { path: "/mcp/weather", method: "POST", body, headers });
    expect([answer.status, (answer.json as any).error.code]).toEqual([413, -32600]);
  });

  test("random damage to messages costs nobody else anything", async () => {
    const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
    console.log(`MCP damage: SEED=${seed}`);
    let state = seed;
    const below = (limit: number) => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) % limit;
    const params = { name: "forecast", arguments: { city: "Rome", days: 2 }, _meta: { progressToken: 1 } };
    const good = JSON.stringify({ ...ping, method: "tools/call", params });
    const hostile = ['"', "\\", "{", "]", "\u0000", "\ud800", "1e999", "null", "[[[[", "..", "{{", "inputResponses"];
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    for (let round = 0; round < 300; round++) {
      const at = below(good.length);
      const body = good.slice(0, at) + hostile[below(hostile.length)]! + good.slice(at + below(6));
      const answer = await send(gateway.url, { path: "/mcp/weather", method: "POST", body, headers });
      expect([200, 202, 400], body).toContain(answer.status);
    }
    const answer = await send(gateway.url, { path: "/mcp/weather", body: good, method: "POST", headers });
    expect(answer.text).toContain("Rome: 20 21");
  }, 60_000);

  test.each(["/mcp/weather/", "/mcp/weather/x", "/mcp", "/weather/Rome"])("%s leads nowhere", async (path) => {
    expect((await send(gateway.url, { path, json: ping })).status).toBe(404);
    expect(api.requests).toEqual([]);
  });
});
