// The wire form of header lists: whole lists survive the way there and back, broken ones never trap.
import { beforeAll, beforeEach, expect, test } from "vitest";
import { compileModule, type CompiledModule } from "../../../tools/build-plugins.ts";
import { RawHost } from "./raw-host.ts";

let module: CompiledModule;
let host: RawHost;
let sent: Buffer;
let received: Buffer;

beforeAll(async () => {
  module = await compileModule("sdk/test/abi/assembly/probe.ts");
});
beforeEach(() => {
  host = new RawHost(module);
  host.startRoot(1);
  host.answers["proxy_get_header_map_pairs"] = (_map, pointer, size) => host.give(sent, pointer!, size!);
  host.answers["proxy_set_header_map_pairs"] = (_map, pointer, size) => {
    received = Buffer.from(host.text(pointer!, size!), "utf8");
    return 0;
  };
});

/** https://github.com/proxy-wasm/spec/blob/main/abi-versions/v0.2.1/README.md#serialization */
function wire(pairs: [string, string][]): Buffer {
  const numbers = [pairs.length, ...pairs.flat().map((text) => Buffer.byteLength(text))];
  const head = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, i) => head.writeUInt32LE(number, i * 4));
  return Buffer.concat([head, ...pairs.flat().map((text) => Buffer.from(`${text}\0`))]);
}

function echo(bytes: Buffer): Buffer {
  sent = bytes;
  host.act(2, "echo headers");
  return received;
}

test.each<[string, [string, string][]]>([
  ["no fields", []],
  ["one", [[":path", "/"]]],
  [
    "duplicates in order",
    [
      ["via", "a"],
      ["x", ""],
      ["via", "b"],
    ],
  ],
  [
    "empty names and values",
    [
      ["", ""],
      ["", ""],
    ],
  ],
  ["UTF-8", [["x-name", "Zürich ☃"]]],
  ["large", Array.from({ length: 1024 }, (_, i): [string, string] => [`name-${i}`, "v".repeat(100)])],
])("%s", (_name, pairs) => {
  expect(echo(wire(pairs))).toEqual(wire(pairs));
});

test.each([
  { what: "more fields", pairs: Array.from({ length: 1025 }, (): [string, string] => ["a", "b"]) },
  { what: "more bytes", pairs: [["a", "b".repeat(1 << 20)]] as [string, string][] },
])("$what than Envoy reads are not sent", ({ pairs }) => {
  sent = wire(pairs);
  host.act(2, "echo headers");
  expect(host.told.at(-1)).toBe("2 replaced 2");
  expect(host.calls.some((call) => call.startsWith("set_header_map_pairs"))).toBe(false);
});

/** Numerical Recipes' linear congruential generator, so that a seed replays. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
}

test("broken lists give shorter ones, and never a trap", () => {
  const seed = Date.now() >>> 0;
  console.log(`seed ${seed}`);
  const next = random(seed);
  const whole = wire([
    ["content-type", "text/plain"],
    ["x", "y"],
    [":path", "/a/b"],
  ]);
  for (let round = 0; round < 5_000; round++) {
    const broken = Buffer.from(whole.subarray(0, next() % (whole.length + 1)));
    for (let flips = next() % 4; flips > 0 && broken.length; flips--) broken[next() % broken.length] = next();
    expect(echo(broken).readUInt32LE(0), `seed ${seed}, round ${round}`).toBeLessThanOrEqual(whole.length);
  }
});
