// Who may use what of servers in front of others: their own rules hold, and those of the servers that they are made of.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { legacy, modern, replyOf, type Sent } from "./bridge.ts";
import { multiplexOf, proxyOf, startRelay } from "./relay.ts";

const rules = [{ consumers: ["ada"] }, { consumers: ["eve"], tools: ["other"] }];

let plugin: Plugin;
beforeAll(async () => {
  const locked = proxyOf("locked", { access: rules });
  const narrowed = { ...proxyOf("narrowed"), allowTools: ["other"] };
  const servers = [locked, narrowed, multiplexOf("all", ["locked"]), multiplexOf("few", ["narrowed"])];
  ({ plugin } = await startRelay([...servers, { ...multiplexOf("two", ["locked", "narrowed"]), access: rules }]));
});

const listOf = (sent: Sent): string[] =>
  replyOf(legacy(plugin, "tools/list", {}, sent)).body.result.tools.map(({ name }: { name: string }) => name);

describe.each<[string, string, string[]]>([
  ["all", "ada", ["ask"]],
  ["all", "eve", []],
  ["all", "", []],
  ["few", "ada", []],
  ["two", "ada", ["ask"]],
  ["two", "eve", []],
])("at %s for %j", (server, consumer, names) => {
  const sent: Sent = { server, properties: consumer === "" ? {} : { "weir.consumer": consumer } };

  test("the list has what may be called", () => {
    expect(listOf(sent)).toEqual(names);
    const forged = { ...sent, headers: { "x-envoy-allow-mcp-tools": "ask", "x-higress-mcpserver-config": "e30=" } };
    expect(listOf(forged)).toEqual(names);
  });

  test("what is not in it is refused as if it were not there", () => {
    const stream = legacy(plugin, "tools/call", { name: "ask", arguments: {} }, sent);
    expect(stream.sentUpstream.ended).toBe(names.includes("ask"));
    if (!names.includes("ask"))
      expect(replyOf(stream)).toMatchObject({
        status: 200,
        body: { error: { code: -32602, message: "Unknown tool: ask" } },
      });
  });

  test("a header that names another tool opens nothing", () => {
    const headers = { "mcp-name": "other" };
    const stream = modern(plugin, "tools/call", { name: "ask", arguments: {} }, { ...sent, headers });
    expect(replyOf(stream)).toMatchObject({ status: 400, body: { error: { code: -32020 } } });
    expect(stream.sentUpstream.headers).toBeNull();
  });
});
