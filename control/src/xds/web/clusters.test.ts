// Which endpoints an Envoy asks first, by where it is.
import { expect, test } from "vitest";
import type { BackendAddress, Near } from "../../model/web.ts";
import { typeUrls, type NamedResource, type Place } from "../resources.ts";
import { encodeResource } from "../registry.ts";
import { translateEndpoints } from "./clusters.ts";

function address(last: number, zone: string, near?: Partial<Near>): BackendAddress {
  const own = { address: `10.0.0.${last}`, port: 80, zone };
  return near ? { ...own, near: { zones: [], nodes: [], ...near } } : own;
}

function translated(addresses: BackendAddress[]): NamedResource {
  const at = { kind: "addresses" as const, addresses };
  const rest = { protocol: "http1" as const, tls: null, balance: "roundRobin" as const, connectTimeoutMs: 1000 };
  return translateEndpoints({ web: { listeners: [], backends: [{ name: "shop", at, ...rest }] } })[0]!;
}

interface Locality {
  priority?: number;
  locality?: { zone: string };
  lb_endpoints: { endpoint: { address: { socket_address: { address: string } } } }[];
}

/** `0 a: 1 2` for the priority, the zone and the addresses' last numbers. */
function told({ resource, placed }: NamedResource, zone: string, node = ""): string[] {
  const own = placed?.at({ zone, node } satisfies Place) ?? resource;
  expect(() => encodeResource(typeUrls.endpoints, own)).not.toThrow();
  return (own["endpoints"] as Locality[]).map(({ priority = 0, locality, lb_endpoints }) => {
    const lasts = lb_endpoints.map(({ endpoint }) => endpoint.address.socket_address.address.split(".").at(-1));
    return `${priority} ${locality?.zone ?? ""}: ${lasts.join(" ")}`;
  });
}

test("those for an Envoy's zone come before the others, wherever they are", () => {
  const all = translated([
    address(1, "a", { zones: ["a"] }),
    address(2, "b", { zones: ["b", "c"] }),
    address(3, "b", { zones: ["b"] }),
  ]);
  expect(told(all, "a")).toEqual(["0 a: 1", "1 b: 2 3"]);
  expect(told(all, "b")).toEqual(["0 b: 2 3", "1 a: 1"]);
  expect(told(all, "c")).toEqual(["0 b: 2", "1 a: 1", "1 b: 3"]);
});

test("an Envoy that is nowhere, or where nobody is near, asks all alike", () => {
  const all = translated([address(1, "a", { zones: ["a"] }), address(2, "b", { zones: ["b"] })]);
  for (const zone of ["", "d"]) expect(told(all, zone)).toEqual(["0 a: 1", "0 b: 2"]);
});

test("those for an Envoy's node come before those for its zone", () => {
  const all = translated([
    address(1, "a", { zones: ["a"], nodes: ["one"] }),
    address(2, "a", { zones: ["a"], nodes: ["two"] }),
    address(3, "b", { zones: ["b"], nodes: ["three"] }),
  ]);
  expect(told(all, "a", "two")).toEqual(["0 a: 2", "1 a: 1", "2 b: 3"]);
  expect(told(all, "a", "other")).toEqual(["0 a: 1 2", "1 b: 3"]);
  expect(told(all, "", "three")).toEqual(["0 b: 3", "1 a: 1 2"]);
});

test("what is for nobody in particular is the same everywhere", () => {
  expect(translated([address(1, "a"), address(2, "b")])).not.toHaveProperty("placed");
});
