// `weir build` with plugins of others: their modules are in the folder, from wherever they are, and run in their order
// and by their rules under plain Envoy. What cannot be had leaves nothing built.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TestRegistry } from "../control/src/modules/test/registry.ts";
import { startSimulator, type Simulator } from "../control/src/simulator/simulator.ts";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { freePort } from "../envoy/test/ports.ts";
import { compileModule } from "../tools/build-plugins.ts";
import { TestProcess, weir } from "./child-process.ts";
import { send } from "./http-client.ts";
import { findRegistry } from "./registry/program.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-e2e-build-plugins-"));
const env = { WEIR_STATE: join(folder, "state"), STAMP_HEADER: "x-stamp" };
let simulator: Simulator;
let web: Server;
let webUrl: string;
let module: Uint8Array;
let registry: TestRegistry | null = null;
let envoy: TestProcess | null = null;

beforeAll(async () => {
  simulator = await startSimulator();
  module = readFileSync((await compileModule("e2e/plugins/trace/assembly/index.ts")).path);
  writeFileSync(join(folder, "trace.wasm"), module);
  web = createServer((request, response) => {
    if (request.url === "/trace.wasm") response.end(module);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  if (findRegistry() !== null) registry = await TestRegistry.start();
});
afterAll(async () => {
  await envoy?.stop();
  await registry?.stop();
  await simulator?.close();
  web?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function build(name: string, port: number, plugins: string) {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    `
gateway: { address: 127.0.0.1, port: ${port} }
providers: [{ name: alpha, type: vllm, baseUrl: "${simulator.url}/v1" }]
routes: [{ name: chat, targets: [{ provider: alpha }] }]
plugins:
${plugins}`,
  );
  const output = join(folder, name);
  const built = weir(["build", file, "--output", output], { env });
  return { output, code: (await built.exited).code, said: built.output };
}

/** The image's digest too; null where no registry was built. */
async function pushed(): Promise<string | null> {
  if (!registry) return null;
  const header = { name: "plugin.wasm", size: module.length, type: "file" as const };
  const bytes = gzipSync(await packTar([{ header, body: Buffer.from(module) }]));
  const layer = { type: "application/vnd.oci.image.layer.v1.tar+gzip", bytes };
  const digest = await registry.push("plugins/trace", "1.0.0", [layer]);
  return `oci://${registry.host}/plugins/trace@${digest}`;
}

test("modules from a file, a web server and a registry run without Weir", async () => {
  const port = await freePort();
  const image = await pushed();
  const { output, code, said } = await build(
    "all",
    port,
    `
  - { name: local, url: trace.wasm, priority: 1, config: { at: file }, rules: [{ hosts: [off.test], disabled: true }] }
  - { name: fetched, url: "${webUrl}/trace.wasm", phase: authn, config: { at: web } }
  - { name: ruled, url: "file://${join(folder, "trace.wasm")}", phase: stats, rules: [{ hosts: [only.test], config: { at: only } }] }
${image === null ? "" : `  - { name: image, url: "${image}", phase: authz, config: { at: image } }\n`}`,
  );
  expect(code, said).toBe(0);
  const modules = readdirSync(output).filter((name) => name.startsWith("plugin-"));
  expect(modules).toEqual(
    ["plugin-fetched.wasm", ...(image ? ["plugin-image.wasm"] : []), "plugin-local.wasm", "plugin-ruled.wasm"].sort(),
  );
  const digests = readFileSync(join(output, "SHA256SUMS"), "utf8");
  for (const name of modules) expect(digests).toContain(`  ${name}\n`);
  expect(readFileSync(join(output, "envoy.yaml"), "utf8")).not.toContain(folder);
  const { path: binary } = await findEnvoy();
  const args = ["-c", "envoy.yaml", "--log-level", "warning", "--disable-hot-restart", "--concurrency", "1"];
  envoy = new TestProcess(binary, args, { cwd: output });
  const ran = async (host: string): Promise<string[]> => {
    const json = { model: "m", messages: [{ role: "user", content: "Hello" }] };
    const url = `http://127.0.0.1:${port}`;
    const { status, headers } = await send(url, { path: "/v1/chat/completions", json, headers: { host } });
    expect(status).toBe(200);
    const seen = [headers["x-trace"] ?? []].flat().join(", ");
    return [...seen.matchAll(/"at":"([^"]*)"/g)].map(([, at]) => at ?? "").reverse();
  };
  const images = image === null ? [] : ["image"];
  const soon = { timeout: 30_000, interval: 100 };
  await vi.waitFor(async () => expect(await ran("any.test")).toEqual(["web", ...images, "file"]), soon);
  expect(await ran("off.test")).toEqual(["web", ...images]);
  expect(await ran("only.test")).toEqual(["web", ...images, "only", "file"]);
}, 120_000);

test.each([
  [
    "is not there",
    () => `  - { name: lost, url: "${webUrl}/lost.wasm" }`,
    /module of the plugin lost cannot be had: .*404/,
  ],
  ["has no file", () => `  - { name: lost, url: lost.wasm }`, /module of the plugin lost cannot be had/],
  [
    "has another digest",
    () => `  - { name: other, url: trace.wasm, sha256: "${"0".repeat(64)}" }`,
    /module of the plugin other cannot be had/,
  ],
  [
    "has a secret in its configuration",
    () => `  - { name: told, url: trace.wasm, config: { header: "\${STAMP_HEADER}" } }`,
    /plugin told refers to secrets, which no build holds/,
  ],
])("a plugin that %s leaves nothing built", async (what, plugins, reason) => {
  const { output, code, said } = await build(what.replaceAll(" ", "-"), 8080, plugins());
  expect(code).toBe(1);
  expect(said).toMatch(reason);
  expect(existsSync(output)).toBe(false);
});
