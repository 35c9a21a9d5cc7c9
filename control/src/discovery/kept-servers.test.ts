// What registries have said, kept over a restart: by the registry and not by its name, for a day, and never from a file
// that is something else.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { wishKey, type ConsulRegistry, type Instance, type ServiceWish } from "../model/discovery.ts";
import { Secret } from "../model/secret.ts";
import { Discovery } from "./discovery.ts";
import { keptKey, KeptServers, type KeptServersOptions } from "./kept-servers.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-kept-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, "state", "servers.json");
const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  rmSync(path, { force: true });
  mkdirSync(join(folder, "state"), { recursive: true });
});

const instance: Instance = { address: "10.0.0.7", port: 8000, weight: 2, protocol: "", version: "v1", zone: "a" };
const registry = (changes: Partial<ConsulRegistry> = {}): ConsulRegistry => ({
  ...{ type: "consul", name: "main", url: "http://127.0.0.1:1", datacenter: "", namespace: "", tag: "" },
  token: new Secret("a-secret-token", { kind: "literal" }),
  ...changes,
});
const service = { by: "name", name: "llama" } as const;
const key = keptKey(registry(), service);

function kept(options: Partial<KeptServersOptions> = {}): KeptServers {
  return new KeptServers({ path, onTrouble: (message) => said.push(message), ...options });
}

function saved(heardAt = Date.now()): void {
  kept().save(new Map([[key, { instances: [instance], heardAt }]]));
}

test("what was saved is found, by this user alone, and holds no secret", () => {
  saved();
  expect(kept().find(key)).toMatchObject({ instances: [instance] });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).not.toContain("a-secret-token");
});

test("a registry is the same under another name and with another token, not at another address", () => {
  saved();
  const other = new Secret("other", { kind: "literal" });
  expect(kept().find(keptKey(registry({ name: "renamed", token: other }), service))).not.toBe(null);
  expect(kept().find(keptKey(registry({ url: "http://127.0.0.2:1" }), service))).toBe(null);
  expect(kept().find(keptKey(registry({ tag: "gpu" }), service))).toBe(null);
});

test("what is too old is not used, and goes with the next save", () => {
  saved(Date.now() - 60_000);
  expect(kept({ keptMs: 50_000 }).find(key)).toBe(null);
  kept({ keptMs: 50_000 }).save(new Map([["other", { instances: [], heardAt: Date.now() }]]));
  expect(readFileSync(path, "utf8")).not.toContain("10.0.0.7");
});

test("what others have kept stays", () => {
  saved();
  kept().save(new Map([["other", { instances: [instance], heardAt: Date.now() }]]));
  expect(kept().find(key)).not.toBe(null);
});

test.each([
  ["cut off", (text: string) => text.slice(0, -9)],
  ["of somebody else", () => '{"servers":[]}'],
  ["of another form", (text: string) => text.replace("weir-servers-1", "weir-servers-9")],
  ["with an address that is none", (text: string) => text.replace("10.0.0.7", "10.0.0.7 evil")],
  ["with a port that is none", (text: string) => text.replace("8000", '"many"')],
  ["no text at all", () => "\0\0\0"],
])("a file that is %s is left aside with a message, and made anew", (_, damaged) => {
  saved();
  writeFileSync(path, damaged(readFileSync(path, "utf8")));
  const keeper = kept();
  expect(keeper.find(key)).toBe(null);
  expect(keeper.find(key)).toBe(null);
  expect(said).toEqual([expect.stringMatching(/servers\.json is not used, and made anew: It is /)]);
  keeper.save(new Map([[key, { instances: [instance], heardAt: Date.now() }]]));
  expect(kept().find(key)).not.toBe(null);
});

test("a folder that cannot be written is told once, and costs nothing else", () => {
  const keeper = kept({ path: "/dev/null/servers.json" });
  const services = new Map([[key, { instances: [instance], heardAt: Date.now() }]]);
  keeper.save(services);
  keeper.save(services);
  expect(said.filter((message) => /cannot be kept/.test(message)).length).toBe(1);
});

test("a registry that is away has what was kept, which status calls stale", async () => {
  const heardAt = Date.now() - 60_000;
  saved(heardAt);
  const discovery = new Discovery({ onChange: () => {}, onTrouble: (message) => said.push(message), kept: kept() });
  const wish: ServiceWish = { registry: "main", service };
  discovery.follow([registry()], [wish]);
  await discovery.awaitFirst();
  expect(discovery.discovered().services.get(wishKey(wish))).toEqual([instance]);
  await vi.waitFor(() => expect(said.join()).toMatch(/main cannot be asked/));
  expect(discovery.status()).toMatchObject([
    { registry: "main", services: [{ state: "stale", servers: 1, heardAt: new Date(heardAt).toISOString() }] },
  ]);
  discovery.close();
});
