// Streams of a server behind a multiplex, in whatever pieces they come: what the client gets is the same, ids tell
// which server has asked, and what the client answers finds its way back.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { seededRandom } from "../../../sdk/test/random.ts";
import { replyOf, sendBody } from "./bridge.ts";
import { callIn, multiplexOf, openSession, proxyOf, startRelay } from "./relay.ts";

let plugin: Plugin;
let session: string;
beforeAll(async () => {
  ({ plugin } = await startRelay([proxyOf("issues"), proxyOf("other"), multiplexOf("all", ["issues"])]));
  session = openSession(plugin, "all");
});

const sampling =
  '{"jsonrpc":"2.0","id":"q-é","method":"sampling/createMessage","params":{"messages":[],"maxTokens":5}}';
const progress =
  '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1,"message":"ü🦀"}}';
const result = '{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"data: no\\n\\nevent"}]}}';

/** All that the form of streams allows. https://html.spec.whatwg.org/multipage/server-sent-events.html */
const streamOf = (end: string): string =>
  [
    ": comment",
    "",
    "id: s/1",
    "retry: 50",
    "data: ",
    "",
    "event: message",
    `data:${progress}`,
    "unknown: field",
    "",
    "id: s/2",
    `data: ${sampling.slice(0, 17)}`,
    `data: ${sampling.slice(17)}`,
    "",
    ":",
    "event: message",
    "id: s/3",
    `data: ${result}`,
    "",
    "",
  ].join(end);

interface Event {
  id?: string;
  data: string;
}

/** What a client of server-sent events reads. */
function eventsOf(text: string): Event[] {
  return text.split(/\r\n\r\n|\n\n|\r\r/).flatMap((block) => {
    const lines = block.split(/\r\n|\n|\r/).map((line) => /^([^:]*): ?(.*)$/.exec(line) ?? []);
    const data = lines.flatMap(([, name, value]) => (name === "data" ? [value!] : []));
    const id = lines.find(([, name]) => name === "id")?.[2];
    return data.length === 0 ? [] : [{ ...(id !== undefined && { id }), data: data.join("\n") }];
  });
}

/** The stream that the client gets when the server's comes in pieces that end at `cuts`. */
function passed(text: string, cuts: number[]): string {
  const stream = callIn(plugin, session, "all");
  const bytes = Buffer.from(text);
  stream.responseHeaders([
    [":status", "200"],
    ["content-type", "text/event-stream"],
  ]);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (to > from) stream.responseBody(bytes.subarray(from, to));
    from = Math.max(from, to);
  }
  stream.responseBody("", { endOfStream: true });
  return stream.sentDownstream.text;
}

describe.each([
  ["LF", "\n"],
  ["CR LF", "\r\n"],
  ["CR", "\r"],
])("with %s", (_name, end) => {
  const text = streamOf(end);
  const bytes = Buffer.from(text);

  test("ids say whose they are, and nothing else is changed", () => {
    const events = eventsOf(passed(text, []));
    expect(events.map(({ id }) => id)).toEqual(["issues~s/1", undefined, "issues~s/2", "issues~s/3"]);
    const [first, second, third, last] = events.map(({ data }) => (data === "" ? null : JSON.parse(data)));
    expect([first, second, last]).toEqual([null, JSON.parse(progress), JSON.parse(result)]);
    const { id, ...asked } = third;
    const { id: own, ...given } = JSON.parse(sampling);
    expect(asked).toEqual(given);
    expect([id.startsWith("issues~"), id === own]).toEqual([true, false]);
  });

  test("byte by byte", () => {
    const whole = eventsOf(passed(text, []));
    const cuts = Array.from({ length: bytes.length }, (_, at) => at);
    expect(eventsOf(passed(text, cuts))).toEqual(whole);
  });

  test("cut at every place", () => {
    const whole = eventsOf(passed(text, []));
    for (let at = 1; at < bytes.length; at++) expect(eventsOf(passed(text, [at])), `cut at ${at}`).toEqual(whole);
  });

  test("in pieces of any size", () => {
    const random = seededRandom("mcp-stream");
    const whole = eventsOf(passed(text, []));
    for (let round = 0; round < 200; round++) {
      const cuts = Array.from({ length: random.below(12) }, () => random.below(bytes.length)).toSorted((a, b) => a - b);
      expect(eventsOf(passed(text, cuts)), `cuts at ${cuts}`).toEqual(whole);
    }
  });
});

