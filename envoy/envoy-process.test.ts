// Supervision, on the real Envoy where its behaviour matters and on scripts where only its death does.
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { freePort } from "./test/ports.ts";
import { buildStaticBootstrap, type AdminAddress } from "./bootstrap.ts";
import type { EnvoyExit } from "./envoy-exit.ts";
import { EnvoyProcess, type EnvoyProcessOptions } from "./envoy-process.ts";
import { findEnvoy } from "./find-envoy.ts";

const folder = mkdtempSync(join(tmpdir(), "envoy-process-"));
let binary: string;
let envoy: EnvoyProcess | undefined;
let exits: { exit: EnvoyExit; pauseMs: number }[] = [];
let log: string[] = [];

beforeAll(async () => {
  binary = (await findEnvoy()).path;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await envoy?.stop();
  envoy = undefined;
  exits = [];
  log = [];
});
afterAll(() => rmSync(folder, { recursive: true }));

const empty = (admin: AdminAddress, listeners: Record<string, unknown>[] = []): object =>
  buildStaticBootstrap({ nodeId: "test", admin, listeners, clusters: [] });

function supervise(options: Partial<EnvoyProcessOptions> = {}): EnvoyProcess {
  envoy = new EnvoyProcess({
    path: binary,
    concurrency: 1,
    bootstrap: (admin) => empty(admin),
    onRestart: (exit, pauseMs) => exits.push({ exit, pauseMs }),
    onLog: (line) => log.push(line),
    ...options,
  });
  return envoy;
}

function fakeEnvoy(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

/** Zombies count as gone: they wait for their parent, which may be a container's first process. */
function isAlive(pid: number): boolean {
  try {
    return !execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).startsWith("Z");
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("Waited in vain");
    await pause(20);
  }
}

describe("EnvoyProcess on the real Envoy", () => {
  it("starts where the path of temporary files is too long for a socket", async () => {
    const long = join(folder, "x".repeat(100));
    mkdirSync(long);
    vi.stubEnv("TMPDIR", long);
    const running = supervise();
    await running.start();
    expect(await running.askAdmin("/ready")).toMatchObject({ status: 200 });
    expect(statSync(dirname((running.admin as { socketPath: string }).socketPath)).mode & 0o777).toBe(0o700);
    expect(readdirSync(long)).toEqual([]);
  });

  it("is ready when start() resolves, and gone when stop() does", async () => {
    const running = supervise();
    await running.start();
    const { pid, admin } = running;
    expect(await running.askAdmin("/ready")).toEqual({ status: 200, body: "LIVE\n" });
    await running.stop();
    expect(isAlive(pid ?? 0)).toBe(false);
    expect(existsSync((admin as { socketPath: string }).socketPath)).toBe(false);
    expect(log).toEqual([]);
  });

  it("serves its admin interface on a port when told to", async () => {
    const port = await freePort();
    const running = supervise({ admin: { address: "127.0.0.1", port } });
    await running.start();
    expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
  });

  it("starts Envoy again when it is killed, and tells the cause", async () => {
    let readies = 0;
    const running = supervise({ onReady: () => void readies++ });
    await running.start();
    const first = running.pid ?? 0;
    process.kill(first, "SIGKILL");
    await until(() => readies === 2);
    expect(running.pid).not.toBe(first);
    expect(running.restarts).toBe(1);
    expect(exits[0]?.exit).toMatchObject({ signal: "SIGKILL", code: null });
    expect((await running.askAdmin("/ready")).status).toBe(200);
  });

  it("gives Envoy's own words when it refuses its configuration", async () => {
    const running = supervise({ bootstrap: () => ({ no_such_field: 1 }), timing: { pauseMin: 10 } });
    await expect(running.start()).rejects.toThrow(/exited with code 1[^]*no_such_field/);
    expect(running.pid).toBeNull();
  });

  it("gives Envoy's own words when a port of its listener is taken", async () => {
    const taken = createServer();
    await once(taken.listen(0, "127.0.0.1"), "listening");
    const port = (taken.address() as { port: number }).port;
    const listener = {
      name: "taken",
      address: { socket_address: { address: "127.0.0.1", port_value: port } },
      filter_chains: [{}],
    };
    const running = supervise({ bootstrap: (admin) => empty(admin, [listener]), timing: { pauseMin: 10 } });
    await expect(running.start()).rejects.toThrow(/Address already in use/);
    taken.close();
  });

  it("leaves no Envoy behind when its owner is killed outright", async () => {
    const owner = fork(join(import.meta.dirname, "testdata", "owner.ts"), [binary], { stdio: "ignore" });
    const [pid] = (await once(owner, "message")) as [number];
    expect(isAlive(pid)).toBe(true);
    owner.kill("SIGKILL");
    await until(() => !isAlive(pid));
  });
});

