// `weir run` as a process: what a supervisor sees of it, and a person in a hurry.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { freePort } from "../../../envoy/test/ports.ts";
import { findEnvoy } from "../../../envoy/find-envoy.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-run-"));
let child: ChildProcess | undefined;
let output = { stdout: "", stderr: "" };

afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Its outputs are sockets, as below systemd. */
async function run(port: number, ...args: string[]): Promise<ChildProcess> {
  const file = join(folder, "weir.yaml");
  writeFileSync(
    file,
    `gateway: { port: ${port}, accessLog: { path: /dev/stdout } }
providers: [{ name: play, type: simulated }]
routes: [{ name: all, targets: [{ provider: play }] }]
`,
  );
  output = { stdout: "", stderr: "" };
  const main = join(import.meta.dirname, "main.ts");
  child = spawn(process.execPath, [main, "run", file, "--concurrency", "1", ...args], {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => void (output[name] += text));
  }
  await said("stdout", /Ctrl-C stops it/);
  return child;
}

async function said(stream: "stdout" | "stderr", pattern: RegExp): Promise<void> {
  await vi.waitFor(() => expect(output[stream]).toMatch(pattern), { timeout: 25_000, interval: 30 });
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

function envoyOf(pid: number): number {
  return childrenOf(pid).find((id) => readFileSync(`/proc/${id}/comm`, "utf8").startsWith("envoy")) ?? 0;
}

describe("weir run", () => {
  it("passes Envoy's access log on to its own standard output, even when that is a socket", async () => {
    const port = await freePort();
    await run(port);
    const id = "11111111-2222-4333-8444-555555555555";
    await fetch(`http://127.0.0.1:${port}/v1/models`, { headers: { "x-request-id": id } });
    await said("stdout", new RegExp(id));
    const line = output.stdout.split("\n").find((text) => text.includes(id)) ?? "";
    expect(JSON.parse(line)).toBeTypeOf("object");
  });

  it("reads the configuration again at SIGHUP", async () => {
    const port = await freePort();
    const weir = await run(port, "--no-watch");
    const file = join(folder, "weir.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("name: all,", "name: all, match: { pathPrefix: /next },"));
    weir.kill("SIGHUP");
    await said("stderr", /weir\.yaml has changed: applied/);
    expect((await fetch(`http://127.0.0.1:${port}/next/models`)).status).toBe(200);
  });

  it("lets in an Envoy that has the token it has printed, and names one that has not", async () => {
    const at = `127.0.0.1:${await freePort()}`;
    const gatewayPort = await freePort();
    await run(gatewayPort, "--no-envoy", "--xds-listen", at);
    const [, token = ""] = /WEIR_XDS_TOKEN=(\S+)/.exec(output.stdout) ?? [];
    expect(token).toHaveLength(43);
    expect(output.stderr).not.toContain(token);
    const bootstrap = join(folder, "joining.yaml");
    const main = join(import.meta.dirname, "main.ts");
    writeFileSync(bootstrap, execFileSync(process.execPath, [main, "bootstrap", "--xds", at]));
    const { path } = await findEnvoy();
    const args = ["-c", bootstrap, "--concurrency", "1", "--disable-hot-restart", "--log-level", "off"];
    const startJoining = (WEIR_XDS_TOKEN?: string): ChildProcess =>
      spawn(path, args, { stdio: "ignore", env: { ...process.env, WEIR_XDS_TOKEN } });
    const joining = [startJoining()];
    try {
      await said("stderr", /An Envoy at 127\.0\.0\.1 may not join: it shows no token\. Start it with .*WEIR_XDS_TOKEN/);
      joining.push(startJoining(token));
      const ask = (): Promise<Response> => fetch(`http://127.0.0.1:${gatewayPort}/v1/models`);
      await vi.waitFor(async () => expect((await ask()).status).toBe(200), 10_000);
    } finally {
      for (const envoy of joining) envoy.kill("SIGKILL");
    }
  });

  it("shows the problems of a change, and serves on", async () => {
    const port = await freePort();
    await run(port);
    writeFileSync(join(folder, "weir.yaml"), "gateway: {");
    await said("stderr", /weir\.yaml:1:\d+ error[^]*it cannot be served, so the last good one stays/);
    expect((await fetch(`http://127.0.0.1:${port}/v1/models`)).status).toBe(200);
  });

  it.skipIf(process.platform !== "linux")("stops at once at the second Ctrl-C, Envoy included", async () => {
    const weir = await run(await freePort());
    const envoy = envoyOf(weir.pid ?? 0);
    // An Envoy that does not answer keeps the first Ctrl-C waiting.
    process.kill(envoy, "SIGSTOP");
    weir.kill("SIGINT");
    await said("stderr", /Ctrl-C again to force/);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const exited = once(weir, "exit");
    const before = performance.now();
    weir.kill("SIGINT");
    expect(await exited).toEqual([130, null]);
    expect(performance.now() - before).toBeLessThan(1_500);
    await vi.waitFor(() => expect(stateOf(envoy)).toMatch(/^(gone|Z)/), { timeout: 5_000 });
  });
});

/** A zombie, `Z`, waits for its parent, which may be a container's first process. */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1] ?? "";
  } catch {
    return "gone";
  }
}
