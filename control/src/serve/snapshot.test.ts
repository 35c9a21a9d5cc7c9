// What is published again: as it was it is the same resource, and of a long list only the items that differ are
// encoded.
import { isDeepStrictEqual } from "node:util";
import { fromBinary, toJson, type JsonValue } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { encodeResource, envoyRegistry, typePrefix } from "../xds/registry.ts";
import { typeUrls, type Place, type ProtoJson, type Resources } from "../xds/resources.ts";
import { buildSnapshot, type Snapshot, type VersionedResource } from "./snapshot.ts";

const none: Snapshot = new Map();

function cluster(name: string, connect_timeout = "1s"): Resources {
  return { [typeUrls.cluster]: [{ name, resource: { name, connect_timeout } }] };
}

function host(name: string, path = "/"): ProtoJson {
  const match = { prefix: path };
  return { name, domains: [name], routes: [{ match, direct_response: { status: 200 } }] };
}

function routes(...virtual_hosts: ProtoJson[]): Resources {
  const resource = { name: "web", ignore_port_in_host_matching: true, virtual_hosts };
  return { [typeUrls.route]: [{ name: "web", resource }] };
}

function only(snapshot: Snapshot): VersionedResource {
  const [byName] = snapshot.values();
  return byName!.values().next().value!;
}

function read({ any }: VersionedResource): JsonValue {
  const registry = envoyRegistry();
  const schema = registry.getMessage(any.typeUrl.slice(typePrefix.length))!;
  return toJson(schema, fromBinary(schema, any.value), { registry, useProtoFieldName: true });
}

describe("buildSnapshot()", () => {
  test("gives what is as it was once more", () => {
    const { snapshot: before } = buildSnapshot(cluster("a"), none);
    const { snapshot: same } = buildSnapshot(cluster("a"), before);
    expect(only(same)).toBe(only(before));
  });

  test("gives what has changed anew, and what it was again its version", () => {
    const { snapshot: before } = buildSnapshot(cluster("a"), none);
    const { snapshot: changed } = buildSnapshot(cluster("a", "2s"), before);
    const { snapshot: again } = buildSnapshot(cluster("a"), changed);
    expect(only(changed).version).not.toBe(only(before).version);
    expect(only(again).version).toBe(only(before).version);
  });

  test("tells of what it refuses each time, and keeps the last good one", () => {
    const { snapshot: good } = buildSnapshot(cluster("a"), none);
    const first = buildSnapshot(cluster("a", "soon"), good);
    const second = buildSnapshot(cluster("a", "soon"), first.snapshot);
    expect([first.refused.length, second.refused.length]).toEqual([1, 1]);
    expect(only(second.snapshot)).toBe(only(good));
  });
});

describe("what is another at some places", () => {
  const placed = (from: string[]): Resources => {
    const resource = { cluster_name: "web" };
    const at = ({ zone }: Place): ProtoJson => ({ cluster_name: from.includes(zone) ? `near ${zone}` : "web" });
    return { [typeUrls.endpoints]: [{ name: "web", resource, placed: { from, at } }] };
  };
  const versionAt = (one: VersionedResource, zone: string): string => one.placed!.at({ zone, node: "" }).version;

  test("is the same as long as it is so everywhere", () => {
    const { snapshot: before } = buildSnapshot(placed(["a"]), none);
    const { snapshot: same } = buildSnapshot(placed(["a"]), before);
    const { snapshot: other } = buildSnapshot(placed(["b"]), before);
    expect(only(same)).toBe(only(before));
    expect(only(other).version).toBe(only(before).version);
    expect(versionAt(only(before), "a")).not.toBe(only(before).version);
    expect(versionAt(only(other), "a")).toBe(only(before).version);
    expect(versionAt(only(other), "c")).toBe(only(before).version);
  });
});

describe("a list of hosts", () => {
  test("is what it is when it is encoded as a whole", () => {
    const long = host("long.example.com", `/${"x".repeat(20_000)}`);
    const resources = routes(host("a"), long, host("c"));
    const { resource } = resources[typeUrls.route]![0]!;
    const whole = { name: "", version: "", any: encodeResource(typeUrls.route, resource), source: null };
    expect(read(only(buildSnapshot(resources, none).snapshot))).toEqual(read(whole));
  });

  test("has the hosts that are new, without those that are gone, in their order", () => {
    const { snapshot: before } = buildSnapshot(routes(host("a"), host("b"), host("c")), none);
    const { snapshot: after } = buildSnapshot(routes(host("c"), host("d"), host("a", "/other")), before);
    expect(read(only(after))).toMatchObject({
      name: "web",
      ignore_port_in_host_matching: true,
      virtual_hosts: [
        { name: "c", routes: [{ match: { prefix: "/" } }] },
        { name: "d", routes: [{ match: { prefix: "/" } }] },
        { name: "a", routes: [{ match: { prefix: "/other" } }] },
      ],
    });
    expect(only(after).version).toBe(
      only(buildSnapshot(routes(host("c"), host("d"), host("a", "/other")), none).snapshot).version,
    );
  });

  test("is refused as a whole when one of it does not fit", () => {
    const wrong = { ...host("b"), domains: 7 };
    const { snapshot, refused } = buildSnapshot(routes(host("a"), wrong), none);
    expect(refused).toMatchObject([{ typeUrl: typeUrls.route, name: "web" }]);
    expect(snapshot.get(typeUrls.route)!.size).toBe(0);
  });
});

describe("what a resource is compared by is the same", () => {
  test.each([
    ["the same text", "a", "a", true],
    ["another text", "a", "b", false],
    ["a number and its text", 1, "1", false],
    ["nothing and an object", null, {}, false],
    ["a list and an object", [], {}, false],
    ["lists in another order", [1, 2], [2, 1], false],
    ["a longer list", [1], [1, 2], false],
    ["fields in another order", { a: 1, b: [2] }, { b: [2], a: 1 }, true],
    ["another field", { a: undefined }, { b: undefined }, false],
    ["a field more", { a: 1 }, { a: 1, b: 2 }, false],
    ["something deep", { a: [{ b: { c: 1 } }] }, { a: [{ b: { c: 2 } }] }, false],
  ])("of %s", (_, a, b, expected) => {
    expect(isDeepStrictEqual(a, b)).toBe(expected);
    expect(isDeepStrictEqual(b, a)).toBe(expected);
  });
});
