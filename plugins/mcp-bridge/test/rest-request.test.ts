// From a call to the request that an API gets: every position, every body, every credential, and nothing else.
import { describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import {
  call,
  clusterOf,
  failureOf,
  legacy,
  modern,
  startBridge,
  tool,
  type ServerConfig,
  type ToolConfig,
} from "./bridge.ts";

/** Calls the tool of a server that has no other. */
async function sent(
  only: ToolConfig,
  args: object,
  server: ServerConfig = {},
  headers: Record<string, string> = {},
): Promise<HttpStream> {
  return call(await startBridge({ ...server, tools: [only] }), only.definition.name, args, { headers });
}

const request = (requestTemplate: object, args: Record<string, object> = {}, rest: object = {}): ToolConfig =>
  tool("t", args, { requestTemplate, ...rest });

const url = "https://api.test/v1/items";
const text = (position?: string, more: object = {}) => ({ type: "string", ...(position && { position }), ...more });

describe("where it goes", () => {
  test("to the API alone, with nothing of the client", async () => {
    const client = {
      authorization: "Bearer client-key",
      "x-api-key": "client-key",
      cookie: "session=1",
      "user-agent": "someone",
      "accept-encoding": "gzip",
      "mcp-session-id": "s",
      "x-higress-mcpserver-config": "e30=",
      "x-forwarded-for": "1.2.3.4",
      "x-request-id": "r-1",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };
    const stream = await sent(request({ url, method: "GET" }), {}, {}, client);
    expect(clusterOf(stream)).toBe("mcp.api.test.0a1b2c3d");
    expect(stream.routeCacheCleared).toBe(true);
    expect(Object.fromEntries(stream.sentUpstream.headers ?? [])).toEqual({
      ":method": "GET",
      ":path": "/v1/items",
      ":authority": "api.test",
      ":scheme": "http",
      accept: "*/*",
      "content-length": "0",
      "x-request-id": "r-1",
      traceparent: client.traceparent,
    });
    expect(stream.sentUpstream.text).toBe("");
  });

  test("by its origin, and never where none is configured", async () => {
    const other = await sent(request({ url: "HTTP://Other.test:81/x" }), {});
    expect([clusterOf(other), other.sentUpstream.header(":authority")]).toEqual([
      "mcp.other.test.0a1b2c3d",
      "other.test:81",
    ]);
    for (const foreign of [
      "https://evil.test/",
      "https://api.test@evil.test/",
      "https://api.test:444/",
      "//evil.test/",
      "file:///etc",
    ]) {
      expect(failureOf(await sent(request({ url: foreign }), {}))).toMatch(/not configured|no path/);
    }
    const chosen = request({ url: "https://{{.args.host}}/x" }, { host: text() });
    expect(failureOf(await sent(chosen, { host: "evil.test" }))).toContain("not configured");
  });

  test("the trace of the request's own _meta comes first", async () => {
    const plugin = await startBridge({ tools: [request({ url })] });
    const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const stream = modern(plugin, "tools/call", { name: "t", _meta: { traceparent: trace } });
    expect(stream.sentUpstream.header("traceparent")).toBe(trace);
  });
});

describe("positions", () => {
  const everywhere = {
    id: text("path"),
    q: text("query"),
    n: { type: "integer", position: "query" },
    list: { type: "array", position: "query" },
    many: { type: "array", position: "query", explode: true },
    "X-Team": text("header"),
    session: text("cookie"),
    theme: text("cookie"),
    note: text("body"),
    count: { type: "integer", position: "body" },
    other: text("nowhere"),
  };

  test("each argument in its place", async () => {
    const template = { url: "https://api.test/v1/{id}/x?q=old&keep=a%20b&n=1", method: "POST" };
    const stream = await sent(request({ ...template, headers: [{ key: "Cookie", value: "base=1" }] }, everywhere), {
      id: "a b/ü",
      q: "c d&e",
      n: 7,
      list: [1, 2],
      many: ["x", "y"],
      "X-Team": "red",
      session: "s;1",
      theme: "dark",
      note: "n",
      count: 3,
      other: "?",
    });
    const { headers, text: body } = stream.sentUpstream;
    const all = Object.fromEntries(headers ?? []);
    expect(all[":path"]).toBe("/v1/a%20b%2F%C3%BC/x?keep=a%20b&q=c+d%26e&n=7&list=%5B1%2C2%5D&many=x&many=y");
    expect(all["x-team"]).toBe("red");
    expect(all["cookie"]).toBe("base=1; session=s%3B1; theme=dark");
    expect(all["content-type"]).toBe("application/json; charset=utf-8");
    expect(all["content-length"]).toBe(String(body.length));
    expect(JSON.parse(body)).toEqual({ note: "n", count: 3 });
  });

  test("what is not given is not sent; null neither", async () => {
    const stream = await sent(request({ url }, everywhere), { q: null });
    expect(stream.sentUpstream.header(":path")).toBe("/v1/items");
    expect(stream.sentUpstream.text).toBe("");
  });

  test.each(["..", ".", "a/../b", "..\\x", "%2e%2e", "%252e%252e", "x/..", "./x"])(
    "the path argument %j is refused",
    async (id) => {
      const stream = await sent(request({ url: "https://api.test/v1/{id}/x" }, { id: text("path") }), { id });
      expect(failureOf(stream)).toContain("path traversal");
    },
  );

  test.each(["...", "a..b", "..a", "v1.2", "a/b"])("the path argument %j is not", async (id) => {
    const stream = await sent(request({ url: "https://api.test/v1/{id}" }, { id: text("path") }), { id });
    expect(stream.sentUpstream.header(":path")).toBe(`/v1/${encodeURIComponent(id)}`);
  });

  test("nor does a template lead out of its path", async () => {
    const plain = request({ url: "https://api.test/v1/{{.args.id}}" }, { id: text() });
    expect((await sent(plain, { id: "a/b?c=#d" })).sentUpstream.header(":path")).toBe("/v1/a%2Fb%3Fc%3D%23d");
    expect(failureOf(await sent(plain, { id: ".." }))).toContain("path traversal");
    const raw = request({ url: "https://api.test/v1/{{.args.id | toString}}" }, { id: text() });
    expect(failureOf(await sent(raw, { id: "../admin" }))).toContain("path traversal");
    expect(failureOf(await sent(plain, { id: "../admin" }, { templates: "higress" }))).toContain("path traversal");
    expect((await sent(raw, { id: "a b\r\nx: y" })).sentUpstream.header(":path")).toBe("/v1/a%20b%0D%0Ax:%20y");
  });

  test.each([
    ["X-Team", "a\r\nx-evil: 1"],
    ["X-Team", "a\u0000"],
  ])("a header argument with a line break is refused", async (name, value) => {
    const stream = await sent(request({ url }, { [name]: text("header") }), { [name]: value });
    expect(failureOf(stream)).toContain("x-team");
  });
});

describe("bodies", () => {
  const args = { a: text(), n: { type: "number" }, o: { type: "object" }, b: text("body"), q: text("query") };
  const given = { a: 'x "y" & z', n: 1.5, o: { k: [1] }, b: "in", q: "1" };

  test.each<[string, object, string, string | undefined, string]>([
    [
      "argsToJsonBody",
      { argsToJsonBody: true },
      '{"a":"x \\"y\\" & z","n":1.5,"o":{"k":[1]},"b":"in"}',
      "application/json; charset=utf-8",
      "?q=1",
    ],
    [
      "argsToFormBody",
      { argsToFormBody: true },
      "a=x+%22y%22+%26+z&n=1.5&o=%7B%22k%22%3A%5B1%5D%7D&b=in",
      "application/x-www-form-urlencoded",
      "?q=1",
    ],
    [
      "argsToUrlParam",
      { argsToUrlParam: true },
      '{"b":"in"}',
      "application/json; charset=utf-8",
      "?a=x+%22y%22+%26+z&n=1.5&o=%7B%22k%22%3A%5B1%5D%7D&q=1",
    ],
    ["nothing", {}, '{"b":"in"}', "application/json; charset=utf-8", "?q=1"],
    [
      "a form by its header",
      { headers: [{ key: "Content-Type", value: "application/x-www-form-urlencoded" }] },
      "b=in",
      "application/x-www-form-urlencoded",
      "?q=1",
    ],
    [
      "a template, before all others",
      { body: '{"text": {{toJson .args.a}}}', argsToJsonBody: true },
      '{"text": "x \\"y\\" \\u0026 z"}',
      "application/json; charset=utf-8",
      "?q=1",
    ],
    ["a template that is no JSON", { body: "<a>{{.args.n}}</a>" }, "<a>1.5</a>", undefined, "?q=1"],
    ["a template with a type", { body: "{}", headers: [{ key: "content-type", value: "x/y" }] }, "{}", "x/y", "?q=1"],
  ])("%s", async (_what, template, body, type, query) => {
    const { sentUpstream } = await sent(request({ url, method: "POST", ...template }, args), given);
    expect(sentUpstream.text).toBe(body);
    expect(sentUpstream.header("content-type")).toBe(type);
    expect(sentUpstream.header(":path")).toBe(`/v1/items${query}`);
    expect(sentUpstream.header("content-length")).toBe(String(Buffer.byteLength(body)));
  });

  test("an empty JSON body where all arguments are left out", async () => {
    expect((await sent(request({ url, argsToJsonBody: true }, args), {})).sentUpstream.text).toBe("{}");
  });

  test("two ways at once are a mistake of the server", async () => {
    const plugin = await startBridge({ tools: [request({ url, argsToJsonBody: true, argsToFormBody: true })] });
    const stream = legacy(plugin, "tools/list");
    expect(stream.localReply).toMatchObject({ status: 503 });
  });

  test("templates see the configuration, and their failure ends the call", async () => {
    const template = { url, method: "POST", body: "{{.config.key}} {{index .args.o 9}}" };
    const stream = await sent(request(template, { o: { type: "array" } }), { o: [] }, { config: { key: "k" } });
    expect(failureOf(stream)).toContain("the template of the body has failed: array index out of range: 9");
  });
});

describe("arguments", () => {
  const args = {
    city: text("query", { required: true, minLength: 2 }),
    days: { type: "integer", position: "query", default: 3, minimum: 1, maximum: 7 },
    exact: { type: "boolean", position: "query" },
    scale: { type: "number", position: "query" },
  };
  const weather = request({ url }, args);
  const path = (query: string) => `/v1/items?${query}`;

  test.each<[object, string]>([
    [{ city: "Rome" }, "city=Rome&days=3"],
    [{ city: "Rome", days: "5", exact: "true", scale: "1.5e2" }, "city=Rome&days=5&exact=true&scale=1.5e2"],
    [{ city: "Rome", undeclared: 1 }, "city=Rome&days=3"],
  ])("%j become %s", async (given, query) => {
    expect((await sent(weather, given)).sentUpstream.header(":path")).toBe(path(query));
  });

  test.each<[object, string]>([
    [{}, "city is required"],
    [{ city: "R" }, "city is too short"],
    [{ city: 5 }, "city must be a string"],
    [{ city: "Rome", days: 8 }, "days must be at most 7"],
    [{ city: "Rome", days: "many" }, "days must be an integer"],
    [{ city: "Rome", days: "007" }, "days must be an integer"],
    [{ city: "Rome", exact: "yes" }, "exact must be true or false"],
    [{ city: "Rome", scale: "0x10" }, "scale must be a number"],
  ])("%j: %s", async (given, problem) => {
    expect(failureOf(await sent(weather, given))).toBe(`Invalid arguments: ${problem}`);
  });

  test.each([["x"], [5]])("arguments that are no object are no call", async (given) => {
    const plugin = await startBridge({ tools: [weather] });
    expect(call(plugin, "t", given as unknown as object).sentDownstream.text).toContain("-32602");
  });
});

describe("credentials", () => {
  test("are each consumer's own where they are configured, and whoever has none is refused", async () => {
    const scheme = { id: "key", type: "http", scheme: "bearer", consumerCredentials: { ada: "fake-a", eve: "fake-e" } };
    const own = await startBridge({
      securitySchemes: [scheme, { ...scheme, id: "shared", defaultCredential: "fake-shared" }],
      tools: ["key", "shared"].map((id) =>
        tool(id, {}, { requestTemplate: { url: "https://api.test/", security: { id } } }),
      ),
    });
    const shown = (name: string, consumer?: string) =>
      call(own, name, {}, { properties: consumer ? { "weir.consumer": consumer } : {} });
    expect(shown("key", "ada").sentUpstream.header("authorization")).toBe("Bearer fake-a");
    expect(shown("key", "eve").sentUpstream.header("authorization")).toBe("Bearer fake-e");
    expect(failureOf(shown("key", "bob"))).toContain("no credential");
    expect(failureOf(shown("key"))).toContain("no credential");
    expect(shown("shared", "bob").sentUpstream.header("authorization")).toBe("Bearer fake-shared");
  });

  const securitySchemes = [
    { id: "bearer", type: "http", scheme: "bearer", defaultCredential: "up-key" },
    { id: "basic", type: "http", scheme: "Basic" },
    { id: "header", type: "apiKey", in: "header", name: "X-Key", defaultCredential: "up-key" },
    { id: "query", type: "apiKey", in: "query", name: "key", defaultCredential: "up key" },
    { id: "none", type: "http", scheme: "bearer" },
  ];
  const secured = (security: object) => request({ url: `${url}?key=old&a=1`, security });

  test.each<[object, string, string | undefined]>([
    [{ id: "bearer" }, "authorization", "Bearer up-key"],
    [{ id: "bearer", credential: "own" }, "authorization", "Bearer own"],
    [{ id: "bearer", credential: "Bearer own" }, "authorization", "Bearer own"],
    [{ id: "basic", credential: "user:pass" }, "authorization", "Basic dXNlcjpwYXNz"],
    [{ id: "basic", credential: "dXNlcjpwYXNz" }, "authorization", "Basic dXNlcjpwYXNz"],
    [{ id: "header" }, "x-key", "up-key"],
    [{ id: "query" }, ":path", "/v1/items?a=1&key=up+key"],
  ])("%j is shown in %s", async (security, header, value) => {
    const stream = await sent(secured(security), {}, { securitySchemes });
    expect(stream.sentUpstream.header(header)).toBe(value);
  });

  test("the server's own is for tools without one", async () => {
    const server = { securitySchemes, defaultUpstreamSecurity: { id: "bearer" } };
    expect((await sent(request({ url }), {}, server)).sentUpstream.header("authorization")).toBe("Bearer up-key");
    expect((await sent(secured({ id: "header" }), {}, server)).sentUpstream.header("authorization")).toBeUndefined();
  });

  test("one that is missing ends the call", async () => {
    expect(failureOf(await sent(secured({ id: "none" }), {}, { securitySchemes }))).toContain("no credential");
  });

  test("one that is unknown is a mistake of the server", async () => {
    const plugin = await startBridge({ securitySchemes, tools: [secured({ id: "nothing" })] });
    expect(legacy(plugin, "tools/list").localReply).toMatchObject({ status: 503 });
  });

  const passed = request(
    { url, security: { id: "header", passthrough: true } },
    {},
    { security: { id: "none", passthrough: true } },
  );

  test("a client's is passed on where both sides say so", async () => {
    const stream = await sent(passed, {}, { securitySchemes }, { authorization: "Bearer mine" });
    expect(stream.sentUpstream.header("x-key")).toBe("mine");
    expect(stream.sentUpstream.header("authorization")).toBeUndefined();
  });

  test("and asked for where it is missing", async () => {
    expect(failureOf(await sent(passed, {}, { securitySchemes }))).toContain("needs a credential of yours");
    const basic = { authorization: "Basic eDp5" };
    expect(failureOf(await sent(passed, {}, { securitySchemes }, basic))).toContain("needs a credential of yours");
  });

  test("a client's Authorization goes on only where the server says so", async () => {
    const headers = { authorization: "Bearer mine" };
    const open = await sent(request({ url }), {}, { passthroughAuthHeader: true }, headers);
    expect(open.sentUpstream.header("authorization")).toBe("Bearer mine");
    const closed = await sent(request({ url }), {}, {}, headers);
    expect(closed.sentUpstream.header("authorization")).toBeUndefined();
  });

  test("secrets may come from Envoy's environment", async () => {
    const plugin = await startBridge({
      securitySchemes: [{ ...securitySchemes[0], defaultCredential: { $env: "NOT_SET" } }],
      tools: [secured({ id: "bearer" })],
    });
    expect(failureOf(call(plugin, "t"))).toContain("no credential");
  });
});
