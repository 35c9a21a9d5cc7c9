// How often plugin and host call each other for a request that is planned.
import { beforeAll, expect, test } from "vitest";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { route, send } from "./request.ts";

let host: WasmHost;
beforeAll(async () => {
  host = await WasmHost.load(await buildPlugin("ai-fallback"));
});

test.each<[string, object, { in: number; out: number; memory: number }]>([
  ["one target", route("r", ["m"], ["a"]), { in: 5, out: 6, memory: 2 }],
  ["two targets", route("r", ["m"], ["a", "b"]), { in: 5, out: 13, memory: 3 }],
  ["two, the fastest first", route("r", ["m"], ["a", "b"], { balance: "fastest" }), { in: 5, out: 16, memory: 3 }],
])("a request for %s", (_what, routes, sums) => {
  const plugin = host.startPlugin({ configuration: { routes: [routes] } });
  const run = () => {
    host.crossings.clear();
    send(plugin, { body: { model: "m", messages: [] } }).sendResponse([[":status", "200"]], "{}");
    return host.crossings.sums;
  };
  run();
  expect(run()).toEqual(sums);
});
