// How often plugin and host call each other for a request that is let through: the greater part of what the plugin
// costs. A number that grows here is paid for by every request.
import { beforeAll, expect, test } from "vitest";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { GlobalService } from "./global-service.ts";
import { answer, chatBody, expectPassed, limit, send, startMs, window } from "./request.ts";

let host: WasmHost;
beforeAll(async () => {
  const service = new GlobalService(() => host.clock.nowMs);
  host = await WasmHost.load(await buildPlugin("token-ratelimit"), { startMs, grpcClusters: { limits: service.take } });
});

const each = { match: [{ by: "network", match: "each" }] };
const requests = window("requests", 1e9);
const total = window("totalTokens", 1e12, "day");
const used = { input_tokens: 7, output_tokens: 9 };
const service = { cluster: "limits", domain: "weir" };

interface Kind {
  limits: object[];
  service?: object;
  used?: Record<string, number>;
}

test.each<[string, Kind, { in: number; out: number; memory: number }]>([
  ["of requests, by address", { limits: [limit("a", [requests], each)] }, { in: 6, out: 11, memory: 4 }],
  ["of requests and tokens", { limits: [limit("a", [requests, total], each)], used }, { in: 6, out: 20, memory: 7 }],
  ["of tokens that nobody knows", { limits: [limit("a", [total], each)] }, { in: 6, out: 17, memory: 5 }],
  [
    "of cached tokens",
    { limits: [limit("a", [total, window("cachedTokens", 1e9)], each)], used },
    { in: 6, out: 18, memory: 7 },
  ],
  [
    "of weighted tokens",
    { limits: [limit("a", [window("weightedTokens", 1e9)], each)], used },
    { in: 6, out: 23, memory: 7 },
  ],
  ["two of requests", { limits: [limit("a", [requests]), limit("b", [requests])] }, { in: 6, out: 14, memory: 5 }],
  [
    "of requests and tokens, at a service",
    { limits: [limit("a", [requests, total], each)], used, service },
    { in: 8, out: 24, memory: 7 },
  ],
])("a limit %s crosses no more often than it has to", (_what, { used = {}, ...configuration }, sums) => {
  const plugin = host.startPlugin({ configuration });
  const run = () => {
    host.crossings.clear();
    expectPassed(answer(send(plugin, { body: chatBody("Hello") }), used));
    return host.crossings.sums;
  };
  // The first one makes the counter.
  run();
  expect(run()).toEqual(sums);
});
