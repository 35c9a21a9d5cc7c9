// The `weir` command as a person meets it: it starts, says what to do, survives Envoy's death, and leaves nothing
// behind.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { childrenOf, isRunning, weir, type StartOptions, type TestProcess } from "./child-process.ts";
import { freePort } from "../envoy/test/ports.ts";
import { open, send } from "./http-client.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-e2e-"));
const started: TestProcess[] = [];
afterEach(async () => {
  for (const process of started.splice(0)) await process.stop();
});

function run(args: string[], options: StartOptions = {}): TestProcess {
  const process = weir(["run", ...args], options);
  started.push(process);
  return process;
}

function file(name: string, text: string, mode = 0o644): string {
  const path = join(folder, name);
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode });
  return path;
}

const noKeys = { OPENAI_API_KEY: undefined, ANTHROPIC_API_KEY: undefined };

/** The Envoy among a Weir's children. */
function envoyOf(process: TestProcess): number {
  const envoy = childrenOf(process.pid).find((pid) => /envoy/.test(readFileSync(`/proc/${pid}/comm`, "utf8")));
  if (!envoy) throw new Error("Weir has no Envoy");
  return envoy;
}

/** The printed line, taken apart as a shell would. */
function readCurl(output: string): { base: string; path: string; json: object } {
  const [, base, path, body] = /curl (http:\/\/[^/]+)(\/\S+) -H 'content-type: application\/json' -d '(.*)'/.exec(
    output,
  )!;
  return { base: base!, path: path!, json: JSON.parse(body!) as object };
}

test("the quick start answers the line it prints, streaming included, and Ctrl-C leaves no process behind", async () => {
  const process = run(["--quick-start", "--port", String(await freePort())], { env: noKeys });
  await process.said(/Ctrl-C stops it/);
  const { base, path, json } = readCurl(process.output);
  expect(await send(base, { path, json })).toMatchObject({
    status: 200,
    json: { choices: [{ message: { content: expect.stringContaining("simulated") } }] },
  });
  const stream = await send(base, { path, json: { ...json, stream: true } });
  expect(stream.text).toMatch(/data: \[DONE\]\n\n$/);
  const envoy = envoyOf(process);
  process.signal("SIGINT");
  const before = performance.now();
  expect(await process.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - before).toBeLessThan(3_000);
  expect(isRunning(envoy)).toBe(false);
});

/** A gateway with one stream open. */
async function withStream(simulate: string, ...args: string[]) {
  const process = run(["--quick-start", "--port", String(await freePort()), ...args], { env: noKeys });
  await process.said(/Ctrl-C stops it/);
  const { base, path, json } = readCurl(process.output);
  const headers = { "x-simulate": simulate };
  const stream = await open(base, { path, json: { ...json, stream: true }, headers });
  await stream.seen("simulated-1");
  return { process, stream, base, path, json };
}

test("SIGTERM in the middle of a stream lets it finish, and nobody new in", async () => {
  const { process, stream, base, path, json } = await withStream("words-20, chunk-delay-50");
  process.signal("SIGTERM");
  await process.said(/Waiting for 1 open request to finish, for at most 30 s/);
  await expect(send(base, { path, json })).rejects.toThrow("ECONNREFUSED");
  expect((await stream.whole).text).toMatch(/data: \[DONE\]\n\n$/);
  expect(await process.exited).toEqual({ code: 0, signal: null });
});

test("SIGTERM waits no longer than --drain-timeout", async () => {
  const { process, stream } = await withStream("words-1000, chunk-delay-100", "--drain-timeout", "1");
  process.signal("SIGTERM");
  expect(await process.exited).toEqual({ code: 0, signal: null });
  expect(process.output).toMatch(/Ending 1 open request after 1 s/);
  expect((await stream.whole).complete).toBe(false);
});

