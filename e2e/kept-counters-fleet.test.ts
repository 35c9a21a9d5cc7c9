// Counters of Envoys that others start: each Envoy's are its own, over its restarts, and over those of the control
// plane with another plugin.
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findPlugins, type PluginFile } from "../control/src/cli/plugin-files.ts";
import { startWeir, type Weir } from "../control/src/cli/start-weir.ts";
import { Secret } from "../control/src/model/secret.ts";
import { startSimulator, type Simulator } from "../control/src/simulator/simulator.ts";
import { buildBootstrap } from "../envoy/bootstrap.ts";
import { xdsTokenVariable } from "../envoy/control-cluster.ts";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { TestProcess } from "./child-process.ts";
import { freePort } from "../envoy/test/ports.ts";
import { send } from "./http-client.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-e2e-"));
const configFile = join(folder, "weir.yaml");
const token = "fake-token-of-sixteen-or-more";
const intervalMs = 2_500;
let simulator: Simulator;
let weir: Weir;
let [port, xdsPort] = [0, 0];
const envoys: TestProcess[] = [];

beforeAll(async () => {
  simulator = await startSimulator();
  [port, xdsPort] = [await freePort(), await freePort()];
  writeFileSync(
    configFile,
    `gateway: { port: ${port} }
providers: [{ name: alpha, type: vllm, baseUrl: "${simulator.url}/v1" }]
routes: [{ name: all, targets: [{ provider: alpha }] }]
limits:
  - { name: each, match: { headers: { x-case: "*" } }, windows: [{ unit: requests, limit: 60, per: day }] }
`,
  );
  weir = await startControl();
});
afterAll(async () => {
  for (const envoy of envoys) await envoy.stop();
  await weir?.close();
  await simulator?.close();
  rmSync(folder, { recursive: true, force: true });
});

function startControl(plugins?: PluginFile[]): Promise<Weir> {
  const xds = { port: xdsPort, token: new Secret(token, { kind: "env", name: xdsTokenVariable }) };
  const env = { ...process.env, WEIR_STATE: join(folder, "state") };
  return startWeir({ configFile, env, envoy: false, control: { xds }, ...(plugins && { plugins }) });
}

/** An Envoy with a token, as another machine would have it. */
async function startEnvoy(nodeId: string): Promise<TestProcess> {
  const bootstrap = buildBootstrap({ nodeId, admin: null, xds: { address: "127.0.0.1", port: xdsPort } });
  const file = join(folder, `${nodeId}.json`);
  writeFileSync(file, JSON.stringify(bootstrap));
  const args = ["-c", file, "--log-level", "warning", "--disable-hot-restart", "--concurrency", "2"];
  const envoy = new TestProcess((await findEnvoy()).path, args, { env: { [xdsTokenVariable]: token } });
  envoys.push(envoy);
  await vi.waitFor(async () => expect(await statusOf({})).toBe(200), { timeout: 20_000 });
  return envoy;
}

async function statusOf(headers: Record<string, string>): Promise<number> {
  const json = { model: "m", messages: [{ role: "user", content: "Hello" }] };
  const answer = await send(`http://127.0.0.1:${port}`, { path: "/v1/chat/completions", json, headers });
  return answer.status;
}

async function served(headers: Record<string, string>, count: number): Promise<number> {
  const statuses = await Promise.all(Array.from({ length: count }, () => statusOf(headers)));
  return statuses.filter((status) => status === 200).length;
}

async function kill(envoy: TestProcess): Promise<void> {
  envoy.signal("SIGKILL");
  await envoy.exited;
}

/** The plugins, token-ratelimit with other bytes that do the same: a section that nobody reads. */
async function otherPlugins(): Promise<PluginFile[]> {
  return (await findPlugins()).map(({ name, path }) => {
    if (name !== "token-ratelimit") return { name, path };
    const section = [0, 6, 5, ...Buffer.from("other")];
    const changed = join(folder, "token-ratelimit.wasm");
    writeFileSync(changed, Buffer.concat([readFileSync(path), Uint8Array.from(section)]));
    return { name, path: changed };
  });
}

test("each Envoy has counters of its own, and finds them again under its name", { timeout: 120_000 }, async () => {
  const headers = { "x-case": randomUUID() };
  const first = await startEnvoy("first");
  expect(await served(headers, 40)).toBe(40);
  await pause(intervalMs);
  await kill(first);
  const second = await startEnvoy("second");
  expect(await served(headers, 50)).toBe(50);
  await pause(intervalMs);
  await kill(second);
  await startEnvoy("first");
  expect(await served(headers, 50)).toBe(20);
  await kill(envoys.at(-1)!);
  await startEnvoy("second");
  expect(await served(headers, 50)).toBe(10);
  await kill(envoys.at(-1)!);
});

test("a new control plane with another plugin: counting goes on, and what was counted meanwhile is kept", async () => {
  const headers = { "x-case": randomUUID() };
  const envoy = await startEnvoy("third");
  expect(await served(headers, 20)).toBe(20);
  await weir.close();
  // Without any control plane.
  expect(await served(headers, 10)).toBe(10);
  weir = await startControl(await otherPlugins());
  await vi.waitFor(() => expect(weir.status()[0]?.resources.every(({ state }) => state === "accepted")).toBe(true), {
    timeout: 20_000,
  });
  expect(await served(headers, 10)).toBe(10);
  await pause(intervalMs);
  await kill(envoy);
  await startEnvoy("third");
  expect(await served(headers, 60)).toBe(20);
}, 120_000);
