// Nacos's HTTP APIs as its documentation has them: there is no server of it among the packages that tests may have.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import type { Instance, NacosRegistry } from "../model/discovery.ts";
import { Secret } from "../model/secret.ts";
import { NacosClient } from "./nacos.ts";

const secret = (text: string): Secret => new Secret(text, { kind: "literal" });

const host = (ip: string, changes: object = {}): object => {
  const usual = { port: 8080, weight: 1.0, healthy: true, enabled: true, ephemeral: true, clusterName: "DEFAULT" };
  return { ip, ...usual, metadata: { "preserved.register.source": "SPRING_CLOUD" }, ...changes };
};

/** https://nacos.io/en/docs/v1/open-api/ */
const firstVersion = (hosts: object[]): object => {
  return { name: "DEFAULT_GROUP@@shop", groupName: "DEFAULT_GROUP", clusters: "", cacheMillis: 10_000, hosts };
};

let server: Server | null = null;
let client: NacosClient | null = null;
afterEach(() => {
  client?.close();
  server?.close();
});

interface Asked {
  path: string;
  query: URLSearchParams;
}

/** What a server says to each request, and what it was asked. */
async function serve(
  answer: (asked: Asked) => [status: number, body: object],
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  server = createServer((request: IncomingMessage, response) => {
    const { pathname: path, searchParams: query } = new URL(request.url ?? "", "http://any");
    request.on("data", (part: Buffer) =>
      new URLSearchParams(part.toString()).forEach((value, key) => query.set(key, value)),
    );
    request.on("end", () => {
      asked.push({ path, query });
      const [status, body] = answer({ path, query });
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function watch(url: string, changes: Partial<NacosRegistry> = {}): { told: Instance[][]; failed: Promise<void> } {
  const plain: NacosRegistry = {
    type: "nacos",
    name: "n",
    url,
    version: 1,
    namespace: "public",
    login: null,
    accessKey: null,
  };
  client = new NacosClient({ ...plain, ...changes });
  const told: Instance[][] = [];
  const service = { by: "group", group: "DEFAULT_GROUP", name: "shop" } as const;
  const failed = client.watch(service, (instances) => void told.push(instances), AbortSignal.timeout(20_000));
  failed.catch(() => {});
  return { told, failed };
}

const addresses = (instances: Instance[] | undefined): string[] | undefined => instances?.map(({ address }) => address);

test("healthy and enabled instances of versions 1 and 2 are followed, with weights and metadata", async () => {
  let hosts = [host("10.0.0.2"), host("10.0.0.1", { weight: 2.5, metadata: { version: "v2", protocol: "grpc" } })];
  const { url, asked } = await serve(() => [200, firstVersion(hosts)]);
  const { told } = watch(url);
  await vi.waitFor(() => expect(addresses(told.at(-1))).toEqual(["10.0.0.1", "10.0.0.2"]));
  expect(told[0]?.[0]).toEqual({
    address: "10.0.0.1",
    port: 8080,
    weight: 2.5,
    protocol: "grpc",
    version: "v2",
    zone: "",
  });
  const [{ path, query } = { path: "", query: new URLSearchParams() }] = asked;
  expect(path).toBe("/nacos/v1/ns/instance/list");
  expect(query.get("serviceName")).toBe("DEFAULT_GROUP@@shop");
  expect([query.get("namespaceId"), query.get("healthyOnly")]).toEqual(["public", "true"]);
  hosts = [
    host("10.0.0.3"),
    host("10.0.0.4", { enabled: false }),
    host("10.0.0.5", { weight: 0 }),
    host("10.0.0.6", { healthy: false }),
  ];
  await vi.waitFor(() => expect(addresses(told.at(-1))).toEqual(["10.0.0.3"]), 3000);
});

test("version 3 is asked by its own API", async () => {
  const { url, asked } = await serve(() => [200, { code: 0, message: "success", data: [host("10.0.0.1")] }]);
  const { told } = watch(url, { version: 3, namespace: "prod" });
  await vi.waitFor(() => expect(addresses(told.at(-1))).toEqual(["10.0.0.1"]));
  expect(asked[0]?.path).toBe("/nacos/v3/client/ns/instance/list");
  expect(Object.fromEntries(asked[0]!.query)).toMatchObject({
    groupName: "DEFAULT_GROUP",
    serviceName: "shop",
    namespaceId: "prod",
  });
});

test("whoever has to log in does so once, until the token ends", async () => {
  const { url, asked } = await serve(({ path, query }) => {
    if (path.endsWith("/login")) return [200, { accessToken: `token-of-${query.get("username")}`, tokenTtl: 18_000 }];
    return query.get("accessToken") === "token-of-weir"
      ? [200, firstVersion([host("10.0.0.1")])]
      : [403, { message: "unknown user!" }];
  });
  const { told } = watch(url, { login: { user: "weir", password: secret("s3cret") } });
  await vi.waitFor(() => expect(told.length).toBeGreaterThan(1), 4000);
  expect(addresses(told[0])).toEqual(["10.0.0.1"]);
  expect(asked.filter(({ path }) => path === "/nacos/v1/auth/login").map(({ query }) => query.get("password"))).toEqual(
    ["s3cret"],
  );
});

test("requests with an access key are signed as Alibaba Cloud wants it", async () => {
  const { url, asked } = await serve(() => [200, firstVersion([])]);
  const { told } = watch(url, { accessKey: { id: "LTAI", secret: secret("key") } });
  await vi.waitFor(() => expect(told).toEqual([[]]));
  const { ak, data, signature } = Object.fromEntries(asked[0]!.query);
  expect(ak).toBe("LTAI");
  expect(data).toMatch(/^\d{13}@@DEFAULT_GROUP@@shop$/);
  expect(signature).toMatch(/^[A-Za-z0-9+/]{27}=$/);
});

test.each([
  ["a refusal", [403, { message: "unknown user!" }], /It answered 403/],
  [
    "an error in an answer",
    [200, { code: 10_000, message: "parameter missing", data: "" }],
    /It answered 10000: parameter missing/,
  ],
] as const)("%s is an error and no empty list", async (_what, answer, expected) => {
  const { url } = await serve(() => [...answer]);
  const { told, failed } = watch(url, { version: 3 });
  await expect(failed).rejects.toThrow(expected);
  expect(told).toEqual([]);
});

test("answers of any shape do not throw", async () => {
  for (const body of [
    {},
    { hosts: null },
    { hosts: "none" },
    { hosts: [null, 1, {}, { ip: "a b", port: 1 }, { ip: "10.0.0.1" }] },
  ]) {
    const { url } = await serve(() => [200, body]);
    const { told } = watch(url);
    await vi.waitFor(() => expect(told[0]).toEqual([]));
    client?.close();
    server?.close();
  }
});
