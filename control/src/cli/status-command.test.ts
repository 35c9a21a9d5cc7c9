// `weir status` against a control plane that says what a real one would.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { EnvoyStatus, ResourceStatus } from "../serve/envoy-status.ts";
import type { TargetStatus } from "../serve/target-status.ts";

let server: Server | undefined;
afterEach(() => void server?.close());

function resource(name: string, state: ResourceStatus["state"], version: string | null = "v1"): ResourceStatus {
  const refused = state === "rejected";
  return {
    kind: "cluster",
    name,
    state,
    version,
    message: refused ? "no such field: colour" : null,
    rejectedVersion: refused ? "v2" : null,
    rejectedAt: refused ? "2026-01-01T00:00:01.000Z" : null,
  };
}

function envoy(id: string, resources: ResourceStatus[], disconnectedAt: string | null = null): EnvoyStatus {
  const connectedAt = "2026-01-01T00:00:00.000Z";
  return {
    role: "envoy",
    id,
    cluster: "weir",
    version: "1.40.0",
    protocol: "delta",
    connectedAt,
    disconnectedAt,
    resources,
  };
}

async function status(envoys: EnvoyStatus[], ...args: string[]): Promise<{ code: number; stdout: string }> {
  return ask({ envoys }, ...args);
}

async function ask(answer: object, ...args: string[]): Promise<{ code: number; stdout: string }> {
  server = createServer((_, response) => response.end(JSON.stringify(answer))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const control = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { FORCE_COLOR: _, ...env } = process.env;
  const main = join(import.meta.dirname, "main.ts");
  return new Promise((resolve) => {
    execFile(process.execPath, [main, "status", "--control", control, ...args], { env }, (error, stdout) =>
      resolve({ code: error ? Number(error.code) : 0, stdout }),
    );
  });
}

describe("weir status", () => {
  it("shows each Envoy on a line", async () => {
    const { code, stdout } = await status([
      envoy("one", [resource("a", "accepted"), resource("b", "accepted"), resource("c", "pending")]),
      envoy("another", [], "2026-01-01T00:00:09.000Z"),
    ]);
    expect(code).toBe(0);
    expect(stdout).toBe(`ENVOY    VERSION  STATE      RESOURCES              SINCE
one      1.40.0   connected  2 accepted, 1 pending  2026-01-01T00:00:00.000Z
another  1.40.0   gone       none                   2026-01-01T00:00:09.000Z
`);
  });

  it("shows which targets are left alone, and why", async () => {
    const addresses = [
      { address: "10.0.0.1:80", state: "healthy" },
      { address: "10.0.0.2:80", state: "ejected" },
    ] as const;
    const common = { requestsActive: 3, maxConcurrentRequests: 0, restingUntil: null, speeds: [] };
    const targets: TargetStatus[] = [
      { target: "openai/first", state: "degraded", addresses: [...addresses], ...common, maxConcurrentRequests: 50 },
      { target: "local", state: "unresolved", addresses: [], ...common },
    ];
    const { stdout } = await ask({ envoys: [envoy("one", [])], targets });
    expect(stdout).toMatch(/^ENVOY .*\none .*\n\n/);
    expect(stdout.split("\n\n")[1]).toBe(`TARGET        STATE       REQUESTS  ADDRESSES
openai/first  degraded    3 of 50   1 healthy, 10.0.0.2:80 ejected
local         unresolved  3         0 healthy
`);
  });

  it("shows where the market is", async () => {
    const market = { url: "http://127.0.0.1:18003/v0.1/servers", entries: 3 };
    const { stdout } = await ask({ envoys: [envoy("one", [])], market });
    expect(stdout).toMatch(/\n\nThe market is at http:\/\/127\.0\.0\.1:18003\/v0\.1\/servers \(3 entries\)\n$/);
  });

  it("shows what is refused, why, and what stays, with exit code 1", async () => {
    const resources = [resource("a", "rejected"), resource("b", "rejected", null)];
    const { code, stdout } = await status([envoy("one", resources)]);
    expect(code).toBe(1);
    expect(stdout).toContain("one refuses cluster a: no such field: colour (it keeps version v1)");
    expect(stdout).toContain("one refuses cluster b: no such field: colour (it has none)");
  });

  it("does not fail for an Envoy that is gone", async () => {
    expect((await status([envoy("one", [resource("a", "rejected")], "2026-01-01T00:00:09.000Z")])).code).toBe(0);
  });

  it("says that no Envoy is connected", async () => {
    expect((await status([])).stdout).toBe("No Envoy is connected\n");
  });

  it("gives all of it as JSON", async () => {
    const envoys = [envoy("one", [resource("a", "accepted")])];
    const all = { envoys, targets: [], market: null, registries: [] };
    expect(JSON.parse((await status(envoys, "--json")).stdout)).toEqual(all);
  });
});
