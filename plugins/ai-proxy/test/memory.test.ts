// Memory: as much after many exchanges as after some.
import { beforeAll, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { loadHost, runFixture } from "./exchange.ts";
import { configuration, fixtures } from "./fixture.ts";

let plugin: Plugin;
beforeAll(async () => {
  plugin = (await loadHost()).startPlugin({ configuration });
});

test("memory is flat", () => {
  const runAll = (rounds: number): number => {
    for (let i = 0; i < rounds; i++) {
      for (const fixture of fixtures) {
        const stream = runFixture(plugin, fixture, { request: [i % 50], answer: [i % 200] });
        if (!stream.isOver) stream.disconnect();
      }
    }
    return plugin.root().vm.memory.buffer.byteLength;
  };
  const before = runAll(50);
  expect(runAll(500)).toBe(before);
});
