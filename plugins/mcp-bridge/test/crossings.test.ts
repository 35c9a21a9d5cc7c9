// How often plugin and host call each other for one call of a tool: the greater part of what the plugin costs. A number
// that grows here is paid for by every call.
import { beforeAll, expect, test } from "vitest";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { call, serverOf, tool, upstreams } from "./bridge.ts";
import { callIn, multiplexOf, openSession, proxyOf, reply, upCluster } from "./relay.ts";

let host: WasmHost;
beforeAll(async () => {
  host = await WasmHost.load(await buildPlugin("mcp-bridge"), { clusters: { [upCluster]: reply } });
});

const rest = {
  name: "rest",
  tools: [tool("ask", {}, { requestTemplate: { url: "https://api.test/items", method: "GET" } })],
  upstreams: upstreams.slice(0, 1),
  oneCluster: true,
};
const servers = [
  rest,
  { ...rest, name: "several", oneCluster: false, upstreams },
  proxyOf("proxy", { oneCluster: true }),
];
const all = [...servers, multiplexOf("all", ["proxy"])].map(serverOf);
const message = JSON.stringify({ jsonrpc: "2.0", id: 7, result: { content: [{ type: "text", text: "Fine" }] } });

type Sums = { in: number; out: number; memory: number };

/** Of a call after the first one, which defines metrics, looks names up and greets. */
function crossings(server: string, configuration: object, hasSession = false): Sums {
  const plugin = host.startPlugin({ configuration: { ...configuration, servers: all } });
  const session = hasSession ? openSession(plugin, server) : "";
  const run = (): Sums => {
    const isRelayed = server === "proxy" || server === "all";
    host.crossings.clear();
    const stream = hasSession ? callIn(plugin, session, server) : call(plugin, "ask", {}, { server });
    expect(stream.sentUpstream.ended).toBe(true);
    const headers: [string, string][] = [
      [":status", "200"],
      ["content-type", "application/json"],
    ];
    stream.sendResponse(headers, isRelayed ? message : "{}");
    expect(stream.sentDownstream.header(":status")).toBe("200");
    return host.crossings.sums;
  };
  run();
  return run();
}

const silent = { silent: true };
const metered = { silent: true, metrics: true };

test.each<[string, object, boolean, Sums]>([
  ["rest", silent, false, { in: 8, out: 10, memory: 5 }],
  ["several", silent, false, { in: 8, out: 11, memory: 5 }],
  ["rest", metered, false, { in: 8, out: 15, memory: 5 }],
  ["rest", {}, false, { in: 8, out: 15, memory: 5 }],
  ["proxy", silent, true, { in: 8, out: 11, memory: 4 }],
  ["proxy", silent, false, { in: 8, out: 14, memory: 5 }],
  ["all", silent, true, { in: 8, out: 12, memory: 4 }],
  ["proxy", metered, true, { in: 8, out: 17, memory: 5 }],
  ["proxy", {}, true, { in: 8, out: 17, memory: 5 }],
])("a call at %s, where %j, in a session: %j", (server, configuration, hasSession, sums) => {
  expect(crossings(server, configuration, hasSession)).toEqual(sums);
});
