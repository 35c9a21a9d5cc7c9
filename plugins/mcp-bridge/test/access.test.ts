// Who may use what of a server, and what clients are told of tokens.
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { PropertyValue } from "../../../sdk/host/properties.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { legacy, modern, replyOf, sendBody, startBridge, tool } from "./bridge.ts";

const named = (name: string) => tool(name, {}, { responseTemplate: { body: name } });
const item = (definition: object) => ({ definition, inputSchema: { type: "object" }, args: [] });

let plugin: Plugin;
beforeAll(async () => {
  plugin = await startBridge({
    tools: [named("get_a"), named("get_b"), named("put_a"), named("drop")],
    prompts: [{ ...item({ name: "plan" }), messages: [] }],
    resources: [{ ...item({ uri: "doc://a", name: "a" }), blob: "QQ==" }],
    tokens: ["jwt0", "jwt1"],
    access: [
      { consumers: ["ci", "bot-*"], tools: ["get_*"], prompts: [], resources: [] },
      { organizations: ["acme"], teams: ["search"], users: ["ada"] },
      { claims: { role: ["admin", "root"], tenant: ["a"] }, tools: ["drop"], prompts: [], resources: [] },
      { claims: { kind: ["agent"] }, scopes: ["read"], tools: ["get_*"], prompts: [], resources: ["doc://*"] },
      { claims: { kind: ["agent"] }, scopes: ["read", "write"], tools: ["put_*"], prompts: [], resources: [] },
    ],
    oauth: {
      path: "/mcp/weather",
      title: "The weather",
      authorizationServers: ["https://login.example.com"],
      scopes: ["read", "write"],
    },
  });
});

type Who = Record<string, PropertyValue>;
const claims = (all: Who, token = "jwt0"): Who => ({
  metadata: { filter_metadata: { "envoy.filters.http.jwt_authn": { [token]: all } } },
});
const agent = (scope: PropertyValue) => claims({ kind: "agent", scope });

const sent = (who: Who, more: object = {}) => ({ properties: who, ...more });
const listed = (who: Who, method = "tools/list", kind = "tools"): unknown[] =>
  replyOf(legacy(plugin, method, {}, sent(who))).body.result[kind].map(({ name }: any) => name);
const called = (who: Who, name: string): HttpStream => legacy(plugin, "tools/call", { name }, sent(who));

describe("tools", () => {
  test.each<[string, Who, string[]]>([
    ["a consumer", { "weir.consumer": "ci" }, ["get_a", "get_b"]],
    ["a consumer by the beginning of its name", { "weir.consumer": "bot-7" }, ["get_a", "get_b"]],
    [
      "a user of a team",
      { "weir.organization": "acme", "weir.team": "search", "weir.user": "ada" },
      ["get_a", "get_b", "put_a", "drop"],
    ],
    ["a claim", claims({ role: "root", tenant: "a" }, "jwt1"), ["drop"]],
    ["a claim that is a list", claims({ role: ["user", "admin"], tenant: ["a"] }), ["drop"]],
    ["a scope", agent("openid read"), ["get_a", "get_b"]],
    ["all scopes, as a list", claims({ kind: "agent", scp: ["write", "read"] }), ["get_a", "get_b", "put_a"]],
    ["two rules", { ...agent("read"), "weir.consumer": "ci" }, ["get_a", "get_b"]],
  ])("of %s are those that its rules open, listed and called alike", (_who, who, names) => {
    expect(listed(who)).toEqual(names);
    for (const name of ["get_a", "get_b", "put_a", "drop"]) {
      const { body } = replyOf(called(who, name));
      expect("result" in body, name).toBe(names.includes(name));
    }
  });

  test("that are hidden look as if they were not there", () => {
    const { status, body } = replyOf(called({ "weir.consumer": "ci" }, "drop"));
    expect(status).toBe(200);
    expect(body.error).toEqual({ code: -32602, message: "Unknown tool: drop" });
  });

  test("are not opened by a header that a client writes", () => {
    const headers = { "x-weir-consumer": "ci", "x-envoy-allow-mcp-tools": "drop", "mcp-name": "get_a" };
    expect(replyOf(legacy(plugin, "tools/list", {}, { headers })).status).toBe(403);
    const who = { properties: { "weir.consumer": "ci" }, headers };
    expect(replyOf(modern(plugin, "tools/call", { name: "drop" }, who))).toMatchObject({
      status: 400,
      body: { error: { code: -32020 } },
    });
  });

  test("that further scopes would open are refused with these", () => {
    const reply = replyOf(called(agent("read"), "put_a"));
    expect(reply.status).toBe(403);
    expect(reply.header("www-authenticate")).toBe(
      'Bearer resource_metadata="http://gateway.test/.well-known/oauth-protected-resource/mcp/weather", error="insufficient_scope", scope="read write"',
    );
    expect(replyOf(called(agent("read"), "drop")).status).toBe(200);
  });
});

