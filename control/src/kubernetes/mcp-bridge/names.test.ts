// Names of services, as Higress makes them of each kind of registry.
import { expect, test } from "vitest";
import { isRegistryName, serviceNamed } from "./names.ts";

const nacos = { type: "nacos2", nacosNamespaceId: "prod_1", nacosGroups: ["DEFAULT_GROUP", "other"] };

test.each([
  ["shop.DEFAULT-GROUP.prod-1.nacos", nacos, { by: "group", group: "DEFAULT_GROUP", name: "shop" }],
  ["my.shop_1.other.prod-1.nacos", nacos, { by: "group", group: "other", name: "my.shop_1" }],
  ["shop.third.prod-1.nacos", nacos, null],
  ["shop.DEFAULT-GROUP.public.nacos", { type: "nacos" }, { by: "group", group: "DEFAULT_GROUP", name: "shop" }],
  ["my-shop.dc1.consul", { type: "consul", consulDatacenter: "dc1" }, { by: "name", name: "my-shop" }],
  ["my-shop.dc2.consul", { type: "consul", consulDatacenter: "dc1" }, null],
  ["my-shop..consul", { type: "consul" }, { by: "name", name: "my-shop" }],
  ["my-shop.consul", { type: "consul" }, { by: "name", name: "my-shop" }],
  ["SHOP.eureka", { type: "eureka" }, { by: "name", name: "SHOP" }],
  ["SHOP.eureka", { type: "consul" }, null],
  ["shop.services.zookeeper", { type: "zookeeper" }, { by: "node", path: "/services/shop" }],
  ["shop.a-b.zookeeper", { type: "zookeeper", zkServicesPath: ["/a/b/"] }, { by: "node", path: "/a/b/shop" }],
  ["shop.zookeeper", { type: "zookeeper", zkServicesPath: ["/"] }, { by: "node", path: "/shop" }],
  ["shop.zookeeper", { type: "zookeeper" }, null],
  [
    "providers:com.shop.Orders:1.0.0:blue.zookeeper",
    { type: "zookeeper" },
    { by: "dubbo", interface: "com.shop.Orders", version: "1.0.0", group: "blue" },
  ],
  [
    "providers:com.shop.Orders:0.0.0:.zookeeper",
    { type: "zookeeper" },
    { by: "dubbo", interface: "com.shop.Orders", version: "0.0.0", group: "" },
  ],
])("%s of %j", (host, entry, expected) => {
  expect(isRegistryName(host)).toBe(true);
  expect(serviceNamed(host, entry)).toEqual(expected);
});

test.each(["my-service", "my-service.default.svc.cluster.local", "example.com", "consul"])("%s is none", (host) => {
  expect(isRegistryName(host)).toBe(false);
});
