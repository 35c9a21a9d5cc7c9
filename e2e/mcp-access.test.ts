// Who may use what of an MCP server on a real Envoy: keys, browsers, what clients are told of tokens, limits of tools,
// and what operators see of all that.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer } from "./http-client.ts";
import { startRestApi, type RestApi } from "./mcp/rest-api.ts";

let api: RestApi;
let gateway: Gateway;
beforeAll(async () => {
  api = await startRestApi();
  gateway = await startGateway(configuration(api.url));
});
afterAll(async () => {
  await gateway?.stop();
  await api?.close();
});

const configuration = (url: string): string => `${gatewayBlock}
consumers:
  - { name: ada, team: search, keys: [{ name: one, key: fake-key-of-ada }] }
  - { name: eve, keys: [{ name: one, key: fake-key-of-eve }] }
limits:
  - { name: shy, match: { tool: shy }, windows: [{ unit: requests, limit: 1, per: hour }] }
mcpServers:
  - name: weather
    baseUrl: ${url}
    allowedOrigins: ["https://app.example.com"]
    oauth: { authorizationServers: ["https://login.example.com"] }
    securitySchemes:
      - { id: key, type: http, scheme: bearer, consumerCredentials: { ada: fake-api-key-of-ada } }
    access:
      - { consumers: [ada] }
      - { consumers: [eve], tools: [open] }
    tools:
      - { name: open, description: For all, responseTemplate: { body: open } }
      - { name: echo, description: Says what it was asked, requestTemplate: { url: /echo, security: { id: key } } }
      - { name: shy, description: Rarely, responseTemplate: { body: shy } }
`;

const path = "/mcp/weather";

function message(method: string, params: object = {}, key = "fake-key-of-ada", headers = {}): Promise<HttpAnswer> {
  const authorization = key === "" ? {} : { authorization: `Bearer ${key}` };
  const json = { jsonrpc: "2.0", id: 1, method, params };
  const accept = "application/json, text/event-stream";
  return send(gateway.url, { path, json, headers: { accept, ...authorization, ...headers } });
}

const callOf = (name: string, key?: string) => message("tools/call", { name }, key);
const bodyOf = (answer: HttpAnswer) => JSON.parse(answer.body.toString());

test("tools are listed and called by whoever may", async () => {
  const names = async (key: string) =>
    bodyOf(await message("tools/list", {}, key)).result.tools.map(({ name }: { name: string }) => name);
  expect(await names("fake-key-of-ada")).toEqual(["open", "echo", "shy"]);
  expect(await names("fake-key-of-eve")).toEqual(["open"]);
  expect(bodyOf(await callOf("open", "fake-key-of-eve")).result.content[0].text).toBe("open");
  expect(bodyOf(await callOf("echo", "fake-key-of-eve")).error).toMatchObject({ code: -32602 });
});

test("an API sees the consumer's own credential, and nothing of the client's", async () => {
  const { headers } = JSON.parse(bodyOf(await callOf("echo")).result.content[0].text);
  expect(headers.authorization).toBe("Bearer fake-api-key-of-ada");
  expect(JSON.stringify(headers)).not.toContain("fake-key-of-ada");
});

test("who has no key is told where to get a token, whatever the method", async () => {
  const challenge = `Bearer resource_metadata="${gateway.url}/.well-known/oauth-protected-resource/mcp/weather"`;
  for (const method of ["POST", "GET", "DELETE"]) {
    const answer = await send(gateway.url, { path, method, ...(method === "POST" && { json: {} }) });
    expect(answer.status, method).toBe(401);
    expect(answer.headers["www-authenticate"], method).toBe(challenge);
  }
  for (const where of ["", "/mcp/weather"]) {
    const answer = await send(gateway.url, { path: `/.well-known/oauth-protected-resource${where}`, method: "GET" });
    expect(answer.status).toBe(200);
    expect(bodyOf(answer)).toMatchObject({
      resource: `${gateway.url}/mcp/weather`,
      authorization_servers: ["https://login.example.com"],
    });
  }
});

test("pages of allowed origins may ask, and read refusals", async () => {
  const ask = (origin: string) =>
    send(gateway.url, {
      path,
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,mcp-session-id",
      },
    });
  const preflight = await ask("https://app.example.com");
  expect(preflight.status).toBe(200);
  expect(preflight.headers["access-control-allow-origin"]).toBe("https://app.example.com");
  expect(preflight.headers["access-control-allow-headers"]).toContain("authorization");
  expect((await ask("https://evil.example.com")).headers["access-control-allow-origin"]).toBeUndefined();
  const refused = await message("ping", {}, "", { origin: "https://app.example.com" });
  expect(refused.status).toBe(401);
  expect(refused.headers["access-control-allow-origin"]).toBe("https://app.example.com");
  expect(refused.headers["access-control-expose-headers"]).toMatch(/mcp-session-id.*www-authenticate/);
  expect((await message("ping", {}, undefined, { origin: "https://evil.example.com" })).status).toBe(403);
});

test("a tool has a limit of its own", async () => {
  expect((await callOf("shy")).status).toBe(200);
  const limited = await callOf("shy");
  expect(limited.status).toBe(429);
  expect(bodyOf(limited).error.message).toContain("The limit shy");
  expect((await callOf("open")).status).toBe(200);
});

test("operators see calls, errors, time and bytes of each tool", async () => {
  await message("tools/call", { name: "echo", arguments: { none: 1 } }, undefined, { "x-request-id": "echo-1" });
  expect(await gateway.logEntry("echo-1")).toMatchObject({
    "weir.mcp_server": "weather",
    "mcp.method.name": "tools/call",
    "gen_ai.tool.name": "echo",
    "weir.consumer": "ada",
  });
  const labels = /mcp_method_name="tools\/call"|gen_ai_tool_name="echo"|weir_mcp_server="weather"/g;
  await vi.waitFor(async () => {
    const lines = (await gateway.weir.envoy?.askAdmin("/stats/prometheus"))?.body.split("\n") ?? [];
    const own = lines.filter((line) => (line.match(labels) ?? []).length === 3);
    for (const name of [
      "mcp_server_operation_duration_milliseconds_count",
      "weir_mcp_request_bytes",
      "weir_mcp_response_bytes",
    ]) {
      const line = own.find((each) => each.startsWith(`${name}{`));
      expect(Number(line?.split(" ").at(-1)), name).toBeGreaterThan(0);
    }
    // Envoy sums histograms up every five seconds.
  }, 20_000);
});
