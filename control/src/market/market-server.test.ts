// The catalogue over HTTP: paths, escaped names, and what is answered where there is nothing.
import { afterAll, beforeAll, expect, test } from "vitest";
import { Catalogue } from "./catalogue.ts";
import { MarketServer } from "./market-server.ts";

let server: MarketServer;
beforeAll(async () => {
  const catalogue = new Catalogue();
  const of = (version: string) => ({
    server: { name: "com.example/search", version, description: "Searches" },
    status: "active" as const,
    statusMessage: null,
    isPinned: false,
  });
  catalogue.update({ entries: [of("1.0.0+build.7"), of("0.9.0")] }, new Date(0));
  server = await MarketServer.start({ address: "127.0.0.1", port: 0, catalogue });
});
afterAll(() => server.close());

async function get(path: string): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return { status: response.status, body: await response.json(), headers: response.headers };
}

test.each<[string, unknown]>([
  ["/v0.1/servers", { servers: [expect.anything(), expect.anything()], metadata: { count: 2 } }],
  ["/v0.1/servers?limit=1&limit=2&unknown=x", { metadata: { count: 2 } }],
  ["/v0.1/servers/com.example%2Fsearch/versions", { metadata: { count: 2 } }],
  ["/v0.1/servers/com.example%2Fsearch/versions/latest", { server: { version: "1.0.0+build.7" } }],
  ["/v0.1/servers/com.example%2Fsearch/versions/1.0.0%2Bbuild.7", { server: { version: "1.0.0+build.7" } }],
  ["/v0.1/servers/com.example%2Fsearch/versions/0.9.0", { server: { version: "0.9.0" } }],
])("%s", async (path, body) => {
  const answer = await get(path);
  expect(answer).toMatchObject({ status: 200, body });
  expect(answer.headers.get("content-type")).toContain("application/json");
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
});

test.each<[string, number, string]>([
  ["/v0.1/servers?limit=0", 400, "limit must be a whole number from 1 to 100"],
  ["/v0.1/servers?updated_since=now", 400, "updated_since must be a time such as 2026-01-31T12:00:00Z"],
  ["/v0.1/servers/com.example%2Fother/versions", 404, "Server not found"],
  ["/v0.1/servers/com.example%2Fsearch/versions/3.0.0", 404, "Server or version not found"],
  ["/v0.1/publish", 404, "There is nothing here"],
  ["/", 404, "There is nothing here"],
])("%s is answered %i", async (path, status, error) => {
  expect(await get(path)).toMatchObject({ status, body: { error } });
});
