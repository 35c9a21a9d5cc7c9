// What is counted and measured of messages.
import { beforeEach, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import type { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { answered, call, legacy, startHost, tool } from "./bridge.ts";

let host: WasmHost;
let plugin: Plugin;
beforeEach(async () => {
  ({ host, plugin } = await startHost({
    tools: [
      tool("ask", { day: { type: "integer" } }, { requestTemplate: { url: "https://api.test/" } }),
      tool("say", {}, { responseTemplate: { body: "done" } }),
    ],
  }));
});

const times = (labels: string) =>
  host.metrics.records(`mcp.server.operation.duration.milliseconds;server=weather;method=${labels}`);

test("calls, errors, time and bytes are told of each tool", () => {
  const stream = call(plugin, "ask");
  host.clock.advance(250);
  answered(stream, "{}");
  call(plugin, "ask", { day: "x" });
  call(plugin, "say");
  legacy(plugin, "tools/list");
  expect(times("tools/call;tool=ask")).toEqual([250]);
  expect(times("tools/call;tool=ask;error=tool_error")).toEqual([0]);
  expect(times("tools/call;tool=say")).toEqual([0]);
  expect(times("tools/list")).toEqual([0]);
  const labels = ";server=weather;method=tools/call;tool=ask";
  const sent = stream.sentDownstream.text.length;
  expect(sent).toBeGreaterThan(20);
  expect(host.metrics.value(`weir.mcp.response_bytes${labels}`)).toBe(sent);
  expect(host.metrics.value(`weir.mcp.request_bytes${labels}`)).toBeGreaterThan(50);
});

test("names that clients make up are none", () => {
  for (let i = 0; i < 50; ++i) call(plugin, `invented-${i}`);
  for (let i = 0; i < 50; ++i) legacy(plugin, `invented/${i}`);
  expect(times("tools/call;error=-32602")).toHaveLength(50);
  expect(times("other;error=-32601")).toHaveLength(50);
});

test("a client that leaves is counted too", () => {
  call(plugin, "ask").disconnect();
  expect(times("tools/call;tool=ask")).toHaveLength(1);
});
