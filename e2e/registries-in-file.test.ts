// Services of registries that the file names: real registries know where providers and APIs are, and requests go there.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { startSimulator, type Simulator } from "../control/src/simulator/simulator.ts";
import type { RegistryStatus } from "../control/src/model/discovery.ts";
import { freePort } from "../envoy/test/ports.ts";
import { weir, type TestProcess } from "./child-process.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send } from "./http-client.ts";
import { startRestApi, type RestApi } from "./mcp/rest-api.ts";
import { Consul, whyNot, ZooKeeper } from "./registries/servers.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-registries-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const chat = { model: "m", messages: [{ role: "user", content: "Hello" }] };
const path = "/v1/chat/completions";
const soon = { timeout: 15_000, interval: 50 };
const startMs = 120_000;

function keptIn(state: string): string {
  const file = join(state, "servers.json");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

const ask = (url: string) => send(url, { path, json: chat });

async function registriesOf(controlUrl: string): Promise<RegistryStatus[]> {
  const answer = await fetch(`${controlUrl}/status`);
  return ((await answer.json()) as { registries: RegistryStatus[] }).registries;
}

/** A configuration as `weir` itself is to read it. */
function alone(yaml: string, port: number): string {
  return yaml.replace("@PORT@", String(port)).replace(/ {2}accessLog.*\n/, "");
}

const started: TestProcess[] = [];
const gateways: Gateway[] = [];
afterEach(async () => {
  for (const process of started.splice(0)) await process.stop();
  for (const gateway of gateways.splice(0)) await gateway.stop();
});

async function startAlone(yaml: string, env: Record<string, string> = {}): Promise<Gateway> {
  const gateway = await startGateway(yaml, env);
  gateways.push(gateway);
  return gateway;
}

describe("Consul", { skip: whyNot("consul") !== null }, () => {
  let consul: Consul;
  const servers: Simulator[] = [];
  beforeAll(async () => {
    consul = await Consul.start(join(folder, "consul"));
    for (let index = 0; index < 2; index += 1) servers.push(await startSimulator());
  }, startMs);
  afterAll(async () => {
    await consul?.server.kill();
    for (const server of servers) await server.close();
  });

  const come = (name: string, index: number, meta = {}): Promise<void> =>
    consul.register({ name, id: `${name}-${index}`, address: "127.0.0.1", port: servers[index]!.port, meta });

  /** `changes` are made to the registry. */
  const yamlOf = (service: string, changes: object = {}, more = ""): string => `${gatewayBlock}
registries:
  - ${JSON.stringify({ name: "main", type: "consul", url: consul.url, token: "${CONSUL_TOKEN}", ...changes })}
providers:
  - name: llama
    type: vllm
    baseUrl: http://llama.internal/v1
    service: ${service}
    ${more}
routes:
  - { name: all, targets: [{ provider: llama }] }
`;
  const start = (yaml: string): Promise<Gateway> => startAlone(yaml, { CONSUL_TOKEN: consul.token });
  const forget = (): void => servers.forEach((server) => void (server.requests.length = 0));

  /** Which servers have requests at last. */
  const until = async (gateway: Gateway, expected: boolean[]): Promise<void> =>
    vi.waitFor(async () => {
      forget();
      for (let count = 0; count < 8; count += 1) expect((await ask(gateway.url)).status).toBe(200);
      expect(servers.map(({ requests }) => requests.length > 0)).toEqual(expected);
    }, soon);

  test("servers that come and go, and a registry that is away, drop no request", async () => {
    await come("llama", 0);
    const gateway = await start(yamlOf("{ registry: main, name: llama }"));
    await until(gateway, [true, false]);
    expect(servers[0]!.requests[0]!.headers["host"]).toBe("llama.internal");
    const stream = await open(gateway.url, {
      path,
      headers: { "x-simulate": "words-60, chunk-delay-50" },
      json: { ...chat, stream: true },
    });
    await stream.seen("simulated-2");
    await come("llama", 1);
    await until(gateway, [true, true]);
    await consul.deregister("llama-0");
    await until(gateway, [false, true]);
    expect(await stream.whole).toMatchObject({ status: 200, complete: true });
    await consul.server.kill();
    await gateway.reported(/TROUBLE The registry main cannot be asked: .*What is known stays/);
    await until(gateway, [false, true]);
    const [status] = await registriesOf(gateway.weir.controlUrl);
    expect(status).toMatchObject({ registry: "main", services: [{ service: "llama", state: "stale", servers: 1 }] });
    await consul.restart();
    await come("llama", 0);
    await until(gateway, [true, true]);
    expect(gateway.output()).not.toContain(consul.token);
    expect(await (await fetch(`${gateway.weir.controlUrl}/config`)).text()).not.toContain(consul.token);
  }, 90_000);

  test("a registry that is changed, added and removed drops no request", async () => {
    await come("shop", 0, { version: "v1" });
    await come("shop", 1, { version: "v2" });
    const gateway = await start(yamlOf("{ registry: main, name: shop }"));
    await until(gateway, [true, true]);
    const statuses: number[] = [];
    const over = new AbortController();
    const asking = (async () => {
      while (!over.signal.aborted) statuses.push((await ask(gateway.url)).status);
    })();
    // The same cluster, made anew: Envoy does not wait for endpoints until it gives up, which is after 15 seconds.
    const before = performance.now();
    await gateway.configure(yamlOf("{ registry: main, name: shop }", {}, "circuitBreaker: { consecutiveErrors: 9 }"));
    expect(performance.now() - before).toBeLessThan(10_000);
    // Another token, another name, only some of the servers, another kind of registry, none.
    await gateway.configure(yamlOf("{ registry: main, name: shop }", { token: "wrong" }));
    await gateway.configure(yamlOf("{ registry: other, name: shop }", { name: "other" }));
    await gateway.configure(yamlOf("{ registry: main, name: shop, version: v2 }"));
    await until(gateway, [false, true]);
    const list = { type: "static", url: undefined, token: undefined, addresses: [`127.0.0.1:${servers[0]!.port}`] };
    await gateway.configure(yamlOf("{ registry: main }", list));
    await until(gateway, [true, false]);
    await gateway.configure(yamlOf("{ registry: main, name: shop }"));
    await until(gateway, [true, true]);
    over.abort();
    await asking;
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(statuses.length).toBeGreaterThan(50);
  }, 90_000);

  test("a control plane that is killed and starts while the registry is away goes on with what was known", async () => {
    await come("kept", 0);
    const file = join(folder, "kept.yaml");
    const port = await freePort();
    writeFileSync(file, alone(yamlOf("{ registry: main, name: kept }"), port));
    const env = { CONSUL_TOKEN: consul.token, WEIR_STATE: join(folder, "state") };
    const run = async (): Promise<{ process: TestProcess; control: string }> => {
      const control = await freePort();
      const process = weir(["run", file, "--control-port", String(control)], { env });
      started.push(process);
      await process.said(/Ctrl-C stops it/, 60_000);
      return { process, control: `http://127.0.0.1:${control}` };
    };
    const url = `http://127.0.0.1:${port}`;
    const first = await run();
    await vi.waitFor(async () => expect((await ask(url)).status).toBe(200), soon);
    await vi.waitFor(() => expect(keptIn(env.WEIR_STATE)).toContain(String(servers[0]!.port)), soon);
    first.process.signal("SIGKILL");
    await first.process.exited;
    await consul.server.kill();
    const second = await run();
    await vi.waitFor(async () => expect((await ask(url)).status).toBe(200), soon);
    const [status] = await registriesOf(second.control);
    expect(status).toMatchObject({ services: [{ service: "kept", state: "stale", servers: 1 }] });
    const shown = weir(["status", "--control", second.control]);
    await shown.exited;
    expect(shown.output).toMatch(/main +kept +stale since \d{4}-\d\d-\d\dT\S+ +1\n[\s\S]*main cannot be asked: /);
    await consul.restart();
    await second.process.said(/The registry main answers again/);
  }, 120_000);

  test("weir build says that it cannot, and why", async () => {
    const file = join(folder, "build.yaml");
    writeFileSync(file, alone(yamlOf("{ registry: main, name: llama }"), 8080));
    const env = { CONSUL_TOKEN: consul.token };
    const built = weir(["build", file, "-o", join(folder, "built")], { env });
    expect(await built.exited).toMatchObject({ code: 1 });
    expect(built.output).toContain("only weir run can ask the registry main where its services are");
    const checked = weir(["check", file], { env });
    expect(await checked.exited).toMatchObject({ code: 0 });
  });
});

describe("ZooKeeper", { skip: whyNot("zookeeper") !== null }, () => {
  test(
    "an API that tools lead to, and a server behind a proxy, are found",
    async () => {
      const zooKeeper = await ZooKeeper.start(join(folder, "zookeeper"));
      const api: RestApi = await startRestApi();
      const { port } = new URL(api.url);
      const entry = JSON.stringify({
        name: "weather",
        id: "1",
        address: "127.0.0.1",
        port: Number(port),
        sslPort: null,
      });
      await zooKeeper.put("/apps/weather/1", entry);
      const gateway = await startAlone(`${gatewayBlock}
registries:
  - { name: zk, type: zookeeper, servers: ["127.0.0.1:${zooKeeper.server.port}"], path: /apps }
mcpServers:
  - name: weather
    baseUrl: http://weather.internal
    service: { registry: zk, name: weather }
    tools: [{ name: echo, description: Says it, requestTemplate: { url: /echo, method: GET } }]
`);
      const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "echo", arguments: {} } };
      await vi.waitFor(async () => {
        const headers = { accept: "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18" };
        const answer = await send(gateway.url, { path: "/mcp/weather", json: call, headers });
        expect(answer.text).toContain("weather.internal");
      }, soon);
      expect(api.requests.at(-1)?.headers["host"]).toBe("weather.internal");
      await api.close();
      await zooKeeper.stop();
    },
    startMs,
  );
});
