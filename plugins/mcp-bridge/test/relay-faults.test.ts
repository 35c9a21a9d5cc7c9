// A server behind that fails at any moment, in any way, and a client that leaves at any: every request that is still
// there gets one answer with its id, and the plugin serves on.
import { describe, expect, test } from "vitest";
import type { CalloutFault, CalloutReply, HttpCall } from "../../../sdk/host/http-callout.ts";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { legacy, modern } from "./bridge.ts";
import { multiplexOf, proxyOf, reply, startRelay } from "./relay.ts";

const json: [string, string][] = [["content-type", "application/json"]];
const events: [string, string][] = [["content-type", "text/event-stream"]];
const faults: Record<string, CalloutFault | CalloutReply | ((call: HttpCall) => CalloutReply)> = {
  "it is not there": "refused",
  "it breaks off": "reset",
  "it breaks off in its answer": "reset after headers",
  "it answers nothing": { status: 200 },
  "it has been lost": { status: 404 },
  "it wants another credential": { status: 401, headers: json, body: "{}" },
  "it fails": { status: 500, headers: json, body: '{"jsonrpc":"2.0","error":{"code":-32603,"message":"Down"}}' },
  "it talks nonsense": { status: 200, headers: json, body: "<html>" },
  "it answers somebody else": { status: 200, headers: json, body: '{"jsonrpc":"2.0","id":"other","result":{}}' },
  "its result is none": { status: 200, headers: json, body: '{"jsonrpc":"2.0","id":"weir","result":[]}' },
  "its list is none": { status: 200, headers: json, body: '{"jsonrpc":"2.0","id":"weir","result":{"tools":{"a":1}}}' },
  "its stream has no answer": { status: 200, headers: events, body: ': hello\n\ndata: {"jsonrpc":"2.0"' },
  "it answers after all": (call) => ({ ...reply(call), delayMs: 4999 }),
};

const greeting = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
const requests: Record<string, (plugin: Plugin, server: string) => HttpStream> = {
  "a greeting": (plugin, server) => legacy(plugin, "initialize", greeting, { server }),
  "a list": (plugin, server) => legacy(plugin, "tools/list", {}, { server }),
  "a call": (plugin, server) => legacy(plugin, "tools/call", { name: "ask" }, { server }),
  "a discovery": (plugin, server) => modern(plugin, "server/discover", {}, { server }),
  "a call of the second era": (plugin, server) => modern(plugin, "tools/call", { name: "ask" }, { server }),
};
const servers = [
  proxyOf("one"),
  proxyOf("two"),
  { ...multiplexOf("all", []), members: [{ server: "one" }, { server: "two", tools: [] }] },
];

/** An answer with the request's id, if the request was not sent on. */
function expectAnswer(stream: HttpStream, what: string): void {
  if (stream.sentUpstream.ended) return;
  const { text } = stream.sentDownstream;
  expect(text, what).not.toBe("");
  const answer = JSON.parse(text) as Record<string, unknown>;
  expect(String(answer.id), what).toMatch(/^(1|m-1)$/);
  expect("result" in answer !== "error" in answer, what).toBe(true);
}

describe.each(Object.entries(faults))("where %s", (_fault, fault) => {
  test.each(["one", "all"])("at any of the questions beside a request, at %s", async (server) => {
    for (const [name, send] of Object.entries(requests)) {
      // One more than are asked, so that the last time nothing fails.
      for (let at = 0, asked = 1; at <= asked; at++) {
        let count = 0;
        const cluster = (call: HttpCall) =>
          count++ !== at ? reply(call) : typeof fault === "function" ? fault(call) : fault;
        const { host, plugin } = await startRelay(servers, { cluster });
        const stream = send(plugin, server);
        host.clock.advance(10_000);
        expectAnswer(stream, `${name}, ${at}`);
        asked = count;
        host.clock.advance(400_000);
        const next = requests["a call"]!(plugin, server);
        host.clock.advance(10_000);
        expectAnswer(next, `the call after ${name}, ${at}`);
      }
    }
  });
});

const answer = JSON.stringify({ jsonrpc: "2.0", id: 1, result: { content: [{ type: "text", text: "Größe" }] } });
const bodies: [string, [string, string][], string][] = [
  ["JSON", json, answer],
  ["events", events, `: hello\n\nid: 1\ndata:\n\nevent: message\ndata: ${answer}\n\n`],
];

describe.each(["one", "all"])("at %s", (server) => {
  test.each(bodies)("an answer in %s, or its client, ends anywhere", async (_kind, headers, body) => {
    const { plugin } = await startRelay(servers);
    const bytes = Buffer.from(body);
    for (let at = 0; at <= bytes.length; at++) {
      for (const end of ["disconnect", "upstreamReset"] as const) {
        const stream = requests["a call"]!(plugin, server);
        expect(stream.sentUpstream.ended).toBe(true);
        stream.responseHeaders([[":status", "200"], ...headers]);
        if (at > 0) stream.responseBody(bytes.subarray(0, at));
        stream[end]();
        expect(stream.isOver, `${end} after ${at} bytes`).toBe(true);
      }
    }
    const next = requests["a call"]!(plugin, server);
    next.sendResponse([[":status", "200"], ...headers], body);
    expect(next.sentDownstream.text).toContain("Größe");
  });
});
