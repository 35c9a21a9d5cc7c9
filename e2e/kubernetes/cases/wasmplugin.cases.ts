// Higress's WasmPlugins on a real API server, a real Envoy and a real registry.
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { credential, TestRegistry } from "../../../control/src/modules/test/registry.ts";
import { compileModule } from "../../../tools/build-plugins.ts";
import { findRegistry, registryMissing } from "../../registry/program.ts";
import { ask, Bed, service, type Asked, type Manifest } from "./bed.ts";
import { base64, ingress, ingressClass } from "./manifests.ts";

const bed = new Bed();
const webPort = 8090;
let module: Uint8Array;
let file: string;
let web: Server;

const namespace = "higress-system";

beforeAll(async () => {
  module = readFileSync((await compileModule("e2e/plugins/trace/assembly/index.ts")).path);
  file = join(bed.folder, "trace.wasm");
  writeFileSync(file, module);
  web = createServer((_, response) => void response.end(module));
  await new Promise<void>((resolve) => web.listen(webPort, "127.0.0.1", resolve));
  await bed.start("address: 127.0.0.1\nalsoServe: [higress]");
  await bed.apply(readFileSync(join(import.meta.dirname, "wasmplugin-crd.yaml"), "utf8"));
  await vi.waitFor(() => bed.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }));
  // The definition is served a moment after it was taken.
  await vi.waitFor(
    () => bed.apply(plugin("probe", { url: "oci://127.0.0.1:1/none:1", defaultConfigDisable: true })),
    10_000,
  );
  await bed.apply(ingressClass("weir", "weir.dev/ingress"));
  for (const [name, address] of [
    ["one", "10.244.0.1"],
    ["two", "10.244.0.2"],
  ] as const) {
    await bed.serve(address, name);
    await bed.apply(...service(name, [address]));
  }
  await bed.apply(
    ingress("one", { hosts: { "one.test": [{ to: "one" }], "a.wild.test": [{ to: "one" }] } }),
    ingress("two", { hosts: { "two.test": [{ to: "two" }], "": [{ path: "/any", to: "two" }] } }),
  );
  await bed.until({ host: "two.test" }, ({ server }) => server === "two");
});
afterAll(async () => {
  await bed.stop();
  web?.close();
});

interface Spec {
  url?: string;
  [field: string]: unknown;
}

function plugin(name: string, spec: Spec, own = namespace): Manifest {
  const url = `file://${file}`;
  return {
    apiVersion: "extensions.higress.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: { name, namespace: own },
    spec: { url, ...spec },
  };
}

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  observedGeneration: number;
}

async function conditions(name: string, own = namespace): Promise<Record<string, Condition>> {
  const path = `/apis/extensions.higress.io/v1alpha1/namespaces/${own}/wasmplugins/${name}`;
  const { metadata, status } = (await bed.api.ask("GET", path)) as {
    metadata: { generation: number };
    status?: { conditions?: Condition[] };
  };
  const all = status?.conditions ?? [];
  expect(all.map(({ observedGeneration }) => observedGeneration)).toEqual(all.map(() => metadata.generation));
  return Object.fromEntries(all.map((one) => [one.type, one]));
}

/** Once it is told so. */
function told(name: string, type: string, expected: Partial<Condition>, own?: string): Promise<void> {
  return vi.waitFor(async () => expect((await conditions(name, own))[type]).toMatchObject(expected), {
    timeout: 15_000,
    interval: 100,
  });
}

/** Which configurations a request has passed, in their order. */
async function ran(asked: Asked): Promise<string[]> {
  const { status, seen } = await ask(asked);
  expect(status).toBe(200);
  return [...(seen?.headers["x-trace"] ?? "").matchAll(/"at":"([^"]*)"|none/g)].map(([all, at]) => at ?? all);
}

function runs(asked: Asked, expected: string[]): Promise<void> {
  return vi.waitFor(async () => expect(await ran(asked)).toEqual(expected), { timeout: 10_000, interval: 50 });
}

async function withPlugins(manifests: Manifest[], work: () => Promise<void>): Promise<void> {
  await bed.apply(...manifests);
  try {
    await work();
  } finally {
    await bed.remove(...manifests);
  }
}

