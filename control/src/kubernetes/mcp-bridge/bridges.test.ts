// From a McpBridge and what its registries have said to backends, statuses and wishes: a pure function.
import { expect, test } from "vitest";
import { nothingDiscovered, wishKey, type Discovered, type Instance } from "../../model/discovery.ts";
import { allKinds } from "../kinds.ts";
import { keyOf, type KubernetesObject, type Objects } from "../objects.ts";
import { Bridges } from "./bridges.ts";
import type { McpBridge, RegistryEntry } from "./objects.ts";

const consul: RegistryEntry = {
  type: "consul",
  name: "main",
  domain: "consul.test",
  port: 8500,
  consulDatacenter: "dc1",
};
const orders = { registry: "team/default/consul/main", service: { by: "name", name: "orders" } } as const;
const plain: Instance = { address: "10.0.0.1", port: 80, weight: 1, protocol: "", version: "", zone: "" };

function bridge(registries: RegistryEntry[], namespace = "team", made = "2026-01-01T00:00:00Z"): McpBridge {
  return { metadata: { name: "default", namespace, generation: 3, creationTimestamp: made }, spec: { registries } };
}

function objectsOf(bridges: McpBridge[], secrets: KubernetesObject[] = []): Objects {
  const by = (all: KubernetesObject[]) => new Map(all.map((one) => [keyOf(one), one]));
  const none = Object.fromEntries(allKinds.map((kind) => [kind, new Map()]));
  return { ...none, McpBridge: by(bridges), Secret: by(secrets) } as unknown as Objects;
}

const said = (...instances: Partial<Instance>[]): Discovered => {
  const services = new Map([[wishKey(orders), instances.map((one) => ({ ...plain, ...one }))]]);
  return { services, problems: new Map() };
};

const find = (bridges: Bridges, host: string, version: string | null = null) => {
  return bridges.find({ host, version, bridge: "default", namespace: "team" });
};

test("only services that are asked for are wished for, and they are in force before anybody has answered", () => {
  const bridges = new Bridges(objectsOf([bridge([consul])]), nothingDiscovered);
  expect(bridges.wishes).toEqual([]);
  const at = { kind: "addresses", addresses: [] };
  expect(find(bridges, "orders.dc1.consul")).toEqual({
    key: "team/default/orders.dc1.consul",
    at,
    protocol: "http1",
    tls: null,
  });
  expect(bridges.wishes).toEqual([orders]);
  expect(bridges.registries).toMatchObject([{ type: "consul", url: "http://consul.test:8500", datacenter: "dc1" }]);
});

test("weights are whole numbers beside the largest, versions choose, and the first says how all are spoken to", () => {
  const parts = [
    { weight: 0.5, version: "v1", protocol: "grpc" },
    { address: "10.0.0.2", weight: 2, version: "v2" },
  ];
  const bridges = new Bridges(objectsOf([bridge([consul])]), said(...parts));
  expect(find(bridges, "orders.dc1.consul")).toMatchObject({
    at: {
      addresses: [
        { address: "10.0.0.1", weight: 250 },
        { address: "10.0.0.2", weight: 1000 },
      ],
    },
    protocol: "http2",
  });
  const addresses = [{ address: "10.0.0.2", port: 80, zone: "" }];
  expect(find(bridges, "orders.dc1.consul", "v2")).toMatchObject({ at: { kind: "addresses", addresses } });
});

test("instances that tell a host's name are looked up", () => {
  const bridges = new Bridges(objectsOf([bridge([consul])]), said({ address: "a.test" }, { protocol: "https" }));
  const hosts = [
    { host: "a.test", port: 80 },
    { host: "10.0.0.1", port: 80 },
  ];
  expect(find(bridges, "orders.dc1.consul")).toMatchObject({ at: { kind: "dns", hosts } });
});

test("fixed addresses and names need nobody to ask", () => {
  const entries = [
    { type: "static", name: "fixed", domain: "10.0.0.1:81,[2001:db8::1]:82", port: 80 },
    { type: "dns", name: "named", domain: "api.example.com", port: 443, protocol: "https" },
  ];
  const bridges = new Bridges(objectsOf([bridge(entries)]), nothingDiscovered);
  const addresses = [
    { address: "10.0.0.1", port: 81, zone: "" },
    { address: "2001:db8::1", port: 82, zone: "" },
  ];
  expect(find(bridges, "fixed.static")).toMatchObject({ at: { kind: "addresses", addresses }, tls: null });
  expect(find(bridges, "named.dns")).toMatchObject({
    at: { kind: "dns", hosts: [{ host: "api.example.com", port: 443 }] },
    tls: { serverName: "api.example.com", authorities: null },
  });
  expect(bridges.wishes).toEqual([]);
});

