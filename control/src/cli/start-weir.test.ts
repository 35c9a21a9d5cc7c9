// The whole of Weir in one process, on a real Envoy: what happens at the start, at a change, and at the end.
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freePort } from "../../../envoy/test/ports.ts";
import { buildBootstrap } from "../../../envoy/bootstrap.ts";
import { xdsTokenVariable } from "../../../envoy/control-cluster.ts";
import { EnvoyProcess } from "../../../envoy/envoy-process.ts";
import { findEnvoy } from "../../../envoy/find-envoy.ts";
import { Secret } from "../model/secret.ts";
import { defaultPorts } from "./control-plane.ts";
import { whyNotListen } from "./listen-check.ts";
import { startWeir, type StartWeirOptions, type Weir } from "./start-weir.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-start-"));
const file = join(folder, "weir.yaml");
const token = new Secret("a-token-of-the-tests", { kind: "literal" });
const servers: Server[] = [];
let weir: Weir | undefined;
let troubles: string[];
let readings: boolean[];

beforeEach(() => {
  troubles = [];
  readings = [];
});
afterEach(async () => {
  await weir?.close();
  weir = undefined;
  servers.splice(0).forEach((server) => server.close());
});
afterAll(() => rmSync(folder, { recursive: true }));

async function listen(port = 0): Promise<number> {
  const server = createServer().listen(port, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function configuration(port: number, prefix = "/v1"): string {
  return `gateway: { port: ${port} }
providers: [{ name: play, type: simulated }]
routes: [{ name: all, match: { pathPrefix: ${prefix} }, targets: [{ provider: play }] }]
`;
}

async function start(text: string, options: Partial<StartWeirOptions> = {}): Promise<Weir> {
  writeFileSync(file, text);
  weir = await startWeir({
    configFile: file,
    concurrency: 1,
    watch: false,
    ...options,
    events: {
      onTrouble: (message) => troubles.push(message),
      onReject: (message) => troubles.push(message),
      onConfiguration: (_, applied) => readings.push(applied),
      ...options.events,
    },
  });
  return weir;
}

async function ask(path = "/v1/chat/completions", body: object = {}): Promise<Response> {
  return fetch(`${weir?.gatewayUrl}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hello" }], ...body }),
  });
}

describe("at the start", () => {
  it("serves when it resolves, and nothing is left when it is closed", async () => {
    const port = await freePort();
    const running = await start(configuration(port));
    expect(running.gatewayUrl).toBe(`http://127.0.0.1:${port}`);
    expect((await ask()).status).toBe(200);
    expect(running.status()).toMatchObject([{ version: running.envoyVersion, disconnectedAt: null }]);
    const simulatorPort = running.simulator?.port ?? 0;
    await Promise.all([running.close(), running.close()]);
    expect(running.xdsPort).toBe(0);
    for (const ended of [port, Number(new URL(running.controlUrl).port), simulatorPort]) {
      expect(await whyNotListen("127.0.0.1", ended)).toBeNull();
    }
    expect(troubles).toEqual([]);
  });

  it("lets the command line's address win over the file's", async () => {
    const port = await freePort();
    expect((await start(configuration(1), { gateway: { port } })).gatewayUrl).toBe(`http://127.0.0.1:${port}`);
    expect((await ask()).status).toBe(200);
  });

  it("says which gateway port is taken, and leaves nothing running", async () => {
    const port = await listen();
    await expect(start(configuration(port))).rejects.toThrow(`port is in use: 127.0.0.1:${port}`);
  });

  it("makes way for whoever has the control plane's usual port", async () => {
    await listen(defaultPorts.http).catch(() => servers.pop());
    const running = await start(configuration(await freePort()));
    expect(Number(new URL(running.controlUrl).port)).not.toBe(defaultPorts.http);
    expect((await ask()).status).toBe(200);
  });

  it("says so when a control port that was asked for is taken", async () => {
    const taken = await listen();
    const text = configuration(await freePort());
    await expect(start(text, { control: { xds: { port: taken, token } } })).rejects.toThrow(/EADDRINUSE.*--xds-listen/);
    await expect(start(text, { control: { httpPort: taken } })).rejects.toThrow(/EADDRINUSE.*--control-port/);
  });

  it("refuses a configuration without anything to serve, and tells its problems", async () => {
    const onConfiguration = vi.fn();
    await expect(start("routes: []", { events: { onConfiguration } })).rejects.toThrow(/nothing that can be served/);
    expect(onConfiguration.mock.calls[0]?.[0]).not.toEqual([]);
  });

  it("starts no simulated provider that no route uses", async () => {
    const text = `gateway: { port: ${await freePort()} }
providers: [{ name: play, type: simulated }, { name: own, type: vllm, baseUrl: "http://127.0.0.1:9/v1" }]
routes: [{ name: all, targets: [{ provider: own }, { provider: play, standIn: true }] }]`;
    expect((await start(text)).simulator).toBeNull();
  });

  it("can be given up at any moment, and leaves nothing running", async () => {
    const port = await freePort();
    for (const afterMs of [0, 50, 150, 300]) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), afterMs);
      const outcome = await start(configuration(port), { signal: stop.signal }).catch((error: Error) => error);
      // A start that was over before the signal came is as good.
      if (!(outcome instanceof Error)) await outcome.close();
      expect(await whyNotListen("127.0.0.1", port)).toBeNull();
    }
  });

  it("serves a fleet without an Envoy of its own", async () => {
    const running = await start(configuration(await freePort()), { envoy: false });
    expect(running.envoy).toBeNull();
    expect(running.status()).toEqual([]);
    expect((await fetch(`${running.controlUrl}/healthz`)).status).toBe(200);
  });

  it("serves its own Envoy over a socket that nobody else can open", async () => {
    const running = await start(configuration(await freePort()));
    const { socketPath } = running.envoy!.admin as { socketPath: string };
    expect(statSync(dirname(socketPath)).mode & 0o777).toBe(0o700);
    expect(statSync(join(dirname(socketPath), "xds.sock")).mode & 0o777).toBe(0o600);
  });

  it("is joined by an Envoy that others start, and that knows the token", async () => {
    const control = { xds: { port: 0, token } };
    const running = await start(configuration(await freePort()), { envoy: false, control });
    const joined = new EnvoyProcess({
      path: (await findEnvoy()).path,
      concurrency: 1,
      env: { ...process.env, [xdsTokenVariable]: token.reveal() },
      bootstrap: (admin) =>
        buildBootstrap({ nodeId: "edge-1", admin, xds: { address: "127.0.0.1", port: running.xdsPort } }),
    });
    await joined.start();
    await vi.waitFor(async () => expect((await ask()).status).toBe(200), 10_000);
    expect(running.status()).toMatchObject([{ id: "edge-1", disconnectedAt: null }]);
    await joined.stop();
    await vi.waitFor(() => expect(running.status()).toMatchObject([{ disconnectedAt: expect.any(String) }]), 5_000);
  });
});

