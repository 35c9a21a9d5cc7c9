// What the plugin holds stays in bounds, and what it needs is not collected.
import { beforeAll, beforeEach, expect, test } from "vitest";
import { compileModule, type CompiledModule } from "../../../tools/build-plugins.ts";
import { RawHost } from "./raw-host.ts";

const MiB = 1024 * 1024;
let module: CompiledModule;
let host: RawHost;

beforeAll(async () => {
  module = await compileModule("sdk/test/abi/assembly/probe.ts");
});
beforeEach(() => {
  host = new RawHost(module);
});

/** Runs streams one after the other, and forgets what they told. */
function runStreams(count: number, todo: string): void {
  for (let i = 0; i < count; i++) {
    host.act(2 + i, todo);
    host.endStream(2 + i);
    host.told.length = 0;
    host.calls.length = 0;
  }
}

test("100,000 streams leave nothing behind", () => {
  host.startRoot(1);
  runStreams(10_000, "work");
  const size = host.memorySize;
  runStreams(90_000, "work");
  expect(host.memorySize).toBe(size);
  expect(size).toBeLessThanOrEqual(MiB);
});

test("bodies of 1 MiB leave nothing behind", () => {
  host.startRoot(1);
  host.body = new Uint8Array(MiB);
  runStreams(300, "body");
  expect(host.memorySize).toBeLessThanOrEqual(4 * MiB);
});

test("what a plugin keeps is not collected again and again, nor lost", () => {
  host.startRoot(1, "keep 20000");
  const started = performance.now();
  runStreams(20_000, "work");
  // 20,000 objects are marked in about 0.2 ms: once a stream it would be four seconds.
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(host.memorySize).toBeLessThanOrEqual(64 * MiB);
  host.act(2, "work");
  expect(host.told.at(-1)).toBe("2 does work as keep 20000");
});

test("callouts that are never answered go with their root context", () => {
  host.startRoot(1);
  runStreams(5_000, "http");
  const full = host.memorySize;
  for (let round = 0; round < 5; round++) {
    host.call("proxy_on_delete", 1);
    host.startRoot(1);
    runStreams(5_000, "http");
  }
  expect(host.memorySize).toBeLessThanOrEqual(2 * full);
});

test("a value larger than an object can be is refused, not trapped on", () => {
  expect(host.call("proxy_on_memory_allocate", 0x7fffffff)).toBe(0);
  expect(host.call("proxy_on_memory_allocate", -1)).toBe(0);
});
