// Networks that a key may be used from.
import { BlockList } from "node:net";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { seededRandom } from "../../../sdk/test/random.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import {
  bearer,
  configuration,
  expectPassed,
  expectRefused,
  hashOf,
  sendTo,
  startMs,
  type Request,
} from "./request.ts";

let module: { bytes: Uint8Array<ArrayBuffer> };
let host: WasmHost;
let plugin: Plugin;
beforeAll(async () => void (module = await buildPlugin("key-auth")));
beforeEach(async () => {
  host = await WasmHost.load(module, { startMs });
  plugin = host.startPlugin({ configuration });
});

const send = (request: Request): HttpStream => sendTo(plugin, request);

describe("networks", () => {
  test.each([
    ["192.0.2.0:1", true],
    ["192.0.2.255:65535", true],
    ["192.0.3.0:1", false],
    ["198.51.100.7:1", true],
    ["198.51.100.8:1", false],
    ["[::ffff:192.0.2.9]:1", true],
    ["[::ffff:c000:0209]:1", true],
    ["[2001:db8::1]:1", true],
    ["[2001:db8:7fff:ffff:ffff:ffff:ffff:ffff]:1", true],
    ["[2001:db8:8000::]:1", false],
    ["[::1]:1", false],
    ["@internal", false],
    ["", false],
  ])("%s: %s", (address, isIn) => {
    const stream = send({ headers: bearer("wk-office"), address });
    if (isIn) expectPassed(stream, "billing");
    else expectRefused(stream, 403, "weir_address_not_allowed");
  });

  test("what the client says of itself does not count", () => {
    const headers: [string, string][] = [...bearer("wk-office"), ["x-forwarded-for", "192.0.2.7"]];
    expectRefused(send({ headers, address: "203.0.113.1:1" }), 403, "weir_address_not_allowed");
  });

  test("hold what Node's own lists hold", () => {
    const source = seededRandom("networks");
    const random: Random = (below) => source.below(below);
    for (let round = 0; round < 200; round++) {
      const isV6 = random(2) === 1;
      const address = randomAddress(isV6, random);
      const bits = random(isV6 ? 129 : 33);
      const list = new BlockList();
      list.addSubnet(address, bits, isV6 ? "ipv6" : "ipv4");
      const key = { name: "k", consumer: 0, sha256: hashOf("wk-k"), networks: `${address}/${bits}` };
      plugin = host.startPlugin({ configuration: { ...configuration, keys: [key] } });
      for (const other of [address, randomAddress(isV6, random), nearby(address, isV6, random)]) {
        const peer = isV6 ? `[${other}]:1` : `${other}:1`;
        const status = send({ headers: bearer("wk-k"), address: peer }).localReply?.status ?? 200;
        expect(status, `${other} in ${address}/${bits}`).toBe(list.check(other, isV6 ? "ipv6" : "ipv4") ? 200 : 403);
      }
    }
  });
});

type Random = (below: number) => number;

/** Groups of zeros are frequent, so that all forms with `::` occur. */
function randomAddress(isV6: boolean, random: Random): string {
  if (!isV6) return Array.from({ length: 4 }, () => random(256)).join(".");
  const groups = Array.from({ length: 8 }, () => (random(2) ? random(65_536) : 0).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** The same but for its last part. */
function nearby(address: string, isV6: boolean, random: Random): string {
  const last = isV6 ? random(65_536).toString(16) : String(random(256));
  return address.endsWith("::") ? address + last : address.replace(/[^.:]+$/, last);
}
