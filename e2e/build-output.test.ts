// What `weir build` writes runs under plain Envoy, without Weir, and holds no secret.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { startSimulator, type Simulator } from "../control/src/simulator/simulator.ts";
import { TestProcess, weir } from "./child-process.ts";
import { freePort } from "../envoy/test/ports.ts";
import { send } from "./http-client.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-e2e-"));
const output = join(folder, "dist");
const key = "fake-key-that-no-build-may-hold";
const messages = [{ role: "user", content: "Hello" }];
const path = "/v1/chat/completions";

let simulator: Simulator;
let envoy: TestProcess;
let url: string;

function configuration(port: number): string {
  return `
gateway: { address: 127.0.0.1, port: ${port} }
providers:
  - name: alpha
    type: openai
    baseUrl: ${simulator.url}/v1
    apiKey: \${E2E_PROVIDER_KEY}
    modelMapping: { public-model: upstream-model }
  - name: beta
    type: openai
    baseUrl: ${simulator.url}/beta/v1
    apiKey: \${E2E_PROVIDER_KEY}
routes:
  - { name: gpt, models: ["gpt-*", public-model], targets: [{ provider: alpha }] }
  - { name: claude, models: ["claude-*"], targets: [{ provider: beta }] }
`;
}

beforeAll(async () => {
  simulator = await startSimulator({ apiKey: key });
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const file = join(folder, "weir.yaml");
  writeFileSync(file, configuration(port));
  const built = weir(["build", file, "--output", output], { env: { E2E_PROVIDER_KEY: key } });
  expect(await built.exited, built.output).toEqual({ code: 0, signal: null });
  expect(built.output).toContain("E2E_PROVIDER_KEY");
  const { path: binary } = await findEnvoy();
  const args = ["-c", "envoy.yaml", "--log-level", "warning", "--disable-hot-restart", "--concurrency", "1"];
  envoy = new TestProcess(binary, args, { cwd: output, env: { E2E_PROVIDER_KEY: key } });
  await vi.waitFor(() => send(url, { path: "/v1/models" }), { timeout: 15_000, interval: 50 });
});

afterAll(async () => {
  await envoy?.stop();
  await simulator?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a built folder under plain Envoy", () => {
  test("serves, with the key from Envoy's environment", async () => {
    expect(await send(url, { path, json: { model: "public-model", messages } })).toMatchObject({ status: 200 });
    const received = simulator.requests.at(-1);
    expect(received?.headers.authorization).toBe(`Bearer ${key}`);
    expect(JSON.parse(received?.body.toString() ?? "")).toMatchObject({ model: "upstream-model" });
  });

  test("streams", async () => {
    const answer = await send(url, { path, json: { model: "claude-sonnet", messages, stream: true } });
    expect(answer).toMatchObject({ status: 200, complete: true, text: expect.stringMatching(/\[DONE\]\n\n$/) });
    expect(simulator.requests.at(-1)?.path).toBe("/beta/v1/chat/completions");
  });

  test("refuses what the configuration does not serve", async () => {
    expect(await send(url, { path, json: { model: "llama", messages } })).toMatchObject({
      status: 404,
      json: { error: { code: "model_not_found" } },
    });
  });

  test("holds no secret and no path of the machine that built it", () => {
    for (const name of readdirSync(output)) {
      const text = readFileSync(join(output, name), "latin1");
      expect(text, name).not.toContain(key);
      expect(text, name).not.toContain(process.cwd());
    }
  });
});
