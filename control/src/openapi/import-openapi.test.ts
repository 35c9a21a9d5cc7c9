// What is chosen of a document: operations, servers, credentials. What becomes of each is in the golden cases.
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseConfig } from "../config/load-config.ts";
import { importOpenApi, type ImportOptions } from "./import-openapi.ts";
import { allOperations } from "./test/all-operations.ts";

const responses = { "200": { description: "ok", content: { "application/json": { schema: { type: "object" } } } } };
const document = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  servers: [
    {
      url: "https://{region}.example.com",
      description: "Live",
      variables: { region: { default: "eu", enum: ["eu", "us"] } },
    },
    { url: "https://test.example.com/", description: "For tests" },
  ],
  security: [{ key: [] }, { token: [] }],
  paths: {
    "/items": {
      get: { operationId: "listItems", tags: ["items"], responses },
      post: { operationId: "addItem", tags: ["items", "write"], responses },
    },
    "/orders": { get: { operationId: "listOrders", deprecated: true, responses } },
  },
  components: {
    securitySchemes: {
      key: { type: "apiKey", in: "header", name: "X-Key" },
      token: { type: "http", scheme: "bearer" },
    },
  },
};

async function run(options: Partial<ImportOptions> = {}, given: object = document): Promise<any> {
  const { entry, tools, problems } = await importOpenApi(stringify(given), "shop.yaml", {
    ...allOperations,
    ...options,
  });
  return {
    entry,
    names: tools.map(({ name }) => name),
    problems: problems.map(({ message, fix }) => `${message}. ${fix}`),
  };
}

describe("operations", () => {
  test.each<[Partial<ImportOptions>, string[]]>([
    [{}, ["listItems", "addItem", "listOrders"]],
    [{ tags: ["write"] }, ["addItem"]],
    [{ tags: ["write"], operations: ["listOrders"] }, ["addItem", "listOrders"]],
    [{ operations: ["GET /*"] }, ["listItems", "listOrders"]],
    [{ operations: ["list*"], excluded: ["get /orders"] }, ["listItems"]],
    [{ skipsDeprecated: true }, ["listItems", "addItem"]],
    [{ tags: ["items"], prefix: "shop_" }, ["shop_listItems", "shop_addItem"]],
  ])("by %j", async (options, expected) => {
    expect((await run(options)).names).toEqual(expected);
  });

  test.each<[Partial<ImportOptions>, string]>([
    [{ tags: ["item"] }, "There is no tag item. Did you mean items?. Correct the option"],
    [{ operations: ["addItems"] }, "There is no operation addItems. Did you mean addItem?. Correct the option"],
    [{ excluded: ["nothing"] }, "There is no operation nothing. Correct the option"],
    [{ excluded: ["*"] }, "No operation is left. Ask for less by options"],
  ])("%j asks for what is not there", async (options, problem) => {
    const { entry, problems } = await run(options);
    expect(entry).toBeNull();
    expect(problems).toContain(problem);
  });

  test("are at the paths that name them, wherever references lead", async () => {
    const item = { get: { responses } };
    const paths = { "/a": { $ref: "#/components/pathItems/one" }, "/b": { $ref: "#/paths/~1c" }, "/c": item, d: item };
    const { entry, problems } = await run({}, { ...document, paths, components: { pathItems: { one: item } } });
    expect(entry.tools.map(({ requestTemplate }: any) => requestTemplate.url)).toEqual(["/a", "/b", "/c"]);
    expect(problems).toContain("A path that is none is left out. Begin it with a slash");
  });

  test("more than a model can tell apart are told", async () => {
    const many = Array.from({ length: 61 }, (_, i) => [`/p${i}`, { get: { responses } }]);
    const { names, problems } = await run({}, { ...document, paths: Object.fromEntries(many) });
    expect([names[7], names.length]).toEqual(["get_p7", 61]);
    expect(problems).toContain("61 tools are more than models tell apart. Choose by --tag and --operation");
  });
});

