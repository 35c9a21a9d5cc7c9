// Imported OpenAPI documents on a real Envoy: a stock client calls their tools, and the API gets the request that the
// document asks for, byte for byte.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { writeServers } from "../control/src/config/write-servers.ts";
import { importOpenApi } from "../control/src/openapi/import-openapi.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { startRestApi, type ApiRequest, type RestApi } from "./mcp/rest-api.ts";

const documents = join(import.meta.dirname, "../control/src/openapi/testdata");

async function imported(file: string, server: string): Promise<unknown> {
  const options = { name: null, variables: {}, security: null, tags: [], operations: [], excluded: [], prefix: "" };
  const path = join(documents, file);
  const all = { ...options, server, skipsDeprecated: false, hasOutputSchemas: false };
  return (await importOpenApi(readFileSync(path, "utf8"), path, all)).entry;
}

const files = ["styles.yaml", "uploads.yaml", "petstore-2.0.json", "security.yaml", "composition.yaml"];
const environment = {
  PET_STORE_API_KEY: "fake-pet-key",
  PET_STORE_PETSTORE_AUTH: "fake-pet-token",
  VAULT_APP_KEY: "fake key&1",
  VAULT_SESSION: "fake-session",
  VAULT_BEARER_AUTH: "fake-token",
  VAULT_APP_ID: "fake-app",
  VAULT_BASIC_AUTH: "user:fake-word",
  VAULT_OAUTH: "fake-oauth-token",
};

let api: RestApi;
let gateway: Gateway;
const clients = new Map<string, Client>();
beforeAll(async () => {
  api = await startRestApi();
  const servers = await Promise.all(files.map((file) => imported(file, `${api.url}/api`)));
  gateway = await startGateway(`${gatewayBlock}\n${writeServers(servers)}`, environment);
});
afterAll(async () => {
  for (const client of clients.values()) await client.close();
  await gateway?.stop();
  await api?.close();
});
beforeEach(() => void (api.requests.length = 0));

async function clientOf(server: string): Promise<Client> {
  const known = clients.get(server);
  if (known) return known;
  const client = new Client({ name: "weir-e2e", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`/mcp/${server}`, gateway.url)) as never);
  clients.set(server, client);
  return client;
}

/** What the API got. */
async function called(server: string, name: string, args: object = {}): Promise<ApiRequest> {
  const client = await clientOf(server);
  const result = (await client.callTool({ name, arguments: args as Record<string, unknown> })) as any;
  expect(api.requests, JSON.stringify(result)).toHaveLength(1);
  return api.requests[0]!;
}

test("every document's tools are listed by the client that checks them", async () => {
  const counts = await Promise.all(
    ["styles", "files", "pet-store", "vault", "composition"].map(async (server) => {
      const { tools } = await (await clientOf(server)).listTools();
      return tools.length;
    }),
  );
  expect(counts).toEqual([1, 7, 7, 9, 5]);
});

describe("parameters", () => {
  const path = { id: "a/b", ids: [1, 2], label: "x", matrix: ["m", "n o"], point: { x: 1, y: 2 } };

  test("in every style", async () => {
    const request = await called("styles", "styles", {
      ...path,
      id_query: "q&1",
      exploded: ["a", "b c"],
      joined: ["a,b", "c"],
      spaced: ["a", "b"],
      piped: ["a", "b"],
      filter: { status: "open", since: "2026-01-01" },
      page: { offset: 0, size: 10 },
      sort: { by: "name", order: "asc" },
      ids_query: ["7", "8"],
      top: 0,
      where: { a: 1 },
      nested: { a: { b: 1 } },
      trace: "t-1",
      X_List: ["p", "q"],
      sid: "s1",
      prefs: ["dark", "wide"],
    });
    const [target, query = ""] = request.url.split("?");
    expect(target).toBe("/api/items/a%2Fb/1,2/.x/;matrix=m;matrix=n%20o/x,1,y,2");
    expect(query.split("&").sort()).toEqual([
      "%24top=0",
      "exploded=a",
      "exploded=b+c",
      "filter%5Bsince%5D=2026-01-01",
      "filter%5Bstatus%5D=open",
      "id=q%261",
      "ids%5B%5D=7",
      "ids%5B%5D=8",
      "joined=a%2Cb,c",
      "nested%5Ba%5D=%7B%22b%22%3A1%7D",
      "offset=0",
      "piped=a%7Cb",
      "size=10",
      "sort=by,name,order,asc",
      "spaced=a%20b",
      "where=%7B%22a%22%3A1%7D",
    ]);
    expect(request.headers).toMatchObject({ trace: "t-1", "x-list": "p,q", cookie: "prefs=dark,wide; sid=s1" });
  });

  test("that are not given are not sent", async () => {
    const { url, headers } = await called("styles", "styles", path);
    expect(url).toBe("/api/items/a%2Fb/1,2/.x/;matrix=m;matrix=n%20o/x,1,y,2");
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(["cookie"]));
    expect(headers["x-list"]).toBeUndefined();
  });
});

