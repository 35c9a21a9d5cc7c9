// Registries as they are: what Discovery knows of services that come and go at real servers. Nacos has no server that
// could be had here; its protocol is tested in control/src/discovery.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Discovery } from "../control/src/discovery/discovery.ts";
import { wishKey, type Registry, type ServiceName } from "../control/src/model/discovery.ts";
import { Secret } from "../control/src/model/secret.ts";
import { Consul, Eureka, whyNot, ZooKeeper } from "./registries/servers.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-registries-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What "within a second" leaves room for on a machine with something else to do. */
const soonMs = 3_000;
const startMs = 120_000;
const secret = (text: string): Secret => new Secret(text, { kind: "literal" });

/** One registry, and the services that are followed in it. */
class Follower {
  readonly said: string[] = [];
  readonly discovery: Discovery;
  readonly #registry: Registry;

  constructor(registry: Registry, services: ServiceName[], emptyMs = 300) {
    this.#registry = registry;
    this.discovery = new Discovery({
      onChange: () => {},
      onTrouble: (message) => this.said.push(`TROUBLE ${message}`),
      onRecovery: (message) => this.said.push(`RECOVERY ${message}`),
      emptyMs,
    });
    this.discovery.follow([registry], this.#wishes(services));
  }

  addresses(service: ServiceName): string[] | null {
    const [wish] = this.#wishes([service]);
    const found = this.discovery.discovered().services.get(wishKey(wish!));
    return found ? found.map(({ address, port }) => `${address}:${port}`) : null;
  }

  async until(service: ServiceName, expected: string[], timeout = soonMs): Promise<void> {
    const look = (): void => expect(this.addresses(service), this.said.join("\n")).toEqual(expected);
    await vi.waitFor(look, { timeout, interval: 20 });
  }

  #wishes(services: ServiceName[]) {
    return services.map((service) => ({ registry: this.#registry.name, service }));
  }
}

describe("Consul", { skip: whyNot("consul") !== null }, () => {
  let consul: Consul;
  beforeAll(async () => {
    consul = await Consul.start(join(folder, "consul"));
  }, startMs);
  afterAll(() => consul?.server.kill());

  const registryOf = (changes: object = {}): Registry => ({
    ...{ type: "consul", name: "main", url: consul.url, datacenter: "dc1", namespace: "", tag: "" },
    token: secret(consul.token),
    ...changes,
  });
  const named = (name: string): ServiceName => ({ by: "name", name });

  test("instances that come, fail and go are followed", async () => {
    const follower = new Follower(registryOf(), [named("orders")]);
    await follower.until(named("orders"), []);
    const check = { CheckID: "orders-2-check", TTL: "1h", Status: "passing" };
    await consul.register({ name: "orders", id: "orders-1", address: "10.0.0.1", port: 8080 });
    await consul.register({ name: "orders", id: "orders-2", address: "10.0.0.2", port: 8081, check });
    await follower.until(named("orders"), ["10.0.0.1:8080", "10.0.0.2:8081"]);
    await consul.setCheck("orders-2-check", "fail");
    await follower.until(named("orders"), ["10.0.0.1:8080"]);
    await consul.setCheck("orders-2-check", "pass");
    await follower.until(named("orders"), ["10.0.0.1:8080", "10.0.0.2:8081"]);
    await consul.deregister("orders-1");
    await follower.until(named("orders"), ["10.0.0.2:8081"]);
    // Nobody is left: it is believed after a while.
    await consul.deregister("orders-2");
    await follower.until(named("orders"), []);
    follower.discovery.close();
  });

  test("a tag chooses, weights and metadata are read, and - stands for _ as with Higress", async () => {
    const follower = new Follower(registryOf({ tag: "Web" }), [named("my-shop")]);
    await consul.register({
      ...{ name: "my_shop", id: "shop-1", address: "10.0.1.1", port: 80, tags: ["web"], weights: { passing: 7 } },
      meta: { protocol: "GRPC", version: "v2" },
    });
    await consul.register({ name: "my_shop", id: "shop-2", address: "10.0.1.2", port: 80, tags: ["batch"] });
    await follower.until(named("my-shop"), ["10.0.1.1:80"], 15_000);
    const [instances] = follower.discovery.discovered().services.values();
    expect(instances).toMatchObject([{ weight: 7, protocol: "grpc", version: "v2" }]);
    follower.discovery.close();
  }, 30_000);

  test("a token that is wrong is told, and nobody is known by it", async () => {
    const follower = new Follower(registryOf({ token: secret("wrong") }), [named("orders")]);
    await vi.waitFor(() =>
      expect(follower.said.join()).toMatch(/TROUBLE The registry main cannot be asked: It answered 403/),
    );
    expect(follower.addresses(named("orders"))).toBe(null);
    follower.discovery.close();
  });

  test("what is known stays while the server is away, and is followed again after it", async () => {
    const follower = new Follower(registryOf(), [named("stays")]);
    await consul.register({ name: "stays", id: "stays-1", address: "10.0.2.1", port: 80 });
    await follower.until(named("stays"), ["10.0.2.1:80"]);
    await consul.server.kill();
    await vi.waitFor(() => expect(follower.said.join()).toMatch(/TROUBLE/), 10_000);
    expect(follower.addresses(named("stays"))).toEqual(["10.0.2.1:80"]);
    await consul.restart();
    await consul.register({ name: "stays", id: "stays-2", address: "10.0.2.2", port: 80 });
    await follower.until(named("stays"), ["10.0.2.1:80", "10.0.2.2:80"], 20_000);
    expect(follower.said.join()).toMatch(/RECOVERY/);
    follower.discovery.close();
  }, 60_000);
});

describe("ZooKeeper", { skip: whyNot("zookeeper") !== null }, () => {
  let zooKeeper: ZooKeeper;
  beforeAll(async () => {
    zooKeeper = await ZooKeeper.start(join(folder, "zookeeper"));
  }, startMs);
  afterAll(() => zooKeeper?.stop());

  const registryOf = (): Registry => {
    return { type: "zookeeper", name: "zk", servers: `127.0.0.1:${zooKeeper.server.port}`, login: null };
  };
  const entry = (address: string, port: number): string => {
    const payload = { "@class": "ZookeeperInstance", id: "shop", metadata: { version: "v1" } };
    return JSON.stringify({ name: "shop", id: `${address}-${port}`, address, port, sslPort: null, payload });
  };

  test("Spring Cloud's instances that come and go are followed, before there is the first", async () => {
    const shop: ServiceName = { by: "node", path: "/services/shop" };
    const follower = new Follower(registryOf(), [shop]);
    await follower.until(shop, []);
    await zooKeeper.put("/services/shop/a", entry("10.1.0.1", 8080));
    await follower.until(shop, ["10.1.0.1:8080"]);
    await zooKeeper.put("/services/shop/b", entry("10.1.0.2", 8080));
    await follower.until(shop, ["10.1.0.1:8080", "10.1.0.2:8080"]);
    await zooKeeper.remove("/services/shop/a");
    await follower.until(shop, ["10.1.0.2:8080"]);
    await zooKeeper.put("/services/shop/c", "no entry of anybody's");
    await zooKeeper.put("/services/shop/d", entry("10.1.0.4", 8080));
    await follower.until(shop, ["10.1.0.2:8080", "10.1.0.4:8080"]);
    follower.discovery.close();
  });

  test("Dubbo's providers are told apart by version and group", async () => {
    const service: ServiceName = { by: "dubbo", interface: "com.shop.Orders", version: "1.0.0", group: "blue" };
    const provider = (host: string, rest: string): string => {
      const url = `tri://${host}/com.shop.Orders?anyhost=true&application=shop&interface=com.shop.Orders&${rest}`;
      return `/dubbo/com.shop.Orders/providers/${encodeURIComponent(url)}`;
    };
    const follower = new Follower(registryOf(), [service]);
    await zooKeeper.put(provider("10.1.1.1:50051", "version=1.0.0&group=blue&weight=200"), "");
    await zooKeeper.put(provider("10.1.1.2:50051", "version=2.0.0&group=blue"), "");
    await zooKeeper.put(provider("10.1.1.3:50051", "version=1.0.0&group=green"), "");
    await zooKeeper.put(provider("10.1.1.4:50051", "version=1.0.0&group=blue&disabled=true"), "");
    await follower.until(service, ["10.1.1.1:50051"]);
    const [instances] = follower.discovery.discovered().services.values();
    expect(instances).toMatchObject([{ protocol: "tri", weight: 200, version: "1.0.0" }]);
    follower.discovery.close();
  });

  test("an empty list is believed after a while only, and a server that comes back is followed", async () => {
    const stays: ServiceName = { by: "node", path: "/services/stays" };
    const follower = new Follower(registryOf(), [stays], 2_000);
    await zooKeeper.put("/services/stays/a", entry("10.1.2.1", 8080));
    await follower.until(stays, ["10.1.2.1:8080"]);
    await zooKeeper.server.kill();
    await vi.waitFor(() => expect(follower.said.join()).toMatch(/TROUBLE The registry zk cannot be asked/), 10_000);
    expect(follower.addresses(stays)).toEqual(["10.1.2.1:8080"]);
    await zooKeeper.restart();
    await zooKeeper.put("/services/stays/b", entry("10.1.2.2", 8080));
    await vi.waitFor(() => expect(follower.addresses(stays)).toContain("10.1.2.2:8080"), 30_000);
    await zooKeeper.remove("/services/stays/b");
    await vi.waitFor(() => expect(follower.said.join()).toMatch(/RECOVERY/), 10_000);
    follower.discovery.close();
  }, 90_000);
});

describe("Eureka", { skip: whyNot("eureka") !== null }, () => {
  let eureka: Eureka;
  beforeAll(async () => {
    eureka = await Eureka.start(join(folder, "eureka"));
  }, startMs);
  afterAll(() => eureka?.server.kill());

  test("instances that come, go out of service and go are followed", async () => {
    const shop: ServiceName = { by: "name", name: "shop" };
    const follower = new Follower({ type: "eureka", name: "eureka", url: eureka.url, login: null }, [shop]);
    await follower.until(shop, [], 10_000);
    await eureka.register("SHOP", "shop-1", "10.2.0.1", 8080);
    await eureka.register("OTHER", "other-1", "10.2.9.9", 8080);
    await follower.until(shop, ["10.2.0.1:8080"]);
    await eureka.register("SHOP", "shop-2", "10.2.0.2", 8080);
    await follower.until(shop, ["10.2.0.1:8080", "10.2.0.2:8080"]);
    await eureka.setStatus("SHOP", "shop-1", "OUT_OF_SERVICE");
    await follower.until(shop, ["10.2.0.2:8080"]);
    await eureka.setStatus("SHOP", "shop-1", "UP");
    await follower.until(shop, ["10.2.0.1:8080", "10.2.0.2:8080"]);
    await eureka.deregister("SHOP", "shop-2");
    await follower.until(shop, ["10.2.0.1:8080"]);
    const [instances] = follower.discovery.discovered().services.values();
    expect(instances).toMatchObject([{ version: "v1" }]);
    follower.discovery.close();
  }, 60_000);
});

for (const program of ["consul", "zookeeper", "eureka"] as const) {
  test(`the server of ${program} is there`, (context) => {
    const reason = whyNot(program);
    if (reason !== null) context.skip(reason);
  });
}
