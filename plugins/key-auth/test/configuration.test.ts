// The plugin's configuration: ten thousand keys, and what is refused.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { bearer, configuration, expectRefused, hashOf, sendTo, startMs, stateOf, type Request } from "./request.ts";

let module: { bytes: Uint8Array<ArrayBuffer> };
let host: WasmHost;
let plugin: Plugin;
beforeAll(async () => void (module = await buildPlugin("key-auth")));
beforeEach(async () => {
  host = await WasmHost.load(module, { startMs });
  plugin = host.startPlugin({ configuration });
});

const send = (request: Request): HttpStream => sendTo(plugin, request);

describe("10,000 keys", () => {
  const keys = Array.from({ length: 10_000 }, (_, i) => ({
    name: `k${i}`,
    consumer: i % 2,
    sha256: hashOf(`wk-${i}`),
    networks: "0.0.0.0/0\n::/0",
  }));
  /** Hashes that begin alike for longer than the table looks. */
  const alike = ["0", "1"].map((end) => hashOf("wk-7").slice(0, 63) + end);

  function medianUs(key: string): number {
    const times = Array.from({ length: 301 }, () => {
      const startedAt = performance.now();
      send({ headers: bearer(key) });
      return performance.now() - startedAt;
    });
    return times.sort((a, b) => a - b)[150]! * 1000;
  }

  test("are found each, whatever stands beside them", () => {
    const neighbours = alike.filter((hash) => hash !== hashOf("wk-7"));
    const all = [...neighbours.map((sha256, i) => ({ name: `n${i}`, consumer: 0, sha256 })), ...keys];
    plugin = host.startPlugin({ configuration: { ...configuration, keys: all } });
    for (const i of [0, 1, 7, 4999, 9999]) expect(stateOf(send({ headers: bearer(`wk-${i}`) })).key).toBe(`k${i}`);
    expectRefused(send({ headers: bearer("wk-10000") }), 401, "weir_invalid_api_key");
  });

  test("take the same time, the first and the last", () => {
    plugin = host.startPlugin({ configuration: { ...configuration, keys } });
    for (const key of ["wk-1", "wk-9999"]) medianUs(key);
    const [first = 0, last = 0] = ["wk-0", "wk-9998"].map(medianUs);
    // A search from one end to the other would take hundreds of times as long for the one as for the other.
    expect(Math.max(first, last) / Math.min(first, last)).toBeLessThan(3);
  });
});

const consumers = [{ name: "a" }];
const key = { name: "k", consumer: 0, sha256: hashOf("x") };
test.each<[string, unknown]>([
  ["the configuration is not valid JSON at byte 0", ""],
  ["the configuration must be an object", []],
  ["consumers must be a list", {}],
  ["keys must be a list", { consumers }],
  ["consumers[0].name must be a text that is not empty", { consumers: [{}], keys: [] }],
  ["consumers[0].team must be a text", { consumers: [{ name: "a", team: 7 }], keys: [] }],
  ["headers[1] must be a text that is not empty", { headers: ["a", ""], consumers, keys: [] }],
  ["keys[0] must be an object", { consumers, keys: [7] }],
  ["keys[1] must be an object with a sha256 of 64 lower-case hex digits", { consumers, keys: [key, {}] }],
  [
    "keys[0] must be an object with a sha256 of 64 lower-case hex digits",
    { consumers, keys: [{ ...key, sha256: key.sha256.toUpperCase() }] },
  ],
  ["keys[0] must be an object with the number of a consumer", { consumers, keys: [{ ...key, consumer: 1 }] }],
  ["keys[0] must be an object with a name", { consumers, keys: [{ ...key, name: "" }] }],
  ["keys[1].sha256 must be a hash that no other key has", { consumers, keys: [key, key] }],
  ["keys[0] must be an object whose expiresMs is a whole number", { consumers, keys: [{ ...key, expiresMs: "1" }] }],
  [
    "keys[0] must be an object whose models are a text that is not empty",
    { consumers, keys: [{ ...key, models: "" }] },
  ],
  [
    "keys[0] must be an object whose routes are a text that is not empty",
    { consumers, keys: [{ ...key, routes: [] }] },
  ],
  ...[
    "",
    "10.0.0.0/33",
    "::/129",
    "10.0.0",
    "1.2.3.4.5",
    "1:2",
    ":::",
    "1::2::3",
    "g::",
    "1:2:3:4:5:6:7:8:9",
    "10.0.0.0/",
    "256.0.0.0",
    "1:2:3:4:5:6:7:",
    ":1:2:3:4:5:6:7",
  ].map((networks): [string, unknown] => [
    "keys[0] must be an object whose networks are networks",
    { consumers, keys: [{ ...key, networks }] },
  ]),
])("names what is wrong in its configuration: %s", (problem, value) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  expect(() => host.startPlugin({ configuration: text })).toThrow(`key-auth: ${problem}`);
});
