// A plugin with a bug: its trap costs the request at hand, and what the same worker thread had open in that VM; never
// Envoy.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startSimulator, type Simulator } from "../control/src/simulator/simulator.ts";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { compileModule } from "../tools/build-plugins.ts";
import { TestProcess, weir } from "./child-process.ts";
import { freePort } from "../envoy/test/ports.ts";
import { open, send, type HttpAnswer } from "./http-client.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-e2e-"));
const output = join(folder, "dist");

let simulator: Simulator;
let envoy: TestProcess;
let url: string;

/** A built gateway whose ai-proxy is replaced by the plugin that traps. */
beforeAll(async () => {
  simulator = await startSimulator();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const file = join(folder, "weir.yaml");
  writeFileSync(
    file,
    `gateway: { port: ${port} }
providers: [{ name: alpha, type: vllm, baseUrl: "${simulator.url}/v1" }]
routes: [{ name: all, targets: [{ provider: alpha }] }]
`,
  );
  const built = weir(["build", file, "--output", output]);
  expect(await built.exited, built.output).toEqual({ code: 0, signal: null });
  const trap = await compileModule("e2e/plugins/trap/assembly/index.ts");
  copyFileSync(trap.path, join(output, "ai-proxy.wasm"));
  const args = ["-c", "envoy.yaml", "--log-level", "critical", "--disable-hot-restart", "--concurrency", "1"];
  envoy = new TestProcess((await findEnvoy()).path, args, { cwd: output });
  await vi.waitFor(() => send(url, { path: "/v1/models" }), { timeout: 15_000, interval: 50 });
});

afterAll(async () => {
  await envoy?.stop();
  await simulator?.close();
  rmSync(folder, { recursive: true, force: true });
});

function chat(when: string): Promise<HttpAnswer> {
  const json = { model: "m", stream: true, messages: [{ role: "user", content: "Hello" }] };
  return send(url, { path: "/v1/chat/completions", json, headers: { "x-trap": when } });
}

/** Envoy starts a VM anew at once when the last start is longer ago than this; sooner, it answers 500 until then. */
const reloadPauseMs = 1_000;

function expectServing(): Promise<void> {
  return vi.waitFor(async () => expect(await chat("never")).toMatchObject({ status: 200, complete: true }), {
    timeout: 5_000,
    interval: 50,
  });
}

test("a trap before the answer is an error in the client's format, and the next request is served", async () => {
  await expectServing();
  await pause(reloadPauseMs);
  expect(await chat("request")).toMatchObject({
    status: 500,
    complete: true,
    json: { error: { type: "server_error", code: "plugin_failed" } },
  });
  expect(await chat("never")).toMatchObject({ status: 200, complete: true });
});

test("a trap in the middle of an answer ends it uncleanly, and the gateway goes on", async () => {
  await expectServing();
  const answer = await chat("response");
  expect(answer.status === 200 && answer.complete).toBe(false);
  await expectServing();
});

test("a stream that the same VM has open ends with it, uncleanly", async () => {
  await expectServing();
  const json = { model: "m", stream: true, messages: [{ role: "user", content: "Hello" }] };
  const headers = { "x-simulate": "words-100, chunk-delay-30" };
  const stream = await open(url, { path: "/v1/chat/completions", json, headers });
  await stream.seen("simulated-2");
  await chat("request");
  expect(await stream.whole).toMatchObject({ complete: false });
});

test("trap after trap never ends Envoy", async () => {
  for (let i = 0; i < 20; i++) expect((await chat("request")).status).toBeGreaterThanOrEqual(500);
  await expectServing();
  expect(envoy.output).not.toMatch(/Caught|Segmentation/);
});
