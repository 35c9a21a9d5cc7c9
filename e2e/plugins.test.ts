// Plugins of others on a real Envoy: from a file, a web server and a registry, in their order, by their rules, and with
// everything that can be wrong with them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TestRegistry } from "../control/src/modules/test/registry.ts";
import { compileModule } from "../tools/build-plugins.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer } from "./http-client.ts";
import { findRegistry, registryMissing } from "./registry/program.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-e2e-plugins-"));
const file = join(folder, "trace.wasm");
let gateway: Gateway;
let web: Server;
let webUrl: string;
let module: Uint8Array;
/** What the web server answers with; null: it fails. */
let answer: Uint8Array | null;

const base = `${gatewayBlock}
providers: [{ name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }]
routes:
  - { name: chat, match: { pathPrefix: /v1 }, targets: [{ provider: alpha }] }
  - { name: other, match: { pathPrefix: /other/v1 }, targets: [{ provider: alpha }] }
`;

beforeAll(async () => {
  const { path } = await compileModule("e2e/plugins/trace/assembly/index.ts");
  module = readFileSync(path);
  writeFileSync(file, module);
  answer = module;
  web = createServer((_, response) => {
    if (answer) response.end(answer);
    else response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  gateway = await startGateway(base);
});
afterAll(async () => {
  await gateway?.stop();
  web?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Asked {
  prefix?: string;
  host?: string;
  trap?: string;
}

function ask({ prefix = "/v1", host = "any.test", trap = "" }: Asked = {}): Promise<HttpAnswer> {
  const json = { model: "m", messages: [{ role: "user", content: "Hello" }] };
  const headers = { host, ...(trap && { "x-trap": trap }) };
  return send(gateway.url, { path: `${prefix}/chat/completions`, json, headers });
}

/** Which configurations ran, as a request passed them. */
async function ran(asked: Asked = {}): Promise<string[]> {
  const { status, headers } = await ask(asked);
  expect(status).toBe(200);
  const seen = [headers["x-trace"] ?? []].flat().join(", ");
  return seen === "" ? [] : [...seen.matchAll(/"at":"([^"]*)"|none/g)].map(([all, at]) => at ?? all).reverse();
}

const plugin = (name: string, more: string, url = `file://${file}`): string =>
  `  - { name: ${name}, url: "${url}", ${more} }\n`;
const configure = (...plugins: string[]): Promise<void> => gateway.configure(`${base}plugins:\n${plugins.join("")}`);

describe("order", () => {
  test("by phase, then by priority", async () => {
    await configure(
      plugin("last", "config: { at: unspecified }"),
      plugin("low", "phase: authn, priority: 1, config: { at: authn1 }"),
      plugin("stats", "phase: stats, config: { at: stats }"),
      plugin("authz", "phase: authz, config: { at: authz }"),
      plugin("high", "phase: authn, priority: 9, config: { at: authn9 }"),
    );
    await vi.waitFor(async () => expect(await ran()).toEqual(["authn9", "authn1", "authz", "stats", "unspecified"]));
  });
});

describe("rules", () => {
  beforeAll(() =>
    configure(
      plugin(
        "ruled",
        `config: { at: plain }, rules: [
          { routes: [other], hosts: ["*.special.test"], config: { at: both } }, { routes: [other], config: { at: route } },
          { hosts: [off.test], disabled: true }, { hosts: ["*.wild.test"], config: { at: wild } }]`,
      ),
      plugin("only", `phase: authn, rules: [{ hosts: [only.test], config: { at: only } }]`),
      plugin("bare", `phase: stats`),
    ),
  );
  test.each<[string, Asked, string[]]>([
    ["the plugin's own where none fits", {}, ["none", "plain"]],
    ["a route's", { prefix: "/other/v1" }, ["none", "route"]],
    ["of a route and a host", { prefix: "/other/v1", host: "a.special.test" }, ["none", "both"]],
    ["a host alone where the route is another", { host: "a.special.test" }, ["none", "plain"]],
    ["one that switches it off", { host: "off.test" }, ["none"]],
    ["all below a host", { host: "b.a.wild.test" }, ["none", "wild"]],
    ["not the host itself", { host: "wild.test" }, ["none", "plain"]],
    ["a plugin with rules alone", { host: "only.test" }, ["only", "none", "plain"]],
  ])("%s", async (_, asked, expected) => {
    await vi.waitFor(async () => expect(await ran(asked)).toEqual(expected));
  });
});

describe("sources", () => {
  test("a web server, whose next module is followed", async () => {
    await configure(plugin("web", "config: { at: web }", `${webUrl}/trace.wasm`));
    await vi.waitFor(async () => expect(await ran()).toEqual(["web"]));
  });
  test("a registry", async (context) => {
    context.skip(findRegistry() === null, registryMissing);
    const registry = await TestRegistry.start();
    try {
      const entry = {
        header: { name: "plugin.wasm", size: module.length, type: "file" as const },
        body: Buffer.from(module),
      };
      const bytes = gzipSync(await packTar([entry]));
      const layer = { type: "application/vnd.oci.image.layer.v1.tar+gzip", bytes };
      const digest = await registry.push("plugins/trace", "1.0.0", [layer]);
      const more = `config: { at: image }, sha256: "${digest.slice("sha256:".length)}"`;
      await configure(plugin("image", more, `oci://${registry.host}/plugins/trace:1.0.0`));
      await vi.waitFor(async () => expect(await ran()).toEqual(["image"]));
    } finally {
      await registry.stop();
    }
    // What was had stays without it.
    expect(await ran()).toEqual(["image"]);
  });
});

describe("failures", () => {
  const absent = "file:///nowhere/trace.wasm";
  const neighbour = plugin("neighbour", "phase: authn, config: { at: neighbour }");

  test("a module that is not there closes what it is for, and nothing else", async () => {
    await configure(neighbour, plugin("absent", "rules: [{ routes: [other], config: { at: x } }]", absent));
    await vi.waitFor(async () => expect((await ask({ prefix: "/other/v1" })).status).toBe(403));
    expect(await ran()).toEqual(["neighbour"]);
    expect(gateway.output()).toMatch(
      /The module of the plugin absent cannot be had: .*ENOENT.*Requests that it is for are refused/,
    );
  });
  test("one that may be absent is passed", async () => {
    await configure(neighbour, plugin("absent", "failure: open, config: { at: x }", absent));
    await vi.waitFor(async () => expect(await ran({ prefix: "/other/v1" })).toEqual(["neighbour"]));
  });
  test("what is no plugin is told before any Envoy sees it", async () => {
    const none = join(folder, "none.wasm");
    writeFileSync(none, Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    await configure(neighbour, plugin("none", "failure: open, config: { at: x }", `file://${none}`));
    await gateway.reported(/plugin none cannot be had: It is no plugin of Proxy-Wasm/);
    expect(await ran()).toEqual(["neighbour"]);
  });
  test("a configuration that the plugin refuses costs what it is for; open ones and neighbours go on", async () => {
    const refused = "rules: [{ routes: [other], config: { at: refuse } }]";
    await configure(neighbour, plugin("refuses", refused));
    await vi.waitFor(async () => expect((await ask({ prefix: "/other/v1" })).status).toBe(403), { timeout: 10_000 });
    expect(await ran()).toEqual(["neighbour"]);
    await gateway.reported(/refuses plugin\/refuses\/1/);
    await configure(neighbour, plugin("refuses-open", `failure: open, ${refused}`));
    await vi.waitFor(async () => expect(await ran({ prefix: "/other/v1" })).toEqual(["neighbour"]), {
      timeout: 10_000,
    });
    // Changes are followed all the same.
    await configure(plugin("next", "config: { at: next }"));
    await vi.waitFor(async () => expect(await ran()).toEqual(["next"]), { timeout: 10_000 });
  });
  test("a trap costs its request; one that may fail is passed from then on", async () => {
    await configure(neighbour, plugin("traps", "config: { at: traps }"));
    await vi.waitFor(async () => expect(await ran()).toEqual(["neighbour", "traps"]));
    expect((await ask({ trap: "traps" })).status).toBeGreaterThanOrEqual(500);
    await vi.waitFor(async () => expect(await ran()).toEqual(["neighbour", "traps"]));
    await configure(neighbour, plugin("traps-open", "failure: open, config: { at: traps }"));
    await vi.waitFor(async () => expect(await ran()).toEqual(["neighbour", "traps"]));
    await ask({ trap: "traps" });
    await vi.waitFor(async () => expect(await ran()).toEqual(["neighbour"]));
  });
  test("a server that fails leaves the module that was had, and the configuration with it", async () => {
    answer = module;
    await configure(plugin("stays", "config: { at: before }", `${webUrl}/one.wasm`));
    await vi.waitFor(async () => expect(await ran()).toEqual(["before"]));
    answer = null;
    await configure(plugin("stays", "config: { at: after }", `${webUrl}/two.wasm`));
    await gateway.reported(/plugin stays cannot be had: .* answers 503\. The one that it had stays/);
    expect(await ran()).toEqual(["before"]);
    answer = module;
    await vi.waitFor(async () => expect(await ran()).toEqual(["after"]), { timeout: 15_000, interval: 100 });
  });
});

test("plugins come, change and go under load, and no request fails", async () => {
  const failures: string[] = [];
  const over = new AbortController();
  const load = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { status, text } = await ask().catch((error: unknown) => ({ status: 0, text: String(error) }));
      if (status !== 200) failures.push(`${status} ${text}`);
    }
  };
  const running = Promise.all([load(), load()]);
  for (const round of [1, 2, 3]) {
    await configure(plugin("one", `config: { at: one${round} }`));
    await configure(plugin("one", `config: { at: one${round} }`), plugin("two", "phase: authn, config: { at: two }"));
    await vi.waitFor(async () => expect(await ran()).toEqual(["two", `one${round}`]));
    await gateway.configure(base);
    await vi.waitFor(async () => expect(await ran()).toEqual([]));
  }
  over.abort();
  await running;
  expect(failures).toEqual([]);
});