test("a second SIGTERM ends at once", async () => {
  const { process, stream } = await withStream("words-1000, chunk-delay-100");
  process.signal("SIGTERM");
  await process.said(/Waiting for 1 open request/);
  await new Promise((resolve) => setTimeout(resolve, 600));
  const envoy = envoyOf(process);
  const before = performance.now();
  process.signal("SIGTERM");
  expect(await process.exited).toEqual({ code: 143, signal: null });
  expect(performance.now() - before).toBeLessThan(1_500);
  await vi.waitFor(() => expect(isRunning(envoy)).toBe(false), 5_000);
  expect((await stream.whole).complete).toBe(false);
});

test("Ctrl-C in the middle of a stream ends in seconds", async () => {
  const { process, stream } = await withStream("words-1000, chunk-delay-100");
  process.signal("SIGINT");
  const before = performance.now();
  expect(await process.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - before).toBeLessThan(8_000);
  expect((await stream.whole).complete).toBe(false);
});

test("an Envoy that dies is started again, its cause is shown, and the gateway serves", async () => {
  const process = run(["--quick-start", "--port", String(await freePort())], { env: noKeys });
  await process.said(/Ctrl-C stops it/);
  const { base, path, json } = readCurl(process.output);
  const envoy = envoyOf(process);
  globalThis.process.kill(envoy, "SIGKILL");
  await process.said(/killed by SIGKILL[\s\S]*Envoy serves again/);
  await vi.waitFor(async () => expect(await send(base, { path, json })).toMatchObject({ status: 200 }), 5_000);
  expect(envoyOf(process)).not.toBe(envoy);
});

test("a gateway port in use is named, with one that is free", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  const { port } = await new Promise<{ port: number }>((resolve) =>
    other.on("listening", () => resolve(other.address() as { port: number })),
  );
  const process = run(["--quick-start", "--port", String(port)], { env: noKeys });
  expect(await process.exited).toMatchObject({ code: 1 });
  expect(process.output).toMatch(new RegExp(`port is in use: 127\\.0\\.0\\.1:${port}[\\s\\S]*weir run --port \\d+`));
  other.close();
});

test.each([
  ["missing", () => join(folder, "absent"), /there is no such file/],
  [
    "too old",
    () => file("old-envoy", fakeEnvoy("1.30.2"), 0o755),
    /is Envoy 1\.30\.2; Weir needs 1\.\d+\.\d+ or newer/,
  ],
  ["no Envoy", () => file("no-envoy", "#!/bin/sh\necho hello\n", 0o755), /is not an Envoy/],
])("an Envoy that is %s is refused with what to do", async (_what, path, complaint) => {
  const process = run(["--quick-start", "--port", String(await freePort())], { env: { ...noKeys, ENVOY: path() } });
  expect(await process.exited).toMatchObject({ code: 1 });
  expect(process.output).toMatch(complaint);
  expect(process.output).not.toMatch(/\n {4}at /);
});

/** Answers `--version` and fails at everything else, with a cause. */
function fakeEnvoy(version: string): string {
  const line = `envoy  version: 0123456789abcdef/${version}/Clean/RELEASE/BoringSSL`;
  return `#!/bin/sh\n[ "$1" = --version ] && echo "${line}" && exit 0\necho "out of luck" >&2\nexit 1\n`;
}

test("an Envoy that cannot start is given up with its own last words", async () => {
  const ENVOY = file("dying-envoy", fakeEnvoy("1.40.0"), 0o755);
  const process = run(["--quick-start", "--port", String(await freePort())], { env: { ...noKeys, ENVOY } });
  expect(await process.exited).toMatchObject({ code: 1 });
  expect(process.output).toMatch(/exited with code 1[\s\S]*out of luck/);
});

test("a configuration that cannot be served ends the start, with every problem in it", async () => {
  const config = file("weir.yaml", "providers:\n  - { name: a, type: opnai }\nroutes: []\nabsent: 1\n");
  const process = run([config]);
  expect(await process.exited).toMatchObject({ code: 1 });
  expect(process.output).toMatch(/weir\.yaml:2:\d+ error/);
  expect(process.output).toMatch(/weir\.yaml:4:\d+ error/);
});