test("the default configuration runs everywhere, in the order of phase and priority", async () => {
  const all = [
    plugin("z-last", { defaultConfig: { at: "unspecified" } }),
    plugin("low", { phase: "AUTHN", priority: 1, defaultConfig: { at: "authn1" } }),
    plugin("high", { phase: "AUTHN", priority: 300, defaultConfig: { at: "authn300" } }),
    plugin("authz", { phase: "AUTHZ", pluginConfig: { at: "authz" } }),
    plugin("stats", { phase: "STATS", defaultConfig: { at: "stats" } }),
    plugin("off", { defaultConfig: { at: "off" }, defaultConfigDisable: true }),
  ];
  await withPlugins(all, async () => {
    await runs({ host: "one.test" }, ["authn300", "authn1", "authz", "stats", "unspecified"]);
    await runs({ host: "nobody.test", path: "/any" }, ["authn300", "authn1", "authz", "stats", "unspecified"]);
    await told("high", "Programmed", { status: "True" });
    await told("high", "Fetched", { status: "True" });
    await told("high", "Accepted", { status: "True" });
    await told("off", "Programmed", { status: "False", reason: "NotServed" });
  });
  await runs({ host: "one.test" }, []);
});

test("rules by Ingress, domain and Service, the first that fits; disabled ones are skipped", async () => {
  const matchRules = [
    { ingress: ["default/one"], configDisable: true, config: { at: "disabled" } },
    { ingress: ["default/one"], service: ["two.default.svc.cluster.local:80"], config: { at: "not both" } },
    { domain: ["*.wild.test"], config: { at: "domain" } },
    { ingress: ["default/one"], service: ["one.default.svc.cluster.local"], config: { at: "both" } },
    { domain: ["other.test"], config: { at: "other" } },
    { service: ["two.default.svc.cluster.local:80"], config: { at: "service" } },
  ];
  await withPlugins([plugin("ruled", { matchRules })], async () => {
    await runs({ host: "one.test" }, ["both"]);
    await runs({ host: "a.wild.test" }, ["domain"]);
    await runs({ host: "two.test" }, ["service"]);
    await runs({ host: "other.test", path: "/any" }, ["other"]);
    await runs({ host: "else.test", path: "/any" }, ["service"]);
  });
  const some = plugin("ruled", {
    defaultConfig: { at: "default" },
    matchRules: [{ ingress: ["default/two"], config: { at: "two" } }],
  });
  await withPlugins([some], async () => {
    await runs({ host: "two.test" }, ["two"]);
    await runs({ host: "one.test" }, ["default"]);
  });
});

test("a configuration that changes is followed, and no request is lost", async () => {
  const failures: number[] = [];
  const over = new AbortController();
  const load = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { status } = await ask({ host: "one.test" });
      if (status !== 200) failures.push(status);
    }
  };
  const running = load();
  for (const at of ["first", "second", "third"]) {
    await bed.apply(plugin("changing", { defaultConfig: { at } }));
    await runs({ host: "one.test" }, [at]);
  }
  await bed.remove(plugin("changing", {}));
  await runs({ host: "one.test" }, []);
  over.abort();
  await running;
  expect(failures).toEqual([]);
});

test("a module from a web server", async () => {
  const url = `http://127.0.0.1:${webPort}/trace.wasm`;
  await withPlugins([plugin("web", { url, defaultConfig: { at: "web" } })], () => runs({ host: "one.test" }, ["web"]));
});