test("an event is passed on as soon as it is whole", () => {
  const stream = callIn(plugin, session, "all");
  stream.responseHeaders([
    [":status", "200"],
    ["content-type", "text/event-stream"],
  ]);
  stream.responseBody(`data: ${progress}\n\ndata: ${result.slice(0, 9)}`);
  expect(eventsOf(stream.sentDownstream.text).map(({ data }) => data)).toEqual([progress]);
  stream.responseBody(`${result.slice(9)}\n\n`);
  expect(eventsOf(stream.sentDownstream.text).map(({ data }) => data)).toEqual([progress, result]);
});

test("the answer to a question goes to the server that has asked, under the id that it knows", () => {
  const [, , asked] = eventsOf(passed(streamOf("\n"), []));
  const { id } = JSON.parse(asked!.data);
  const answer = {
    jsonrpc: "2.0",
    id,
    result: { role: "assistant", content: { type: "text", text: "ok" }, model: "m" },
  };
  const headers = { "mcp-session-id": session, "mcp-protocol-version": "2025-11-25" };
  const stream = sendBody(plugin, JSON.stringify(answer), { server: "all", headers });
  expect(JSON.parse(stream.sentUpstream.text)).toEqual({ ...answer, id: JSON.parse(sampling).id });
  const strange = sendBody(plugin, JSON.stringify({ ...answer, id: "nobody~x" }), { server: "all", headers });
  expect([strange.sentUpstream.headers, replyOf(strange).status]).toEqual([null, 202]);
});

test("a stream that is taken up again is asked of its server, by the id that it has given", () => {
  const headers = { "mcp-session-id": session, "last-event-id": "issues~s/2", accept: "text/event-stream" };
  const stream = sendBody(plugin, undefined, { method: "GET", server: "all", headers });
  const sent = Object.fromEntries(stream.sentUpstream.headers ?? []) as Record<string, string>;
  expect(sent).toMatchObject({ ":method": "GET", "last-event-id": "s/2", "mcp-session-id": "up-session" });
  const unknown = sendBody(plugin, undefined, {
    method: "GET",
    server: "all",
    headers: { ...headers, "last-event-id": "nobody~1" },
  });
  expect([unknown.sentUpstream.headers, replyOf(unknown).status]).toEqual([null, 405]);
});

test.each(["0", "-1", "1e3", "9007199254740993", '""', '"é\\n"', '"issues~x"'])(
  "the id %s comes back as it was",
  (id) => {
    for (const server of ["issues", "all"]) {
      for (const own of [session, null]) {
        // A session at one server is none at another: there the client shares one with others.
        const headers = { "mcp-session-id": server === "all" ? own : null, "mcp-protocol-version": "2025-11-25" };
        const body = `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"ask","arguments":{}}}`;
        const stream = sendBody(plugin, body, { server, headers });
        const sent = /"id":("(?:[^"\\]|\\.)*"|[^,}]+)/.exec(stream.sentUpstream.text)![1];
        expect(sent === id, "one's own session has one's own ids").toBe(headers["mcp-session-id"] !== null);
        stream.sendResponse(
          [
            ["content-type", "application/json"],
            [":status", "200"],
          ],
          `{"jsonrpc":"2.0","id":${sent},"result":{}}`,
        );
        expect(stream.sentDownstream.text).toContain(`"id":${id},`);
      }
    }
  },
);
