// Higress's configurations: what is taken over is one of Weir's without a mistake, and what is not is said.
import { stringify } from "yaml";
import { describe, expect, test } from "vitest";
import { importHigress } from "./higress-server.ts";
import { parseConfig } from "./load-config.ts";

const higress = {
  server: {
    name: "weather server",
    config: { apiKey: "", host: "api.example.com" },
    securitySchemes: [{ id: "key", type: "apiKey", in: "query", name: "appid", defaultCredential: "" }],
    defaultUpstreamSecurity: { id: "key", credential: "from-the-console" },
  },
  tools: [
    {
      name: "now",
      description: "The weather now",
      args: [
        { name: "city", description: "The city", type: "string", required: true, position: "query" },
        { name: "days", type: "int", position: "trailer", default: 3 },
      ],
      security: [{ id: "key", passthrough: true }],
      requestTemplate: {
        url: "https://{{.config.host}}/now",
        method: "GET",
        headers: [{ key: "X-Retries", value: 3 }],
      },
      responseTemplate: { body: "", prependBody: "# ${name}\n", appendBody: "" },
      errorResponseTemplate: "",
    },
  ],
  allowTools: ["now"],
};

test("a whole one becomes a server without a mistake", () => {
  const { entry, notes } = importHigress(higress);
  expect(notes).toEqual([
    "The name weather server has become weather-server",
    "The type int of days of the tool now has become integer",
    "The position trailer of days of the tool now is left out, as Higress does",
  ]);
  expect(entry).toEqual({
    name: "weather-server",
    templates: "higress",
    config: { host: "api.example.com" },
    securitySchemes: [{ id: "key", type: "apiKey", in: "query", name: "appid" }],
    defaultUpstreamSecurity: { id: "key", credential: "from-the-console" },
    tools: [
      {
        name: "now",
        description: "The weather now",
        args: [
          { name: "city", description: "The city", type: "string", required: true, position: "query" },
          { name: "days", type: "integer", default: 3 },
        ],
        security: { id: "key", passthrough: true },
        requestTemplate: {
          url: "https://{{.config.host}}/now",
          method: "GET",
          headers: [{ key: "X-Retries", value: "3" }],
        },
        responseTemplate: { prependBody: "# $${name}\n" },
      },
    ],
    allowTools: ["now"],
  });
  const { model, problems } = parseConfig(stringify({ mcpServers: [entry] }), "weir.yaml", { env: {} });
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  const [server] = model?.mcp?.servers ?? [];
  expect(server).toMatchObject({ problem: null, upstreams: [{ origin: "https://api.example.com" }] });
  expect(server?.tools[0]).toMatchObject({ responseTemplate: { prependBody: "# ${name}\n" } });
});

describe("servers in front of others", () => {
  const schemes = [
    { id: "token", type: "http", scheme: "bearer" },
    { id: "user", type: "http", scheme: "basic", defaultCredential: "anna:secret" },
    { id: "key", type: "apiKey", in: "header", name: "X-Key" },
    { id: "query", type: "apiKey", in: "query", name: "key" },
  ];
  const proxy = { name: "far", type: "mcp-proxy", transport: "http", mcpServerURL: "https://mcp.example.com/mcp" };
  const imported = (security: unknown) =>
    importHigress({ server: { ...proxy, securitySchemes: schemes, defaultUpstreamSecurity: security } });

  test("a proxy and a toolSet of it are configurations of Weir", () => {
    const far = importHigress({ server: { ...proxy, timeout: 3000 }, allowTools: ["find"] });
    expect(far).toEqual({
      entry: {
        name: "far",
        mode: "proxy",
        upstream: { url: "https://mcp.example.com/mcp", listTimeout: "3000ms" },
        allowTools: ["find"],
      },
      notes: [],
    });
    const set = importHigress({ toolSet: { name: "set", serverTools: [{ serverName: "far", tools: ["find"] }] } });
    const { model, problems } = parseConfig(stringify({ mcpServers: [far.entry, set.entry] }), "weir.yaml", {
      env: {},
    });
    expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(model?.mcp?.servers.map(({ mode, problem }) => [mode, problem])).toEqual([
      ["proxy", null],
      ["toolSet", null],
    ]);
  });

  test.each([
    [{ id: "token", credential: "abc" }, [{ key: "Authorization", value: "Bearer abc" }]],
    [{ id: "user" }, [{ key: "Authorization", value: "Basic YW5uYTpzZWNyZXQ=" }]],
    [{ id: "key", credential: "$x" }, [{ key: "X-Key", value: "$x" }]],
    [undefined, undefined],
  ])("the credential %j becomes a header", (security, headers) => {
    const { entry, notes } = imported(security);
    expect([entry?.["upstream"], notes]).toEqual([
      { url: "https://mcp.example.com/mcp", ...(headers && { headers }) },
      [],
    ]);
  });

  test("what has no place is told", () => {
    expect(imported({ id: "query", credential: "abc" }).notes).toEqual([
      "The credential of query is left out: write it to upstream.headers",
    ]);
    const path = { ...proxy, mcpServerURL: "/mcp", transport: "sse" };
    const { entry, notes } = importHigress({ server: path, tools: [{ name: "find" }] });
    expect(entry).toMatchObject({ upstream: { url: "/mcp", transport: "sse" } });
    expect(notes).toEqual([
      "mcpServerURL is no whole URL: write the server's address in front of it",
      "The tools' own descriptions and security are left out: Weir takes them from the server itself",
    ]);
  });
});

test("one that is wrapped in rules", () => {
  const { entry, notes } = importHigress({ _rules_: [{ _match_route_: ["r"], ...higress }, {}] });
  expect(entry).toMatchObject({ name: "weather-server" });
  expect(notes).toContain("Only the first of several _rules_ is taken over");
});

test("URLs that are paths need an address", () => {
  const [tool] = higress.tools;
  const tools = [{ ...tool, requestTemplate: { url: "/x", timeout: 5 } }];
  const { notes } = importHigress({ ...higress, tools, comment: "x" });
  expect(notes).toEqual(
    expect.arrayContaining([
      "Some URLs are paths: add baseUrl, the server that they are below",
      "comment of the file is left out: Weir has no such field",
      "timeout of the tool now's requestTemplate is left out: Weir has no such field",
    ]),
  );
});

describe("what cannot be taken over says why", () => {
  test.each<[unknown, string]>([
    [null, "There is no server in it"],
    [[], "There is no server in it"],
    [{ server: { name: "" }, tools: [{}] }, "The server has no name"],
    [
      { server: { name: "quark-search" } },
      "quark-search has no tools of its own: it is one of those that are built into Higress",
    ],
    [{ server: { name: "x", type: "grpc" } }, "There are no servers of the type grpc"],
    [{ toolSet: { serverTools: [] } }, "The server has no name"],
  ])("%j", (document, why) => {
    expect(importHigress(document)).toEqual({ entry: null, notes: [why] });
  });
});