describe("what is wrong with one is told it, and costs no other", () => {
  const neighbour = (): Manifest => plugin("neighbour", { phase: "AUTHN", defaultConfig: { at: "neighbour" } });
  const rule = (ingressName: string) => [{ ingress: [`default/${ingressName}`], config: { at: "x" } }];
  beforeAll(() => bed.apply(neighbour()));
  afterAll(() => bed.remove(neighbour()));

  test("a module that is not there: closed", async () => {
    const absent = plugin("absent", { url: "file:///nowhere.wasm", matchRules: rule("two") });
    await withPlugins([absent], async () => {
      await told("absent", "Fetched", { status: "False", reason: "FetchFailed" });
      await told("absent", "Programmed", { status: "False", reason: "NoModule" });
      await bed.until({ host: "two.test" }, ({ status }) => status === 403);
      await runs({ host: "one.test" }, ["neighbour"]);
    });
    await runs({ host: "two.test" }, ["neighbour"]);
  });
  test("a module that is not there: open", async () => {
    const absent = plugin("absent", {
      url: "file:///nowhere.wasm",
      failStrategy: "FAIL_OPEN",
      defaultConfig: { at: "x" },
    });
    await withPlugins([absent], async () => {
      await told("absent", "Programmed", { status: "False", reason: "NoModule", message: "Requests pass without it" });
      await runs({ host: "two.test" }, ["neighbour"]);
    });
  });
  test("a digest that is another", async () => {
    const wrong = plugin("digest", { sha256: "0".repeat(64), matchRules: rule("two") });
    await withPlugins([wrong], () => told("digest", "Fetched", { status: "False", reason: "WrongDigest" }));
  });
  test("something that is no plugin", async () => {
    const url = `file://${join(bed.folder, "weir.yaml")}`;
    const none = plugin("none", { url, failStrategy: "FAIL_OPEN", defaultConfig: { at: "x" } });
    await withPlugins([none], async () => {
      await told("none", "Fetched", { status: "False", reason: "NotAModule" });
      await runs({ host: "two.test" }, ["neighbour"]);
    });
  });
  test("a configuration that the plugin does not take", async () => {
    const refuses = plugin("refuses", { matchRules: [{ ingress: ["default/two"], config: { at: "refuse" } }] });
    await withPlugins([refuses], async () => {
      await told("refuses", "Programmed", { status: "False", reason: "RefusedByEnvoy" });
      await bed.until({ host: "two.test" }, ({ status }) => status === 403);
      await runs({ host: "one.test" }, ["neighbour"]);
    });
  });
  test("a trap costs its request", async () => {
    await withPlugins([plugin("traps", { defaultConfig: { at: "traps" } })], async () => {
      await runs({ host: "one.test" }, ["neighbour", "traps"]);
      const { status } = await ask({ host: "one.test", headers: { "x-trap": "traps" } });
      expect(status).toBeGreaterThanOrEqual(500);
      await runs({ host: "one.test" }, ["neighbour", "traps"]);
    });
  });
  test("a rule for nothing, and an address that is none", async () => {
    const odd = plugin("odd", {
      failStrategy: "FAIL_OPEN",
      defaultConfig: { at: "odd" },
      matchRules: [{ config: { at: "x" } }],
    });
    await withPlugins([odd], async () => {
      await told("odd", "Accepted", { status: "False", message: expect.stringContaining("matchRules[0]") as string });
      await runs({ host: "one.test" }, ["neighbour", "odd"]);
    });
    const address = plugin("odd", { url: "ftp://x/y", failStrategy: "FAIL_OPEN", defaultConfig: { at: "odd" } });
    await withPlugins([address], () =>
      told("odd", "Accepted", { status: "False", message: expect.stringContaining("url") as string }),
    );
  });
  test("a namespace whose plugins are not taken", async () => {
    const elsewhere = plugin("elsewhere", { defaultConfig: { at: "elsewhere" } }, "default");
    await withPlugins([elsewhere], async () => {
      await told(
        "elsewhere",
        "Accepted",
        { status: "False", message: expect.stringContaining("higress-system") as string },
        "default",
      );
      await runs({ host: "one.test" }, ["neighbour"]);
    });
  });
});

test("an image behind a pull secret", async (context) => {
  context.skip(findRegistry() === null, registryMissing);
  const registry = await TestRegistry.start("basic");
  try {
    const entry = {
      header: { name: "plugin.wasm", size: module.length, type: "file" as const },
      body: Buffer.from(module),
    };
    const bytes = gzipSync(await packTar([entry]));
    await registry.push("plugins/trace", "1.0.0", [{ type: "application/vnd.oci.image.layer.v1.tar+gzip", bytes }]);
    const url = `oci://${registry.host}/plugins/trace:1.0.0`;
    const image = plugin("image", {
      url,
      imagePullSecret: "pull",
      defaultConfig: { at: "image" },
      failStrategy: "FAIL_OPEN",
    });
    const auths = { auths: { [registry.host]: { auth: base64(`${credential.username}:${credential.password}`) } } };
    const secret: Manifest = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "pull", namespace },
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": base64(JSON.stringify(auths)) },
    };
    await withPlugins([image], async () => {
      await told("image", "Accepted", { status: "False", message: "The Secret pull is not there" });
      await told("image", "Fetched", { status: "False", reason: "FetchFailed" });
      await bed.apply(secret);
      await runs({ host: "one.test" }, ["image"]);
      await told("image", "Fetched", { status: "True" });
    });
  } finally {
    await registry.stop();
  }
});