test("an Ingress's own namespace comes first, then the oldest", () => {
  const fixed = (domain: string): RegistryEntry => ({ type: "static", name: "fixed", domain, port: 80 });
  const old = bridge([fixed("10.0.0.1:1")], "gateway-system", "2025-01-01T00:00:00Z");
  const own = bridge([fixed("10.0.0.1:2")]);
  const young = bridge([fixed("10.0.0.1:3"), { ...fixed("10.0.0.1:4"), name: "stolen" }], "other");
  const bridges = new Bridges(objectsOf([young, own, old]), nothingDiscovered);
  expect(find(bridges, "fixed.static")).toMatchObject({ at: { addresses: [{ port: 2 }] } });
  const elsewhere = { host: "fixed.static", version: null, bridge: "default", namespace: "third" };
  expect(bridges.find(elsewhere)).toMatchObject({ at: { addresses: [{ port: 1 }] } });
  expect(bridges.find({ ...elsewhere, host: "stolen.static" })).toMatch(/gateway-system\/default has such names/);
  expect(bridges.find({ ...elsewhere, bridge: "none" })).toBe("there is no McpBridge none");
});

test.each([
  [{ type: "etcd", name: "a", domain: "x", port: 1 }, "a: type etcd is none of"],
  [{ type: "consul", name: "a", port: 1 }, "a: domain is missing"],
  [{ type: "nacos2", name: "a", nacosAddressServer: "x", port: 1 }, "a: nacosAddressServer is not asked"],
  [{ type: "consul", name: "a", domain: "x" }, "a: port must be"],
  [{ type: "consul", domain: "x", port: 1 }, "consul: name is missing"],
  [{ type: "static", name: "a", domain: "example.com:80", port: 80 }, "a: domain must have addresses"],
  [{ type: "dns", name: "a", domain: "not a host", port: 80 }, "a: domain has not a host"],
  [{ type: "dns", name: "a", domain: "x", port: 80, protocol: "dubbo" }, "a: protocol dubbo is none of"],
  [{ type: "dns", name: "a", domain: "x", port: 80, proxyName: "p" }, "a: proxies are not served"],
  [{ type: "consul", name: "a", domain: "x", port: 1, authSecretName: "s" }, "a: the Secret team/s is not there"],
  [{ type: "nacos3", name: "a", domain: "x", port: 1, enableMCPServer: true }, "a: MCP servers are not read"],
])("what is wrong with %j is told", (entry, expected) => {
  const [write] = new Bridges(objectsOf([bridge([entry])]), nothingDiscovered).statuses("2026-02-02T00:00:00Z");
  const [accepted] = (write!.status as { conditions: { status: string; message: string }[] }).conditions;
  expect(accepted).toMatchObject({ type: "Accepted", status: "False", observedGeneration: 3 });
  expect(accepted?.message).toContain(expected);
});

test("secrets are read beside the bridge, and a registry that is away is told", () => {
  const data = {
    nacosUsername: Buffer.from("weir").toString("base64"),
    nacosPassword: Buffer.from("pw\n").toString("base64"),
  };
  const secret = { metadata: { name: "login", namespace: "team" }, data };
  const entry = {
    type: "nacos3",
    name: "n",
    domain: "nacos.test",
    port: 8848,
    authSecretName: "login",
    nacosNamespaceId: "prod",
  };
  const problems = new Map([["team/default/nacos3/n", "It did not answer in time"]]);
  const bridges = new Bridges(objectsOf([bridge([entry])], [secret]), { ...nothingDiscovered, problems });
  const [registry] = bridges.registries;
  expect(registry).toMatchObject({ type: "nacos", version: 3, namespace: "prod", url: "http://nacos.test:8848" });
  expect(registry?.type === "nacos" && registry.login?.password.reveal()).toBe("pw");
  expect(JSON.stringify(registry)).not.toContain("pw");
  const ready = { type: "Ready", status: "False", message: "n: It did not answer in time" };
  expect(bridges.statuses("now")).toMatchObject([{ status: { conditions: [{ status: "True" }, ready] } }]);
});
