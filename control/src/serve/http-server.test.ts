// The HTTP side: plugins by digest, and what people and monitors read.
import { createHash } from "node:crypto";
import { get } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { AdsServer } from "./ads-server.ts";
import { HttpServer } from "./http-server.ts";
import { pluginFile, PluginStore, type StoredPlugin } from "./plugin-store.ts";

const bytes = Buffer.from("not really wasm");
let folder: string;
let server: HttpServer;
let plugin: StoredPlugin;
let url: string;

let isReady = false;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-http-"));
  await writeFile(join(folder, "plugin.wasm"), bytes);
  const plugins = new PluginStore();
  plugin = await plugins.add("ai-proxy", join(folder, "plugin.wasm"));
  const config = () => ({ apiKey: new Secret("the-secret-value", { kind: "literal" }) });
  const addresses = [
    { address: "10.0.0.1:80", state: "healthy" },
    { address: "10.0.0.2:80", state: "ejected" },
  ] as const;
  const one = { target: "openai/one", state: "degraded", requestsActive: 2, maxConcurrentRequests: 0 } as const;
  const rest = { restingUntil: null, speeds: [] };
  const targets = async () => [{ ...one, ...rest, addresses: [...addresses] }];
  const views = { config, targets, limits: () => [], isReady: () => isReady };
  server = new HttpServer({ ads: new AdsServer(), plugins, ...views });
  url = `http://127.0.0.1:${(await server.listen()).port}`;
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test("a plugin is served under its digest, for ever", async () => {
  expect(plugin.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  const response = await fetch(`${url}/plugins/${pluginFile(plugin)}`);
  expect(response.headers.get("content-type")).toBe("application/wasm");
  expect(response.headers.get("cache-control")).toContain("immutable");
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
});

test.each([
  ["another digest", `ai-proxy-${"0".repeat(64)}.wasm`],
  ["no digest", "ai-proxy.wasm"],
  ["a path out of the store", "..%2f..%2fetc%2fpasswd"],
])("%s is not found", async (_, file) => {
  expect((await fetch(`${url}/plugins/${file}`)).status).toBe(404);
});

test("the configuration is shown without its secrets", async () => {
  const text = await (await fetch(`${url}/config`)).text();
  expect(JSON.parse(text)).toEqual({ apiKey: "[redacted]" });
});

test.each([
  ["attacker.example", 421],
  ["127.0.0.1.attacker.example:18001", 421],
  ["localhost.attacker.example", 421],
  ["localhost:18001", 200],
  ["127.0.0.1", 200],
  ["[::1]:18001", 200],
])("a request for the host %j is answered %i: a web page may not read what is here", async (host, status) => {
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    get(`${url}/config`, { headers: { host } }, (response) => resolve(response.resume().statusCode)).on(
      "error",
      reject,
    );
  });
  expect(answer).toBe(status);
});

test("it says whether all that is configured is published", async () => {
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  isReady = true;
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test("without an Envoy the status is an empty list, and the metrics say so", async () => {
  expect(await (await fetch(`${url}/status`)).json()).toMatchObject({ envoys: [] });
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain("# TYPE weir_rejections_total counter\nweir_rejections_total 0\n");
  expect(metrics).toContain("weir_envoys_connected 0\n");
});

test("the targets' state is told, and is in the metrics", async () => {
  const status = (await (await fetch(`${url}/status`)).json()) as { targets: object[] };
  expect(status.targets).toMatchObject([{ target: "openai/one", state: "degraded" }]);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('weir_target_addresses{target="openai/one",state="ejected"} 1\n');
  expect(metrics).toContain('weir_target_requests_active{target="openai/one"} 2\n');
});