describe("the server", () => {
  const relative = { ...document, servers: [{ url: "/v1" }] };

  test.each<[Partial<ImportOptions>, object, string]>([
    [{}, document, "https://eu.example.com"],
    [{ variables: { region: "us" } }, document, "https://us.example.com"],
    [{ server: "https://test.example.com" }, document, "https://test.example.com"],
    [{ server: "for tests" }, document, "https://test.example.com"],
    [{ server: "http://127.0.0.1:8000/other/" }, document, "http://127.0.0.1:8000/other"],
    [{ server: "https://a.example.com" }, relative, "https://a.example.com/v1"],
    [{ server: "https://a.example.com/v2" }, relative, "https://a.example.com/v2"],
    [{ server: "https://a.example.com" }, { ...document, servers: undefined }, "https://a.example.com"],
  ])("%j", async (options, given, url) => {
    expect((await run(options, given)).entry.baseUrl).toBe(url);
  });

  test.each<[Partial<ImportOptions>, object, string]>([
    [{}, relative, 'The document does not say where the API is ("/v1"). Name the API\'s address by --server https://…'],
    [{ server: "absent" }, document, 'There is no server "absent". Use one of: Live, For tests'],
    [{ variables: { region: "ap" } }, document, "The server's region cannot be ap. Use one of: eu, us"],
    [
      {},
      { ...document, servers: [{ url: "https://{x}.example.com" }] },
      "The server's x is not known. Name it by --variable x=…",
    ],
    [{ server: "https://a.example.com/?q=1" }, document, expect.stringContaining("has a query or a fragment")],
  ])("%j is refused", async (options, given, problem) => {
    const { entry, problems } = await run(options, given);
    expect(entry).toBeNull();
    expect(problems).toContainEqual(problem);
  });
});

test("what no schema may be is left out of schemas, and told", async () => {
  const schema = {
    type: "object",
    required: { id: true },
    properties: { id: { type: "text", minLength: -1, enum: [], anyOf: [], pattern: "(", maximum: "5", title: "Id" } },
  };
  const requestBody = { content: { "application/json": { schema } } };
  const { entry, problems } = await run({}, { ...document, paths: { "/a": { post: { requestBody, responses } } } });
  expect(entry.tools[0].inputSchema.properties).toEqual({ id: { title: "Id" } });
  expect(problems).toContain("required cannot be this in JSON Schema. It is left out; correct it");
});

describe("names that nobody can print", () => {
  const odd = "a\u0000\u0085\ud800";
  const json = { schema: { type: "object", properties: { [`p${odd}`]: { type: "string", default: odd } } } };
  const given = (type: string, scheme: string, place: string) => ({
    openapi: "3.1.0",
    info: { title: odd, version: odd, description: odd },
    servers: [{ url: "https://shop.example.com" }],
    security: [{ [scheme]: [] }],
    paths: {
      [`/${odd}/{x${odd}}`]: {
        post: {
          operationId: odd,
          summary: odd,
          parameters: [
            { name: `x${odd}`, in: "path", required: true, schema: { type: "string" } },
            { name: `q${odd}`, in: "query", schema: { enum: [odd] } },
            { name: `c${odd}`, in: "cookie", schema: { type: "string" } },
          ],
          requestBody: { content: { [type]: { ...json, encoding: { [`p${odd}`]: { style: odd } } } } },
          responses: { 200: { description: odd, content: { "application/json": json } } },
        },
      },
    },
    components: { securitySchemes: { [scheme]: { type: "apiKey", in: place, name: `key${odd}` } } },
  });

  test.each([
    ["application/json", "key", "query"],
    ["application/json", "key", "cookie"],
    ["application/x-www-form-urlencoded", odd, "query"],
    ["multipart/form-data", odd, "header"],
    [odd, "", "query"],
  ])("make no configuration that is refused: %j, %j in the %s", async (type, scheme, place) => {
    const { entry, problems } = await importOpenApi(
      JSON.stringify(given(type, scheme, place)),
      "a.json",
      allOperations,
    );
    expect(problems.map(({ message }) => message)).toContain("None of the credentials that it may have can be shown");
    const { problems: told } = parseConfig(JSON.stringify({ mcpServers: [entry] }), "weir.yaml", { env: {} });
    expect(told.filter(({ severity }) => severity === "error")).toEqual([]);
  });
});

