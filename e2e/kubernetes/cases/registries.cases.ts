// Services of registries behind Ingresses: Higress's McpBridge on the real API server, and real registries.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Consul, ZooKeeper } from "../../registries/servers.ts";
import { ask, Bed, type Manifest } from "./bed.ts";
import { base64, ingress, ingressClass } from "./manifests.ts";

const bed = new Bed();
let consul: Consul;
let zooKeeper: ZooKeeper;

/** In the network namespace nobody else has them. */
const ports = { consul: 18_500, zooKeeper: 12_181 };

beforeAll(async () => {
  const definition = readFileSync(join(import.meta.dirname, "mcp-bridge-definition.yaml"), "utf8");
  const registries = Promise.all([
    Consul.start(join(bed.folder, "consul"), ports.consul),
    ZooKeeper.start(join(bed.folder, "zookeeper"), ports.zooKeeper),
  ]);
  await bed.startCluster();
  await bed.apply(definition);
  await bed.startWeir("address: 127.0.0.1");
  [consul, zooKeeper] = await registries;
  await Promise.all(["one", "two", "three"].map((name, index) => bed.serve(`10.244.0.${index + 1}`, name)));
  await bed.apply(ingressClass("weir", "weir.dev/ingress"), secret, bridge(registryEntries));
});
afterAll(async () => {
  await zooKeeper?.stop();
  await consul?.server.kill();
  await bed.stop();
});

const secret: Manifest = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "consul-login" },
  data: { consulToken: base64("a-token-of-the-test") },
};

const registryEntries = [
  {
    type: "consul",
    name: "consul",
    domain: "127.0.0.1",
    port: ports.consul,
    consulDatacenter: "dc1",
    authSecretName: "consul-login",
  },
  { type: "zookeeper", name: "zk", domain: "127.0.0.1", port: ports.zooKeeper, zkServicesPath: ["/own/services"] },
  { type: "static", name: "first", domain: "10.244.0.1:8080", port: 80 },
  { type: "static", name: "second", domain: "10.244.0.2:8080,10.244.0.3:8080", port: 80 },
  { type: "dns", name: "local", domain: "localhost", port: 8080 },
];

function bridge(registries: object[]): Manifest {
  return {
    apiVersion: "networking.higress.io/v1",
    kind: "McpBridge",
    metadata: { name: "default", namespace: "default" },
    spec: { registries },
  };
}

/** Its one path leads to a McpBridge, and the annotation says where in it. */
async function route(host: string, destination: string): Promise<void> {
  const object = ingress(host.replace(".test", ""), { annotations: { "higress.io/destination": destination } });
  const resource = { apiGroup: "networking.higress.io", kind: "McpBridge", name: "default" };
  const paths = [{ path: "/", pathType: "Prefix", backend: { resource } }];
  await bed.apply({ ...object, spec: { ingressClassName: "weir", rules: [{ host, http: { paths } }] } });
}

const instance = (id: string, address: string, version = "v1"): Parameters<Consul["register"]>[0] => {
  return { name: "orders", id, address, port: 8080, meta: { version } };
};

const entry = (address: string): string => {
  return JSON.stringify({ name: "shop", id: address, address, port: 8080, payload: { metadata: {} } });
};

/** Who answers, of that many requests. */
async function answers(host: string, count: number): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (let index = 0; index < count; index++) {
    const { server, status } = await ask({ host });
    const name = server || String(status);
    all[name] = (all[name] ?? 0) + 1;
  }
  return all;
}

async function conditions(): Promise<Record<string, string>> {
  const path = "/apis/networking.higress.io/v1/namespaces/default/mcpbridges/default";
  const { status } = (await bed.api.ask("GET", path)) as { status?: { conditions?: Told[] } };
  return Object.fromEntries((status?.conditions ?? []).map((one) => [one.type, `${one.status} ${one.message}`.trim()]));
}

interface Told {
  type: string;
  status: string;
  message: string;
}

