// Calls of tools in the ledger: which server, which tool, how much went and came, and what failed, for servers of HTTP
// APIs, servers in front of others, and several as one.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { queryUsage } from "../control/src/ledger/query.ts";
import { openStore, type Store } from "../control/src/store/store.ts";
import { weir } from "./child-process.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer } from "./http-client.ts";
import { startListingServer, type ListingServer } from "./mcp/listing-server.ts";

const configuration = (url: string): string => `${gatewayBlock}
ledger: {}
mcpServers:
  - name: weather
    tools:
      - { name: forecast, responseTemplate: { body: "{{.args.city}}: fine" }, args: [{ name: city, required: true }] }
  - { name: issues, mode: proxy, upstream: { url: "${url}" } }
  - { name: office, mode: multiplex, prefix: always, members: [{ server: weather }, { server: issues }] }
`;

let upstream: ListingServer;
let gateway: Gateway;
let store: Store;
beforeAll(async () => {
  upstream = await startListingServer(["search"]);
  gateway = await startGateway(configuration(upstream.url));
  store = await openStore({ database: join(gateway.stateFolder, "ledger.db") });
});
afterAll(async () => {
  await store?.close();
  await gateway?.stop();
  await upstream?.close();
});

function message(server: string, method: string, params: object = {}): Promise<HttpAnswer> {
  const headers = { accept: "application/json, text/event-stream" };
  return send(gateway.url, { path: `/mcp/${server}`, headers, json: { jsonrpc: "2.0", id: 1, method, params } });
}
const callOf = (server: string, name: string, args: object = {}) =>
  message(server, "tools/call", { name, arguments: args });

test("each call counts for its server's tool, by whatever way it has come, with its bytes and its failure", async () => {
  const answers = [
    await callOf("weather", "forecast", { city: "Bath" }),
    await callOf("weather", "forecast"),
    await callOf("weather", "unknown"),
    await callOf("issues", "search"),
    await message("office", "tools/list"),
    await callOf("office", "weather__forecast", { city: "Bath" }),
    await callOf("office", "issues__search"),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const sizes = answers.map(({ body }) => body.length);
  const hour = { from: Date.now() - 3_600_000, to: Date.now() + 3_600_000, bucket: null, where: {} };
  await vi.waitFor(async () => {
    const rows = await queryUsage(store, { by: ["server", "method", "tool"], ...hour });
    const told = rows.map(({ at, sums }) => [...Object.values(at), Number(sums.requests), Number(sums.failures)]);
    expect(told.toSorted()).toEqual([
      ["issues", "tools/call", "search", 2, 0],
      ["office", "tools/list", "", 1, 0],
      ["weather", "tools/call", "", 1, 1],
      ["weather", "tools/call", "forecast", 3, 1],
    ]);
    const forecast = rows.find(({ at }) => at.tool === "forecast")?.sums;
    expect(Number(forecast?.response_bytes)).toBe(sizes[0]! + sizes[1]! + sizes[5]!);
    expect(Number(forecast?.request_bytes)).toBeGreaterThan(250);
  }, 10_000);
});

test("weir usage tells it, and refuses what has no sums", async () => {
  const file = join(gateway.stateFolder, "..", "weir.yaml");
  const env = { WEIR_STATE: gateway.stateFolder };
  const asked = weir(["usage", file, "--by", "server,tool", "--where", "server=issues"], { env });
  expect(await asked.exited, asked.output).toMatchObject({ code: 0 });
  expect(asked.output).toMatch(/^SERVER +TOOL +REQUESTS +RECEIVED +SENT\n *issues +search +2 +\d+ +\d+$/m);
  const both = weir(["usage", file, "--by", "tag,tool"], { env });
  expect(await both.exited, both.output).toMatchObject({ code: 1 });
  expect(both.output).toContain("server, method, tool cannot be told by tag");
});