describe("bodies", () => {
  test("JSON, field by field", async () => {
    const pet = { name: "doggie", photoUrls: ["u"], tags: [{ id: 9007199254740991 }] };
    const { method, url, headers, body } = await called("pet-store", "addPet", { ...pet, id: 7 });
    expect([method, url, body]).toEqual(["POST", "/api/pet", JSON.stringify(pet)]);
    expect(headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      authorization: "Bearer fake-pet-token",
    });
  });

  test("JSON, as a whole", async () => {
    const body = { id: "b", owner: "o@example.com", limits: null };
    const request = await called("composition", "setAccount", { id: "a", body });
    expect([request.method, request.url, request.body]).toEqual(["PUT", "/api/accounts/a", JSON.stringify(body)]);
    expect(request.headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  test("JSON that is left out", async () => {
    const { body, headers } = await called("composition", "bulk");
    expect([body, headers["content-type"], headers["content-length"]]).toEqual(["", undefined, "0"]);
  });

  test("a form", async () => {
    const { body, headers } = await called("pet-store", "updatePetWithForm", { petId: 5, name: "a b&c", status: "ü" });
    expect([body, headers["content-type"]]).toEqual([
      "name=a+b%26c&status=%C3%BC",
      "application/x-www-form-urlencoded",
    ]);
  });

  test("a form with lists and objects", async () => {
    const args = { amount: 0, expand: ["x", "y z"], ids: [1, 2], metadata: { "k&": "v" }, shipping: { name: "n" } };
    const { body, headers } = await called("files", "createCharge", args);
    expect(body).toBe(
      "amount=0&expand=x&expand=y+z&ids=1%2C2&metadata%5Bk%26%5D=v&shipping=%7B%22name%22%3A%22n%22%7D",
    );
    expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
  });

  test("a form with files", async () => {
    const bytes = "\u0000\u0001PNG\r\n--weir";
    const args = {
      file: Buffer.from(bytes).toString("base64"),
      file_filename: "a.png",
      purpose: "batch",
      labels: ["l1", "l2"],
      options: { keep: true },
      attachments: [Buffer.from("one").toString("base64")],
    };
    const { body, headers } = await called("files", "createFile", args);
    const type = String(headers["content-type"]);
    expect(type).toMatch(/^multipart\/form-data; boundary=weir-[0-9a-f]{64}$/);
    const form = await new Response(body, { headers: { "content-type": type } }).formData();
    const file = form.get("file") as File;
    expect([file.name, file.type, await file.text()]).toEqual(["a.png", "image/png", bytes]);
    expect([form.get("purpose"), form.getAll("labels[]"), form.get("options")]).toEqual([
      "batch",
      ["l1", "l2"],
      '{"keep":true}',
    ]);
    expect(await (form.get("attachments") as File).text()).toBe("one");
    expect([...form.keys()]).toEqual(["file", "purpose", "labels[]", "labels[]", "options", "attachments"]);
  });

  test("texts and bytes", async () => {
    const text = await called("files", "addNote", { body: "héllo" });
    expect([text.body, text.headers["content-type"]]).toEqual(["héllo", "text/plain"]);
    api.requests.length = 0;
    const bytes = await called("files", "replaceFile", { id: "f", body: Buffer.from("raw").toString("base64") });
    expect([bytes.body, bytes.headers["content-type"]]).toEqual(["raw", "application/octet-stream"]);
  });
});

describe("credentials", () => {
  test.each<[string, string, Record<string, string | undefined>]>([
    ["listSecrets", "/api/secrets", { authorization: "Bearer fake-token" }],
    ["health", "/api/health", { authorization: undefined }],
    ["listApps", "/api/apps?app_key=fake+key%261", { "x-app-id": "fake-app" }],
    ["session", "/api/session", { cookie: "sid=fake-session" }],
    ["either", "/api/either", { authorization: `Basic ${Buffer.from("user:fake-word").toString("base64")}` }],
    ["optional", "/api/optional", { authorization: undefined }],
    ["oauth", "/api/oauth", { authorization: "Bearer fake-oauth-token" }],
  ])("of %s", async (tool, url, expected) => {
    const request = await called("vault", tool);
    expect(request.url).toBe(url);
    for (const [name, value] of Object.entries(expected)) expect(request.headers[name]).toBe(value);
  });
});
