// The time for all of a request's attempts, and what answers when no provider has.
import { beforeEach, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import type { Message } from "./fixture.ts";
import {
  chat,
  configuration,
  done,
  failed,
  geminiNative,
  native,
  piece,
  plan,
  responses,
  stream,
} from "./planned-messages.ts";
import { type Plan, runPlan, stateOf } from "./planned.ts";

let host: WasmHost;
let plugin: Plugin;
beforeEach(async () => {
  host = await WasmHost.load(await buildPlugin("ai-proxy"));
  plugin = host.startPlugin({ configuration: configuration() });
});

describe("the time for all attempts", () => {
  const hurried = (...clusters: string[]): Plan => ({
    ...plan(...clusters),
    deadlineNanos: host.clock.nowNanos + 500_000_000n,
  });

  test("ends the wait with an error, whatever is still to be tried", () => {
    const { last, state } = runPlan(plugin, hurried("a", "b"), chat(), []);
    host.advance(480);
    expect(last.localReply).toBeNull();
    host.advance(60);
    expect(last.localReply).toMatchObject({ status: 504, details: "weir_deadline_exceeded" });
    expect(JSON.parse(last.sentDownstream.text)).toMatchObject({ error: { code: "deadline_exceeded" } });
    expect(stateOf(state, "attempts")).toMatch(/"status":0,"start_ms":\d+,"ms":5/);
  });

  test("or with the last resort, in the form that was asked for", () => {
    const { last } = runPlan(plugin, hurried("a", "last"), chat(stream), []);
    host.advance(600);
    expect(last.localReply).toMatchObject({ status: 200, details: "weir_last_resort" });
    expect(last.sentDownstream.text).toContain('Sorry, \\"later\\"');
    expect(last.sentDownstream.text).toMatch(/data: \[DONE\]\n\n$/);
    expect(last.sentDownstream.text).toContain('"model":"m"');
  });

  test("or with a better error that has come before", () => {
    const { last } = runPlan(plugin, hurried("a", "b"), chat(), [failed(429, "Slow down", { "retry-after": "3" })]);
    host.advance(600);
    expect(last.localReply).toMatchObject({ status: 429 });
    expect(last.sentDownstream.header("retry-after")).toBe("3");
  });

  test("does not matter once an answer has begun, and costs no timer then", () => {
    const { last } = runPlan(plugin, hurried("a", "b"), chat(stream), []);
    last.responseHeaders([
      [":status", "200"],
      ["content-type", "text/event-stream"],
    ]);
    last.responseBody(`data: ${JSON.stringify(piece({ content: "Hi" }))}\n\n`);
    host.advance(10_000);
    last.responseBody(`data: ${JSON.stringify(piece({}, "stop"))}\n\n${done}`, { endOfStream: true });
    expect(last.localReply).toBeNull();
    expect(last.sentDownstream.text).toMatch(/data: \[DONE\]\n\n$/);
  });

  test("is over: an error goes to the client, or the last resort is tried at once", () => {
    const late = (...clusters: string[]): Plan => ({ ...plan(...clusters), deadlineNanos: host.clock.nowNanos });
    const none = runPlan(plugin, late("a", "b"), chat(), []);
    expect(none.last.localReply).toMatchObject({ status: 504 });
    const last = runPlan(plugin, late("a", "b", "last"), chat(), []);
    expect(last.last.localReply).toMatchObject({ status: 200, details: "weir_last_resort" });
    expect(last.attempts).toHaveLength(1);
  });

  test("of a client that has left is nobody's", () => {
    const { last } = runPlan(plugin, hurried("a", "b"), chat(), []);
    last.disconnect();
    host.advance(1000);
    expect(host.messages()).toEqual([]);
  });
});

describe("the last resort", () => {
  test.each<[string, Message, string]>([
    ["chat", chat(), '"object":"chat.completion"'],
    ["chat, streamed", chat({ ...stream, stream_options: { include_usage: true } }), '"usage":{'],
    ["completions", { path: "/v1/completions", body: '{"model":"m","prompt":"Hi"}' }, '"object":"text_completion"'],
    ["responses", responses({ metadata: { team: "a" } }), '"metadata":{"team":"a"}'],
    ["responses, streamed", responses(stream), "event: response.completed"],
    ["messages", native(), '"type":"message"'],
    ["messages, streamed", native(stream), "event: message_stop"],
    ["Gemini's stream", geminiNative, '"finishReason":"STOP"'],
    ["Gemini's list", { ...geminiNative, path: "/v1beta/models/m:streamGenerateContent" }, "[{"],
  ])("speaks %s", (_what, request, expected) => {
    const { last, log } = runPlan(plugin, plan("b", "last"), request, [failed(500)]);
    expect(last.localReply?.status).toBe(200);
    expect(last.sentDownstream.text).toContain(expected);
    expect(last.sentDownstream.text).toContain('Sorry, \\"later\\"');
    expect(last.sentDownstream.header("x-weir-attempts")).toBe("2");
    expect(log.at(-1)).toBe("last 200");
  });

  test("has nothing to say to what is no chat", () => {
    const { last } = runPlan(plugin, plan("b", "last"), { path: "/v1/embeddings", body: '{"model":"m","input":"x"}' }, [
      failed(500),
    ]);
    expect(last.localReply).toMatchObject({ status: 500, details: "weir_providers_unavailable" });
    expect(JSON.parse(last.sentDownstream.text)).toMatchObject({ error: { message: "Down" } });
  });
});