describe("EnvoyProcess on something worse", () => {
  it("gives up on an Envoy that never was ready, after growing pauses", async () => {
    const path = fakeEnvoy("dies", "echo out of luck >&2; exit 3");
    const running = supervise({ path, timing: { pauseMin: 20 } });
    await expect(running.start()).rejects.toThrow("Envoy exited with code 3\n  out of luck");
    expect(exits.map((e) => e.pauseMs)).toEqual([20, 40]);
  });

  it("goes on trying, ever slower, when one that was ready does not come back", async () => {
    const flag = join(folder, "broken");
    const path = fakeEnvoy("breaks", `[ -e "${flag}" ] && exit 9; exec "${binary}" "$@"`);
    const running = supervise({ path, timing: { pauseMin: 10, pauseMax: 80 } });
    await running.start();
    writeFileSync(flag, "");
    process.kill(running.pid ?? 0, "SIGKILL");
    await until(() => exits.length >= 6);
    expect(exits.slice(0, 6).map((e) => e.pauseMs)).toEqual([10, 20, 40, 80, 80, 80]);
    expect(exits[1]?.exit.code).toBe(9);
    rmSync(flag);
    await until(() => running.pid !== null && isAlive(running.pid));
  });

  it("says so when the binary cannot be started", async () => {
    const running = supervise({ path: "/no/such/envoy", timing: { pauseMin: 1 } });
    await expect(running.start()).rejects.toThrow(/could not be started.*ENOENT/);
  });

  it("says so when it never gets ready", async () => {
    const path = fakeEnvoy("sleeps", "echo thinking >&2; exec sleep 60");
    const running = supervise({ path, timing: { ready: 300 } });
    await expect(running.start()).rejects.toThrow(/not ready after 0.3 s[^]*thinking/);
    expect(running.pid).toBeNull();
  });

  it("kills one that ignores SIGTERM", async () => {
    const path = fakeEnvoy("stubborn", "trap '' TERM; while :; do sleep 1; done");
    const running = supervise({ path, timing: { ready: 200, stopGrace: 200 } });
    const start = performance.now();
    await expect(running.start()).rejects.toThrow(/not ready/);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it("leaves no folder behind, neither when it cannot be prepared nor when it is stopped meanwhile", async () => {
    const folders = (): string[] => readdirSync(tmpdir()).filter((name) => /^weir-\w{6}$/.test(name));
    const own = mkdtempSync(join(folder, "tmp-"));
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = own;
    try {
      const unprepared = supervise({
        bootstrap: () => {
          throw new Error("no bootstrap today");
        },
      });
      await expect(unprepared.start()).rejects.toThrow("no bootstrap today");
      const stopped = supervise();
      const outcome = stopped.start().then(
        () => "ready",
        (error: Error) => error.message,
      );
      await stopped.stop();
      expect(await outcome).toContain("stopped before it was ready");
      expect(folders()).toEqual([]);
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
  });

  it("can be stopped while it waits to start again, and twice", async () => {
    const path = fakeEnvoy("dies-once", "exit 1");
    const running = supervise({ path, timing: { pauseMin: 60_000 } });
    const started = running.start();
    await until(() => exits.length === 1);
    await Promise.all([running.stop(), running.stop()]);
    await expect(started).rejects.toThrow("stopped before it was ready");
  });
});