test.each([
  ["1\u0000.2\u0085", "1.2"],
  ["\u0000", undefined],
])("of the version %j what can be printed is kept", async (version, kept) => {
  const { entry } = await run({}, { ...document, info: { title: "Shop", version } });
  expect(entry.version).toBe(kept);
});

test("headers that cannot be sent are left out, and told", async () => {
  const parameters = ["X-Good", "{{.args}}#h", "Transfer-Encoding"].map((name) => {
    return { name, in: "header", schema: { type: "string" } };
  });
  const paths = { "/a": { get: { operationId: "a", parameters, responses } } };
  const { entry, problems } = await run({}, { ...document, paths });
  expect(Object.keys(entry.tools[0].inputSchema?.properties ?? {})).toEqual(["X-Good"]);
  expect(problems).toContain(
    "The header {{.args}}#h is not a header's name. The parameter is left out; correct its name",
  );
  expect(problems.join("\n")).toMatch(/The header Transfer-Encoding is set by HTTP itself/);
});

describe("credentials", () => {
  test("a key whose header has no header's name is left out, and told", async () => {
    const components = { securitySchemes: { key: { type: "apiKey", in: "header", name: "X Key" } } };
    const { problems } = await run({}, { ...document, security: [{ key: [] }], components });
    expect(problems.join("\n")).toContain("The header X Key is not a header's name. Correct the scheme's name");
  });

  test("are the first that can be shown, or those that are preferred", async () => {
    expect((await run()).entry.defaultUpstreamSecurity).toEqual({ id: "key" });
    const { entry } = await run({ security: "token", name: "my-shop" });
    expect(entry.defaultUpstreamSecurity).toEqual({ id: "token" });
    expect(entry.securitySchemes).toEqual([
      { id: "token", type: "http", scheme: "bearer", defaultCredential: "${MY_SHOP_TOKEN}" },
    ]);
  });
});

describe("a document", () => {
  test.each<[string, string]>([
    ["openapi: 3.0", "No operation is left. Ask for less by options"],
    ["swagger: 2.0\nhost: a.test\npaths: {}", "No operation is left. Ask for less by options"],
    [
      "openapi: 4.0.0",
      "This is no OpenAPI document. Give a document that begins with openapi: 3.0 or 3.1, or swagger: 2.0",
    ],
    [
      "swagger: '2.0'\npaths: { /a: { get: { parameters: [{ name: x }] } } }",
      expect.stringContaining("The document cannot be read as one of its version"),
    ],
    ["[]", "This is no OpenAPI document. Give a document that begins with openapi: 3.0 or 3.1, or swagger: 2.0"],
    ["a: [b", expect.stringContaining("Flow sequence in block collection")],
    [
      'openapi: 3.0.0\npaths: { /a: { $ref: "absent-file.yaml" } }',
      expect.stringContaining("A reference leads to what cannot be read"),
    ],
    [
      'openapi: 3.0.0\npaths: { /a: { $ref: "http://127.0.0.1:1/x.yaml" } }',
      expect.stringContaining("A reference leads to what cannot be read"),
    ],
  ])("%j", async (text, problem) => {
    const { entry, problems } = await importOpenApi(text, "given.yaml", allOperations);
    expect(entry).toBeNull();
    expect(problems.map(({ message, fix }) => `${message}. ${fix}`)).toContainEqual(problem);
  });

  test("of thousands of operations is read in seconds", async () => {
    const schema = { $ref: "#/components/schemas/S0" };
    const link = (i: number) => ({ type: "object", properties: { a: { $ref: `#/components/schemas/S${i + 1}` } } });
    const schemas = Object.fromEntries(
      [...Array(200).keys()].map((i) => [`S${i}`, i < 199 ? link(i) : { type: "string" }]),
    );
    const operation = (i: number) => ({
      operationId: `op${i}`,
      requestBody: { content: { "application/json": { schema } } },
      responses,
    });
    const paths = Object.fromEntries([...Array(2000).keys()].map((i) => [`/p${i}`, { post: operation(i) }]));
    const given = { ...document, paths, components: { ...document.components, schemas } };
    const startedAt = performance.now();
    const { names } = await run({ tags: [], operations: ["op1"] }, given);
    expect(names).toEqual(["op1"]);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });
});
