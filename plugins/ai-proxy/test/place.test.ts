// Planned requests that count at their targets, and answers that are measured, on the Node host.
import { beforeEach, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { openAttempt, requestHeaders } from "./exchange.ts";
import { chat, completion, configuration, error, failed, good, json, stream } from "./planned-messages.ts";
import { type Plan, type PlannedAnswer, planJson, respond, runPrepared, stateOf } from "./planned.ts";

const holder = 4711;
let host: WasmHost;
let plugin: Plugin;
beforeEach(async () => {
  host = await WasmHost.load(await buildPlugin("ai-proxy"));
  plugin = host.startPlugin({ configuration: configuration() });
});

interface Share {
  holder: number;
  count: number;
}

function setShares(cluster: string, ...shares: Share[]): void {
  const bytes = Buffer.alloc(shares.length * 24);
  shares.forEach(({ holder: id, count }, i) => {
    bytes.writeBigUInt64LE(BigInt(id), i * 24);
    bytes.writeBigUInt64LE(host.clock.nowNanos + 10_000_000_000n, i * 24 + 8);
    bytes.writeBigInt64LE(BigInt(count), i * 24 + 16);
  });
  host.sharedData.set("", `weir.requests.${cluster}`, bytes, 0);
}

function sharesOf(cluster: string): Share[] {
  const bytes = Buffer.from(host.sharedData.get("", `weir.requests.${cluster}`)?.value ?? "");
  return Array.from({ length: bytes.length / 24 }, (_, i) => ({
    holder: Number(bytes.readBigUInt64LE(i * 24)),
    count: Number(bytes.readBigInt64LE(i * 24 + 16)),
  }));
}

const limited = (cluster: string, maxConcurrentRequests: number) => ({ cluster, maxConcurrentRequests });

/** As the plugin ai-fallback hands a request over that counts at the first target. */
function run(targets: object[], answers: PlannedAnswer[], more: object = { holder }) {
  const plan = { targets, ...more } as unknown as Plan;
  const state = new Map<string, Uint8Array>([
    ["wasm.weir.plan", Buffer.from(planJson(plan))],
    ["wasm.weir.target", Buffer.from(plan.targets[0]!.cluster)],
    ["wasm.weir.step", Buffer.from("0")],
  ]);
  const request = chat();
  const outcome = runPrepared(
    plugin,
    state,
    [...requestHeaders(request), ["x-weir-planned", "1"]],
    request.body,
    answers,
  );
  return { ...outcome, step: stateOf(state, "step"), clusters: outcome.log.map((line) => line.split(" ")[0]) };
}

describe("a request that counts", () => {
  test("moves on with its attempts, and is counted once", () => {
    setShares("a", { holder, count: 1 });
    const { clusters, step } = run([limited("a", 3), limited("b", 3)], [failed(500), good]);
    expect({ clusters, step }).toEqual({ clusters: ["a", "b"], step: "1" });
    expect(sharesOf("a")).toEqual([]);
    expect(sharesOf("b")).toEqual([{ holder, count: 1 }]);
  });

  test.each<[string, PlannedAnswer]>([
    ["an error", failed(500)],
    ["an error in a 200", json(error)],
    ["a connection that breaks", { reset: true }],
    ["no body", { status: 200, headers: { "content-type": "application/json" } }],
  ])("passes over what is full after %s", (_what, fault) => {
    setShares("a", { holder, count: 1 });
    setShares("b", { holder: 7, count: 2 });
    const { clusters, step, last } = run(
      [limited("a", 3), limited("b", 2), { cluster: "claude" }, { cluster: "b" }],
      [
        fault,
        json({
          type: "message",
          role: "assistant",
          model: "c",
          content: [{ type: "text", text: "Hi" }],
          stop_reason: "end_turn",
          usage: {},
        }),
      ],
    );
    expect({ clusters, step }).toEqual({ clusters: ["a", "claude"], step: "2" });
    expect(last.sentDownstream.header("x-weir-attempts")).toBe("2");
    expect(sharesOf("a")).toEqual([]);
    expect(sharesOf("b")).toEqual([{ holder: 7, count: 2 }]);
  });

  test("ends with the error where nothing has room any more", () => {
    setShares("a", { holder, count: 1 });
    setShares("b", { holder: 7, count: 2 });
    const { last, clusters, step } = run([limited("a", 3), limited("b", 2)], [failed(500, "Down")]);
    expect(last.sentDownstream.header(":status")).toBe("500");
    expect({ clusters, step }).toEqual({ clusters: ["a"], step: "0" });
    expect(sharesOf("a")).toEqual([{ holder, count: 1 }]);
  });

  test("goes nowhere where a connection fails and nothing has room: the router ends it", () => {
    setShares("b", { holder: 7, count: 2 });
    const state = new Map<string, Uint8Array>([
      [
        "wasm.weir.plan",
        Buffer.from(planJson({ targets: [limited("a", 3), limited("b", 2)], holder } as unknown as Plan)),
      ],
      ["wasm.weir.step", Buffer.from("0")],
    ]);
    const attempt = openAttempt(plugin, "a", state);
    attempt.sendRequest(
      [...requestHeaders(chat()), ["x-weir-planned", "1"], ["x-envoy-attempt-count", "1"]],
      chat().body,
    );
    attempt.upstreamReset();
    expect(stateOf(state, "target")).toBe("-");
  });

  test("does not move any more when the client's request is over", () => {
    const state = new Map<string, Uint8Array>([
      [
        "wasm.weir.plan",
        Buffer.from(planJson({ targets: [limited("a", 3), limited("b", 2)], holder } as unknown as Plan)),
      ],
      ["wasm.weir.step", Buffer.from("0")],
    ]);
    const attempt = openAttempt(plugin, "a", state);
    attempt.sendRequest(
      [...requestHeaders(chat()), ["x-weir-planned", "1"], ["x-envoy-attempt-count", "1"]],
      chat().body,
    );
    state.set("wasm.weir.step", Buffer.from("-"));
    attempt.disconnect();
    expect(sharesOf("b")).toEqual([]);
  });
});

describe("how fast a target answers", () => {
  const speedOf = (key: string): number =>
    Number(
      Buffer.from(host.sharedData.get("", `weir.speed.${key}`)?.value ?? "")
        .toString()
        .split(" ")[0],
    ) / 1e6;
  const measured = { measures: "firstToken" };

  test("is the time to a stream's first token, or to the end of a whole answer, each apart", () => {
    for (const isStream of [true, false]) {
      const request = chat(isStream ? stream : {});
      const state = new Map<string, Uint8Array>([
        [
          "wasm.weir.plan",
          Buffer.from(planJson({ targets: [{ cluster: "b", model: "x" }], ...measured } as unknown as Plan)),
        ],
      ]);
      const attempt = openAttempt(plugin, "b", state);
      attempt.sendRequest(
        [...requestHeaders(request), ["x-weir-planned", "1"], ["x-envoy-attempt-count", "1"]],
        request.body,
      );
      host.clock.advance(100);
      attempt.responseHeaders([
        [":status", "200"],
        ["content-type", isStream ? "text/event-stream" : "application/json"],
      ]);
      host.clock.advance(200);
      if (isStream) attempt.responseBody('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n');
      else attempt.responseBody(JSON.stringify(completion({ content: "Hi" })), { endOfStream: true });
      host.clock.advance(5_000);
    }
    expect(speedOf("b/x/0s")).toBeCloseTo(300);
    expect(speedOf("b/x/0")).toBeCloseTo(300);
  });

  test.each<[string, boolean, string, number]>([
    ["as a stream's provider tells", true, '"usage":{"prompt_tokens":9,"completion_tokens":50},', 50],
    ["as a whole answer's provider tells", false, '"usage":{"prompt_tokens":9,"completion_tokens":50},', 50],
    ["as they are counted here, where it does not tell", true, "", 2],
  ])("is how long a hundred tokens take, %s", (what, isStream, usage, tokens) => {
    for (const silent of [false, true]) {
      const own = host.startPlugin({ name: `own-${silent}`, configuration: { ...configuration(), silent } });
      const request = chat(isStream ? stream : {});
      const plan = {
        targets: [{ cluster: "b", model: `${what} ${silent}` }],
        measures: "throughput",
      } as unknown as Plan;
      const attempt = openAttempt(own, "b", new Map([["wasm.weir.plan", Buffer.from(planJson(plan))]]));
      attempt.sendRequest(
        [...requestHeaders(request), ["x-weir-planned", "1"], ["x-envoy-attempt-count", "1"]],
        request.body,
      );
      const contentType = isStream ? "text/event-stream" : "application/json";
      attempt.responseHeaders([
        [":status", "200"],
        ["content-type", contentType],
      ]);
      host.clock.advance(400);
      if (isStream) attempt.responseBody('data: {"choices":[{"delta":{"content":"Good"}}]}\n\n');
      host.clock.advance(600);
      expect(speedOf(`b/${what} ${silent}/0t`)).toBe(0);
      const choice = isStream
        ? '{"delta":{"content":" day"},"finish_reason":"stop"}'
        : '{"message":{"content":"Good day"},"finish_reason":"stop"}';
      const last = `{${usage}"choices":[${choice}]}`;
      attempt.responseBody(isStream ? `data: ${last}\n\ndata: [DONE]\n\n` : last, { endOfStream: true });
      host.clock.advance(5_000);
      expect(speedOf(`b/${what} ${silent}/0t`)).toBeCloseTo((1000 * 100) / tokens);
      expect(speedOf(`b/${what} ${silent}/0s`) + speedOf(`b/${what} ${silent}/0`)).toBe(0);
    }
  });

  test("is kept of a stream that comes all at once, and not of one that is cut", () => {
    const measures = { measures: "throughput" };
    const send = (answer: PlannedAnswer): void => {
      const state = new Map([
        ["wasm.weir.plan", Buffer.from(planJson({ targets: [{ cluster: "b" }], ...measures } as Plan))],
      ]);
      const attempt = openAttempt(plugin, "b", state);
      const request = chat(stream);
      attempt.sendRequest(
        [...requestHeaders(request), ["x-weir-planned", "1"], ["x-envoy-attempt-count", "1"]],
        request.body,
      );
      host.clock.advance(1000);
      respond(attempt, answer);
    };
    const event = 'data: {"choices":[{"delta":{"content":"Good"}}]}\n\n';
    const headers = { headers: { "content-type": "text/event-stream" } };
    send({ ...headers, body: event });
    expect(speedOf("b//0t")).toBe(0);
    send({ ...headers, body: `${event}data: {"choices":[],"usage":{"completion_tokens":20}}\n\ndata: [DONE]\n\n` });
    expect(speedOf("b//0t")).toBeCloseTo(5000);
    run([{ cluster: "b" }], [failed(500)], measures);
    expect(speedOf("b//0t")).toBeCloseTo(10_000);
  });

  test("is an average that forgets, and a failure doubles it", () => {
    const note = (ms: number): void =>
      void host.sharedData.set("", "weir.speed.b//0", Buffer.from(`${ms * 1e6} ${host.clock.nowNanos}`), 0);
    note(1000);
    run([{ cluster: "b" }], [good], measured);
    expect(speedOf("b//0")).toBeCloseTo(800);
    note(1000);
    host.clock.advance(60_000);
    run([{ cluster: "b" }], [good], measured);
    expect(speedOf("b//0")).toBeLessThan(5);
    note(3000);
    run([{ cluster: "b" }], [failed(500)], measured);
    expect(speedOf("b//0")).toBeCloseTo(6000);
    note(3);
    run([{ cluster: "b" }], [{ reset: true }], measured);
    expect(speedOf("b//0")).toBeCloseTo(1000);
    run([{ cluster: "b" }], [failed(400)], measured);
    expect(speedOf("b//0")).toBeCloseTo(1000);
    run([{ cluster: "b" }], [good], measured);
    expect(speedOf("b//0")).toBeLessThan(1);
  });
});