describe("at a change of the file", () => {
  it("serves the new one, without a new listener", async () => {
    const port = await freePort();
    const running = await start(configuration(port), { watch: true });
    const pid = running.envoy?.pid;
    writeFileSync(file, configuration(port, "/next"));
    await vi.waitFor(async () => expect((await ask("/next/chat/completions")).status).toBe(200), 8_000);
    expect((await ask()).status).toBe(404);
    expect(running.envoy?.pid).toBe(pid);
    const stats = await running.envoy?.askAdmin("/stats?filter=listener_manager.listener_modified");
    expect(stats?.body).toBe("listener_manager.listener_modified: 0\n");
  });

  it.each([
    ["half-written", "gateway: { port: 1"],
    ["empty", ""],
    ["cut short", "providers: [{ name: play, type: simulated }]\n"],
    ["no UTF-8", Buffer.from([0xff, 0xfe, 0x00])],
  ])("keeps serving the last good one when it is %s", async (_, text) => {
    const port = await freePort();
    const running = await start(configuration(port));
    writeFileSync(file, text);
    expect(await running.reload()).toBe(false);
    expect(readings).toEqual([true, false]);
    expect((await ask()).status).toBe(200);
    writeFileSync(file, configuration(port, "/mended"));
    expect(await running.reload()).toBe(true);
    expect((await ask("/mended/chat/completions")).status).toBe(200);
  });

  it("keeps serving the last good one when the file is gone", async () => {
    const running = await start(configuration(await freePort()));
    rmSync(file);
    expect(await running.reload()).toBe(false);
    expect((await ask()).status).toBe(200);
  });

  it("moves the gateway to another port", async () => {
    const [before, after] = [await freePort(), await freePort()];
    const running = await start(configuration(before));
    writeFileSync(file, configuration(after));
    expect(await running.reload()).toBe(true);
    expect(running.gatewayUrl).toBe(`http://127.0.0.1:${after}`);
    expect((await ask()).status).toBe(200);
  });

  it("stays where it is when the new port is taken, and serves the rest of the change", async () => {
    const [before, taken] = [await freePort(), await listen()];
    const running = await start(configuration(before));
    writeFileSync(file, configuration(taken, "/next"));
    expect(await running.reload()).toBe(true);
    expect(running.gatewayUrl).toBe(`http://127.0.0.1:${before}`);
    expect((await ask("/next/chat/completions")).status).toBe(200);
    expect(troubles).toEqual([expect.stringMatching(`in use: 127.0.0.1:${taken}.*stays at 127.0.0.1:${before}`)]);
  });
});

describe("when Envoy dies", () => {
  it("serves again on a new one, with the configuration of the last change", async () => {
    const onEnvoyReady = vi.fn();
    const onEnvoyRestart = vi.fn();
    const port = await freePort();
    const running = await start(configuration(port), { events: { onEnvoyReady, onEnvoyRestart } });
    writeFileSync(file, configuration(port, "/next"));
    await running.reload();
    process.kill(running.envoy?.pid ?? 0, "SIGKILL");
    await vi.waitFor(() => expect(onEnvoyReady).toHaveBeenCalledOnce(), 10_000);
    expect(onEnvoyRestart.mock.calls[0]?.[0]).toMatchObject({ signal: "SIGKILL" });
    await vi.waitFor(async () => expect((await ask("/next/chat/completions")).status).toBe(200), 5_000);
  });

  it("says so when its port was taken in the meantime, and serves once it is free", async () => {
    const port = await freePort();
    const running = await start(configuration(port));
    process.kill(running.envoy?.pid ?? 0, "SIGKILL");
    await vi.waitFor(() => listen(port), 2_000);
    await vi.waitFor(() => expect(troubles.join()).toContain(`port is in use: 127.0.0.1:${port}`), 10_000);
    servers.splice(0).forEach((server) => server.close());
    await vi.waitFor(async () => expect((await ask()).status).toBe(200), 10_000);
  });
});
