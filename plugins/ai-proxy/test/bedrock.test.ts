// A stream of Amazon Bedrock's, which is binary, through the plugin: each message is told at once, and damage ends it.
import { beforeAll, expect, test } from "vitest";
import { encodeMessage } from "../../../dialects/test/event-stream.ts";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { loadHost, openAttempt, propertiesOf, requestHeaders } from "./exchange.ts";
import { configuration } from "./fixture.ts";

let plugin: Plugin;
beforeAll(async () => {
  plugin = (await loadHost()).startPlugin({ configuration });
});

const messages = [
  'messageStart {"role":"assistant"}',
  'contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"Grüezi"}}',
  'contentBlockStop {"contentBlockIndex":0}',
  'messageStop {"stopReason":"end_turn"}',
  'metadata {"usage":{"inputTokens":4,"outputTokens":2,"totalTokens":6}}',
].map(encodeMessage);

function openStream(): HttpStream {
  const body = '{"model":"public","stream":true,"messages":[{"role":"user","content":"Hi"}]}';
  const stream = openAttempt(plugin, "bedrock").sendRequest(requestHeaders({}), body);
  expect(Object.fromEntries(stream.sentUpstream.headers ?? [])[":path"]).toMatch(/%3A0\/converse-stream$/);
  return stream.responseHeaders([
    [":status", "200"],
    ["content-type", "application/vnd.amazon.eventstream"],
  ]);
}

test("a message in is an event out", () => {
  const stream = openStream();
  messages.forEach((message, i) => stream.responseBody(message, { endOfStream: i === messages.length - 1 }));
  expect(Object.fromEntries(stream.sentDownstream.headers ?? [])["content-type"]).toBe("text/event-stream");
  const chunks = stream.sentDownstream.chunks.map((chunk) => Buffer.from(chunk).toString());
  expect(chunks.find((chunk) => chunk.includes("Grüezi"))).toMatch(/^data: \{.*\}\n\n$/);
  expect(stream.sentDownstream.text).toMatch(/data: \[DONE\]\n\n$/);
  expect(propertiesOf(stream)).toMatchObject({
    provider: "bedrock",
    stream: "true",
    input_tokens: "4",
    output_tokens: "2",
  });
});

test("damage is an error to the client", () => {
  const stream = openStream();
  const bytes = Buffer.concat(messages);
  bytes[(messages[0]?.length ?? 0) + 100]! ^= 1;
  stream.responseBody(bytes, { endOfStream: true });
  expect(stream.sentDownstream.text).toContain('"type":"server_error"');
  expect(stream.sentDownstream.text).not.toContain("[DONE]");
});
