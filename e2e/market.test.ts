// The market beside a gateway on a real Envoy: what is switched off in the configuration is gone from both at once.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { freePort } from "../envoy/test/ports.ts";
import { startGateway, type Gateway } from "./gateway.ts";

let gateway: Gateway;
let port = 0;

const configuration = (clock: string, pins = "{}"): string => `${gatewayBlock}
market:
  port: ${port}
  namespace: com.example
  servers:
    - server: { name: com.example/search, description: Searches the wiki, version: 1.0.0 }
    - server: { name: com.example/search, description: Searches the wiki, version: 2.0.0 }
  pins: ${pins}
mcpServers:
  - { name: weather, version: 1.2.0, tools: [{ name: now, responseTemplate: { body: sunny } }] }
  - { name: clock, ${clock} tools: [{ name: now, responseTemplate: { body: noon } }] }
`;

beforeAll(async () => {
  port = await freePort();
  gateway = await startGateway(configuration(""));
});
afterAll(() => gateway?.stop());

async function listed(query = ""): Promise<any[]> {
  const response = await fetch(`http://127.0.0.1:${port}/v0.1/servers${query}`);
  const { servers } = (await response.json()) as { servers: any[] };
  return servers;
}

const names = (servers: any[]) => servers.map(({ server }) => `${server.name}@${server.version}`);

/** The status of a call of the clock's tool. */
async function call(url: string): Promise<number> {
  const method = "POST";
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "now", arguments: {} } });
  const response = await fetch(url, { method, headers, body });
  await response.arrayBuffer();
  return response.status;
}

test("lists the gateway's servers, and each can be reached where it says", async () => {
  const servers = await listed();
  const all = ["com.example/clock@1.0.0", "com.example/search@2.0.0", "com.example/search@1.0.0"];
  expect(names(servers)).toEqual([...all, "com.example/weather@1.2.0"]);
  const [remote] = servers[0].server.remotes;
  expect(remote).toEqual({ type: "streamable-http", url: `${gateway.url}/mcp/clock` });
  expect(await call(remote.url)).toBe(200);
});

test("what is switched off is gone from the list and from the gateway, and comes back", async () => {
  const url = `${gateway.url}/mcp/clock`;
  const before = new Date().toISOString();
  await gateway.configure(configuration("enabled: false,"));
  expect(await call(url)).toBe(404);
  expect(await call(`${gateway.url}/mcp/weather`)).toBe(200);
  expect(names(await listed("?search=clock"))).toEqual([]);
  const [changed] = await listed(`?updated_since=${before}`);
  expect(changed).toMatchObject({ server: { name: "com.example/clock" } });
  expect(changed._meta["io.modelcontextprotocol.registry/official"].status).toBe("deleted");
  await gateway.configure(configuration(""));
  expect([await call(url), names(await listed("?search=clock"))]).toEqual([200, ["com.example/clock@1.0.0"]]);
});

test("a pin says which version is the latest", async () => {
  expect(names(await listed("?search=search&version=latest"))).toEqual(["com.example/search@2.0.0"]);
  await gateway.configure(configuration("", "{ com.example/search: 1.0.0 }"));
  expect(names(await listed("?search=search&version=latest"))).toEqual(["com.example/search@1.0.0"]);
});

test("a control plane that is started anew tells the same times, and where the market is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-market-"));
  const own = await freePort();
  // Two gateways of tests listen at different ports; the URL of an entry would be another one.
  const market = `port: ${own}\n  url: https://mcp.example.com`;
  const start = (clock: string) =>
    startGateway(configuration(clock).replace(`port: ${port}`, market), { WEIR_STATE: folder });
  const ask = async (query = ""): Promise<any[]> => {
    const response = await fetch(`http://127.0.0.1:${own}/v0.1/servers${query}`);
    return ((await response.json()) as { servers: any[] }).servers;
  };
  let running = await start("");
  try {
    const before = await ask();
    await running.stop();
    const since = new Date().toISOString();
    running = await start("version: 2.0.0,");
    expect(names(await ask(`?updated_since=${since}`))).toEqual(["com.example/clock@2.0.0", "com.example/clock@1.0.0"]);
    const isClock = ({ server }: any) => server.name === "com.example/clock";
    expect((await ask()).filter((each) => !isClock(each))).toEqual(before.filter((each) => !isClock(each)));
    const status = (await (await fetch(`${running.weir.controlUrl}/status`)).json()) as { market: unknown };
    expect(status.market).toEqual({ url: `http://127.0.0.1:${own}/v0.1/servers`, entries: 4 });
  } finally {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the market goes with its section", async () => {
  await gateway.configure(configuration("").replace(/market:[^]*?mcpServers/, "mcpServers"));
  await expect(listed()).rejects.toThrow("fetch failed");
});