test("a service of Consul is scaled up and down under load: it is followed, and nothing is lost", async () => {
  await consul.register(instance("orders-1", "10.244.0.1"));
  await route("orders.test", "orders.dc1.consul:8080");
  await bed.until({ host: "orders.test" }, ({ server }) => server === "one");
  const failures: string[] = [];
  const over = new AbortController();
  const load = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { status } = await ask({ host: "orders.test" }).catch(() => ({ status: 0 }));
      if (status !== 200) failures.push(String(status));
    }
  };
  const running = Promise.all([load(), load()]);
  await consul.register(instance("orders-2", "10.244.0.2"));
  const waiting = { timeout: 10_000, interval: 50 };
  await vi.waitFor(() => expect(bed.asked("two")).toBeGreaterThan(0), waiting);
  await consul.deregister("orders-1");
  // Of two that are asked in turn, one is asked no more.
  await vi.waitFor(async () => {
    const before = bed.asked("one");
    const others = bed.asked("two");
    await vi.waitFor(() => expect(bed.asked("two")).toBeGreaterThan(others + 50), waiting);
    expect(bed.asked("one")).toBe(before);
  }, waiting);
  over.abort();
  await running;
  expect(failures).toEqual([]);
});

test("versions of a service are told apart", async () => {
  await consul.register(instance("orders-3", "10.244.0.3", "v2"));
  await route("version.test", "orders.dc1.consul v2");
  await bed.until({ host: "version.test" }, ({ server }) => server === "three");
  expect(await answers("version.test", 10)).toEqual({ three: 10 });
});

test("instances of Spring Cloud in ZooKeeper are followed, at the usual path and at others", async () => {
  await zooKeeper.put("/services/shop/a", entry("10.244.0.1"));
  await route("shop.test", "shop.services.zookeeper");
  await bed.until({ host: "shop.test" }, ({ server }) => server === "one");
  await zooKeeper.put("/services/shop/b", entry("10.244.0.2"));
  await bed.until({ host: "shop.test" }, ({ server }) => server === "two", 3000);
  await zooKeeper.put("/own/services/shop/a", entry("10.244.0.3"));
  await route("own.test", "shop.own-services.zookeeper");
  await bed.until({ host: "own.test" }, ({ server }) => server === "three");
});

test("static and named services share requests by their weights", async () => {
  await route("weights.test", "80% first.static\n20% second.static");
  await bed.until({ host: "weights.test" }, ({ server }) => server === "one");
  const { one = 0, two = 0, three = 0 } = await answers("weights.test", 300);
  expect(one + two + three).toBe(300);
  expect(one).toBeGreaterThan(205);
  expect(one).toBeLessThan(275);
  expect(Math.min(two, three)).toBeGreaterThan(5);
  await bed.serve("127.0.0.1", "local");
  await route("local.test", "local.dns:8080");
  await bed.until({ host: "local.test" }, ({ server }) => server === "local");
});

test("a service that nobody has is told at the Ingress, and what is wrong with a registry at the McpBridge", async () => {
  await route("nowhere.test", "orders.dc2.consul");
  expect(await bed.event("nowhere", "UnknownService")).toMatch(/orders\.dc2\.consul is nowhere/);
  await bed.until({ host: "nowhere.test" }, ({ status }) => status === 503);
  await vi.waitFor(async () => expect(await conditions()).toEqual({ Accepted: "True", Ready: "True" }), 10_000);
  await bed.apply(bridge([...registryEntries, { type: "nacos2", name: "broken", port: 8848 }]));
  const refused = "False broken: domain is missing";
  await vi.waitFor(async () => expect(await conditions()).toEqual({ Accepted: refused, Ready: "True" }), 10_000);
  expect(await answers("orders.test", 4)).not.toHaveProperty("503");
});

test("a registry that is away costs nobody a request, is told, and is followed again", async () => {
  await consul.server.kill();
  const isAway = async () => expect((await conditions())["Ready"]).toMatch(/^False consul: /);
  await vi.waitFor(isAway, { timeout: 15_000 });
  expect(await answers("version.test", 10)).toEqual({ three: 10 });
  await consul.restart();
  await vi.waitFor(async () => expect((await conditions())["Ready"]).toBe("True"), { timeout: 30_000 });
  await consul.register(instance("orders-4", "10.244.0.1", "v2"));
  await bed.until({ host: "version.test" }, ({ server }) => server === "one", 5000);
  expect(bed.output()).toMatch(/TROUBLE The registry default\/default\/consul\/consul cannot be asked/);
  expect(bed.output()).not.toMatch(/REJECTED|forbidden/);
}, 90_000);
