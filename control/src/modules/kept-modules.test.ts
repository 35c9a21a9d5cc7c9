// What stays when a module cannot be had, over restarts as well, and when it is asked for again.
import { mkdtempSync, rmSync, writeFileSync, readdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ForeignPlugin, ModuleSource } from "../model/plugins.ts";
import { KeptModules } from "./kept-modules.ts";
import { sha256Of } from "./source-key.ts";
import { pluginModule, sourceOf } from "./test/modules.ts";

let folder: string;
let server: Server;
let url: string;
let said: string[];
let open: KeptModules[];
/** What the server answers; null: it fails. */
let answer: Uint8Array | null;
let asked: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "weir-modules-"));
  [said, open, answer, asked] = [[], [], pluginModule("one"), 0];
  server = createServer((_, response) => {
    asked++;
    if (answer) response.end(answer);
    else response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/plugin.wasm`;
});
afterEach(() => {
  for (const modules of open) modules.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function keep(): KeptModules {
  const say = (message: string): void => void said.push(message);
  const modules = new KeptModules({ folder, onChange: () => {}, onTrouble: say, onRecovery: say, retryMs: 10 });
  open.push(modules);
  return modules;
}

function plugin(parts: Partial<ModuleSource> = {}, name = "one", rootId = ""): ForeignPlugin {
  return {
    name,
    module: sourceOf(url, parts),
    phase: "unspecified",
    priority: 0,
    failure: "closed",
    rootId,
    environment: { host: [], values: {} },
    allowOnHeadersStopIteration: null,
    configuration: null,
    rules: [],
  };
}

const markOf = (modules: KeptModules, one: ForeignPlugin): string => modules.moduleOf(one)?.sha256 ?? "";
const one = sha256Of(pluginModule("one"));
const two = sha256Of(pluginModule("two"));

test("a server that fails is asked again, and what was had survives a restart without it", async () => {
  answer = null;
  const modules = keep();
  modules.follow([plugin()]);
  await modules.settled();
  expect(modules.failureOf(plugin())).toMatchObject({ reason: "FetchFailed" });
  expect(modules.inForce([plugin()])).toEqual([plugin()]);
  expect(modules.moduleOf(plugin())).toBeNull();
  answer = pluginModule("one");
  await vi.waitFor(() => expect(markOf(modules, plugin())).toBe(one));
  expect(modules.failureOf(plugin())).toBeNull();
  expect(said).toEqual([
    expect.stringMatching(
      /^The module of the plugin one cannot be had: .* answers 503\. Requests that it is for are refused$/,
    ),
    "The module of the plugin one is there",
  ]);
  answer = null;
  const before = asked;
  const again = keep();
  again.follow([plugin()]);
  await again.settled();
  expect(markOf(again, plugin())).toBe(one);
  expect(asked).toBe(before);
});

test("a plugin whose new module cannot be had stays as it was, with its configuration", async () => {
  const modules = keep();
  const old = plugin({}, "one", "old");
  modules.follow([old]);
  await modules.settled();
  answer = null;
  const next = plugin({ url: `${url}?v=2` }, "one", "new");
  modules.follow([next]);
  await modules.settled();
  expect(modules.inForce([next])).toEqual([old]);
  expect(markOf(modules, old)).toBe(one);
  expect(said.at(-1)).toMatch(/The one that it had stays$/);
  answer = pluginModule("two");
  await vi.waitFor(() => expect(markOf(modules, next)).toBe(two));
  expect(modules.inForce([next])).toEqual([next]);
});

test("what is to be pulled always is asked for again, at another revision or when somebody says so", async () => {
  const modules = keep();
  const always = { pull: "always" as const, revision: "1" };
  modules.follow([plugin(always)]);
  await modules.settled();
  answer = pluginModule("two");
  modules.follow([plugin(always)]);
  await modules.settled();
  expect(markOf(modules, plugin())).toBe(one);
  modules.follow([plugin({ ...always, revision: "2" })]);
  await modules.settled();
  expect(markOf(modules, plugin())).toBe(two);
  answer = null;
  modules.follow([plugin({ ...always, revision: "2" })], { isAnew: true });
  await modules.settled();
  expect(markOf(modules, plugin())).toBe(two);
  expect(modules.failureOf(plugin())).not.toBeNull();
});

test("what has a digest, and what is there already, is asked for once", async () => {
  const modules = keep();
  const pinned = plugin({ pull: "always", sha256: one });
  modules.follow([pinned, plugin({}, "other")]);
  await modules.settled();
  expect(asked).toBe(2);
  modules.follow([pinned, plugin({}, "other")], { isAnew: true });
  await modules.settled();
  expect(asked).toBe(2);
});

test("a module that no Envoy could run is told why, and costs its neighbour nothing", async () => {
  const modules = keep();
  const file = (name: string, bytes: Uint8Array): ForeignPlugin => {
    writeFileSync(join(folder, name), bytes);
    return plugin({ url: `file://${folder}/${name}` }, name);
  };
  const bad = file("bad", pluginModule("", { imports: ["proxy_redis_call"] }));
  const none = file("none", pluginModule("", { isPlugin: false }));
  modules.follow([bad, none, plugin()]);
  await modules.settled();
  expect(modules.failureOf(bad)?.message).toBe("It needs env.proxy_redis_call, which Envoy does not have");
  expect(modules.failureOf(none)?.message).toMatch(/no plugin of Proxy-Wasm/);
  expect(markOf(modules, plugin())).toBe(one);
});

test("a file that was damaged on disk is had again", async () => {
  const modules = keep();
  modules.follow([plugin()]);
  await modules.settled();
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".wasm")))
    writeFileSync(join(folder, name), "x");
  const again = keep();
  again.follow([plugin()]);
  await again.settled();
  expect(markOf(again, plugin())).toBe(one);
  expect(asked).toBe(2);
});

test("an SDK of Higress is known by what it looks for", async () => {
  answer = pluginModule("looks for _match_route_ there");
  const modules = keep();
  modules.follow([plugin()]);
  await modules.settled();
  expect(modules.moduleOf(plugin())?.hasHigressRules).toBe(true);
});