test("prompts and resources follow rules of their own", () => {
  const ada = { "weir.organization": "acme", "weir.team": "search", "weir.user": "ada" };
  expect(listed(ada, "prompts/list", "prompts")).toEqual(["plan"]);
  expect(listed({ "weir.consumer": "ci" }, "prompts/list", "prompts")).toEqual([]);
  expect(listed(agent("read"), "resources/list", "resources")).toEqual(["a"]);
  expect(listed({ "weir.consumer": "ci" }, "resources/list", "resources")).toEqual([]);
  const get = replyOf(legacy(plugin, "prompts/get", { name: "plan" }, sent({ "weir.consumer": "ci" })));
  expect(get.body.error).toMatchObject({ code: -32602, message: "Unknown prompt: plan" });
  const read = replyOf(legacy(plugin, "resources/read", { uri: "doc://a" }, sent({ "weir.consumer": "ci" })));
  expect(read.body.error).toMatchObject({ code: -32002 });
  const completion = { ref: { type: "ref/prompt", name: "plan" }, argument: { name: "a", value: "" } };
  expect(replyOf(legacy(plugin, "completion/complete", completion, sent(agent("read")))).body.error).toBeDefined();
});

test("lists of one caller are no other's", () => {
  const { result } = replyOf(modern(plugin, "tools/list", {}, sent({ "weir.consumer": "ci" }))).body;
  expect(result.cacheScope).toBe("private");
});

describe("a server for which a caller has no rule", () => {
  test.each<[string, Who]>([
    ["nobody", {}],
    ["another consumer", { "weir.consumer": "cia" }],
    ["a team of another organization", { "weir.organization": "other", "weir.team": "search", "weir.user": "ada" }],
    ["one claim of two", claims({ role: "admin" })],
    ["no scope", agent("")],
  ])("is not there for %s, whatever is asked", (_who, who) => {
    for (const method of ["POST", "GET", "DELETE"]) {
      const reply = replyOf(sendBody(plugin, method === "POST" ? "{}" : undefined, sent(who, { method })));
      expect(reply.status, method).toBe(403);
      expect(reply.header("www-authenticate"), method).toContain("resource_metadata=");
    }
  });

  test("says which scopes would do", () => {
    const reply = replyOf(legacy(plugin, "ping", {}, sent(agent("openid"))));
    expect(reply.header("www-authenticate")).toContain('scope="read"');
  });
});

describe("the metadata of RFC 9728", () => {
  const path = "/.well-known/oauth-protected-resource";
  const asked = (more: object) => replyOf(sendBody(plugin, undefined, { method: "GET", path, ...more }));

  test("is there for everybody at both paths, as the client has come", () => {
    for (const at of [path, `${path}/mcp/weather`]) {
      expect(asked({ path: at })).toMatchObject({
        status: 200,
        body: {
          resource: "http://gateway.test/mcp/weather",
          authorization_servers: ["https://login.example.com"],
          scopes_supported: ["read", "write"],
          bearer_methods_supported: ["header"],
          resource_name: "The weather",
        },
      });
    }
    const headers = { "x-forwarded-proto": "https", origin: "https://anywhere.test" };
    expect(asked({ headers }).body.resource).toBe("https://gateway.test/mcp/weather");
    expect(asked({ method: "POST" }).status).toBe(405);
  });

  test("has the URL that is configured, and is nowhere without one to give tokens", async () => {
    const resource = "https://mcp.example.com/weather";
    const other = await startBridge(
      { oauth: { path: "/mcp/weather", title: "a", resource, authorizationServers: ["https://a.test"] } },
      { name: "bare" },
    );
    const get = (server: string) => replyOf(sendBody(other, undefined, { method: "GET", path, server }));
    expect(get("weather").body.resource).toBe(resource);
    expect(get("bare").status).toBe(404);
    const origin = { headers: { origin: "https://evil.test" } };
    expect(replyOf(legacy(other, "ping", {}, origin)).header("www-authenticate")).toBe(
      'Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp/weather"',
    );
  });
});
