// Planned requests on the Node host: what the next attempt, the client and the log learn of one, and for how long
// its target rests.
import { beforeEach, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { requestHeaders } from "./exchange.ts";
import type { Message } from "./fixture.ts";
import {
  chat,
  completion,
  configuration,
  error,
  events,
  failed,
  gemini,
  geminiNative,
  good,
  json,
  plan,
} from "./planned-messages.ts";
import { type Plan, type PlannedAnswer, runPlan, runPrepared, stateOf } from "./planned.ts";

let host: WasmHost;
let plugin: Plugin;
beforeEach(async () => {
  host = await WasmHost.load(await buildPlugin("ai-proxy"));
  plugin = host.startPlugin({ configuration: configuration() });
});

describe("each attempt", () => {
  test("has its model from the plan, else from its target", () => {
    const planned: Plan = {
      targets: [{ cluster: "a" }, { cluster: "b", model: "of-the-plan" }, { cluster: "gemini", model: "g" }],
    };
    const { attempts } = runPlan(plugin, planned, chat(), [failed(500), failed(500), json(gemini({ text: "Hi" }))]);
    const [a, b, g] = attempts.map(({ sentUpstream }) => sentUpstream);
    expect(JSON.parse(a!.text).model).toBe("mapped");
    expect(JSON.parse(b!.text).model).toBe("of-the-plan");
    expect(g!.header(":path")).toBe("/v1beta/models/g:generateContent");
    expect(attempts.at(-1)!.sentDownstream.header("x-weir-model")).toBe("g");
  });

  test("is asked for what the client's name stands for, which the target maps", () => {
    const planned: Plan = {
      targets: [
        { cluster: "b", asked: "meant" },
        { cluster: "a", asked: "m" },
        { cluster: "gemini", asked: "meant", model: "g" },
      ],
    };
    const named = { ...chat(), body: chat().body!.replace('"m"', '"public"') };
    const { attempts, last } = runPlan(plugin, planned, named, [
      failed(500),
      failed(500),
      json(gemini({ text: "Hi" })),
    ]);
    const [b, a, g] = attempts.map(({ sentUpstream }) => sentUpstream);
    expect(JSON.parse(b!.text).model).toBe("meant");
    expect(JSON.parse(a!.text).model).toBe("mapped");
    expect(g!.header(":path")).toBe("/v1beta/models/g:generateContent");
    expect(last.sentDownstream.header("x-weir-model")).toBe("g");
    const path = { ...geminiNative, path: "/v1beta/models/public:generateContent" };
    const [first] = runPlan(plugin, { targets: [{ cluster: "gemini", asked: "meant" }] }, path, [
      json(gemini({ text: "Hi" })),
    ]).attempts;
    expect(first!.sentUpstream.header(":path")).toBe("/v1beta/models/meant:generateContent");
  });

  test("has it in the path and in forms as well", () => {
    const planned: Plan = {
      targets: [
        { cluster: "gemini", model: "g-2" },
        { cluster: "b", model: "w-2" },
      ],
    };
    const path = { ...geminiNative, path: "/v1beta/models/m:generateContent" };
    const [first] = runPlan(plugin, planned, path, [json(gemini({ text: "Hi" }))]).attempts;
    expect(first!.sentUpstream.header(":path")).toBe("/v1beta/models/g-2:generateContent");
    const form: Message = {
      path: "/v1/audio/transcriptions",
      headers: { "content-type": "multipart/form-data; boundary=b" },
      body: '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n--b--\r\n',
    };
    const { attempts } = runPlan(plugin, { targets: [{ cluster: "a" }, { cluster: "b", model: "w-2" }] }, form, [
      failed(500),
      json({ text: "Hi" }),
    ]);
    expect(attempts[1]!.sentUpstream.text).toContain("\r\n\r\nw-2\r\n");
  });

  test("hides the plan, and what earlier ones have set", () => {
    const { attempts } = runPlan(plugin, plan("a", "claude", "b"), chat(), [failed(500), failed(529), good]);
    for (const { sentUpstream } of attempts) {
      expect(JSON.stringify(sentUpstream.headers)).not.toMatch(/x-weir|attempt-count/);
    }
    expect(attempts[2]!.sentUpstream.header("authorization")).toBeUndefined();
    expect(attempts[2]!.sentUpstream.text).toBe(chat().body);
  });

  test("is in the log with its target, provider, model, status and time", () => {
    const { state } = runPlan(plugin, plan("a", "b"), chat(), [failed(503), good]);
    const start = host.clock.nowMs;
    expect(JSON.parse(stateOf(state, "attempts"))).toEqual([
      { target: "a", provider: "p-a", model: "mapped", status: 503, start_ms: start, ms: 0, reason: "status" },
      { target: "b", provider: "p-b", model: "m", status: 200, start_ms: start, ms: 0 },
    ]);
  });
});

describe("when all fail", () => {
  test.each<[string, PlannedAnswer, PlannedAnswer, number, string]>([
    [
      "a limit before a server's trouble",
      failed(429, "Slow down", { "retry-after": "7" }),
      failed(500),
      429,
      "Slow down",
    ],
    ["the last one of two alike", failed(500, "One"), failed(503, "Two"), 503, "Two"],
    ["a server's trouble before a bad key", failed(500, "Down"), failed(401, "Bad key"), 500, "Down"],
    ["a server's trouble before a timeout", failed(500, "Down"), failed(504, "Late"), 500, "Down"],
    ["a caller's mistake before all", failed(429, "Slow down"), failed(400, "No such field"), 400, "No such field"],
    [
      "a limit before the error inside a 200",
      failed(429, "Slow down", { "retry-after": "7" }),
      json(error),
      429,
      "Slow down",
    ],
    ["the error inside a 200 before a timeout", failed(504, "Late"), json(error), 502, "Broken"],
    [
      "the error that begins a stream before a bad key",
      failed(401, "Bad key"),
      events(`data: ${JSON.stringify(error)}\n\n`),
      502,
      "Broken",
    ],
    [
      "what an answer without a body comes to",
      failed(401, "Bad key"),
      { status: 200, headers: { "content-type": "application/json" } },
      502,
      "The provider answered with status 502",
    ],
    ["the error inside a 200 before a bad key", json(error), failed(403, "Bad key"), 502, "Broken"],
    ["an error before one without a body", failed(429, "Slow down"), { status: 500, headers: {} }, 429, "Slow down"],
  ])("the client gets %s", (_what, first, second, status, message) => {
    const { last } = runPlan(plugin, plan("a", "b"), chat(), [first, second]);
    expect(last.sentDownstream.header(":status")).toBe(String(status));
    expect(JSON.parse(last.sentDownstream.text)).toMatchObject({ error: { message } });
    expect(last.sentDownstream.header("retry-after")).toBe(status === 429 ? first.headers?.["retry-after"] : undefined);
  });

  test("an error of another dialect is told in the client's", () => {
    const limited = json({ type: "error", error: { type: "rate_limit_error", message: "Slow down" } }, 429);
    const { last } = runPlan(plugin, plan("claude", "b"), chat(), [limited, failed(500)]);
    expect(last.sentDownstream.header(":status")).toBe("429");
    expect(JSON.parse(last.sentDownstream.text)).toMatchObject({ error: { message: "Slow down" } });
  });
});

describe("a target rests", () => {
  const restOf = (name: string): bigint => {
    const value = host.sharedData.get("", `weir.cooldown.${name}`)?.value;
    return value ? BigInt(Buffer.from(value).toString().split(" ")[0]!) : 0n;
  };
  const restMs = (name: string): number => Number((restOf(name) - host.clock.nowNanos) / 1_000_000n);

  test.each<[number, Record<string, string>, number]>([
    [429, {}, 1000],
    [429, { "retry-after": "7" }, 7000],
    [429, { "retry-after": "0.5" }, 500],
    [429, { "retry-after-ms": "250", "retry-after": "9" }, 250],
    [429, { "retry-after": "Thu, 01 Jan 2026 00:01:00 GMT" }, 60_000],
    [429, { "retry-after": "Thu, 01 Jan 2015 00:01:00 GMT" }, 1000],
    [429, { "retry-after": "soon" }, 1000],
    [429, { "retry-after": "999999999" }, 24 * 3_600_000],
    [503, { "retry-after": "5" }, 5000],
  ])("after a %i with %o for %i ms", (status, headers, ms) => {
    runPlan(plugin, plan("a", "b"), chat(), [failed(status, "No", headers), good]);
    expect(restMs("a")).toBe(ms);
    expect(restOf("b")).toBe(0n);
  });

  test("not after a server's trouble, nor where there is no plan", () => {
    runPlan(plugin, plan("a", "b"), chat(), [failed(500), good]);
    expect(restOf("a")).toBe(0n);
  });

  test.each([401, 402, 403])("after a %i until its configuration changes", (status) => {
    runPlan(plugin, plan("a", "b"), chat(), [failed(status), good]);
    expect(restMs("a")).toBeGreaterThan(365 * 24 * 3_600_000);
    host.startPlugin({ name: "again", configuration: configuration() });
    expect(restMs("a")).toBeGreaterThan(365 * 24 * 3_600_000);
    host.startPlugin({ configuration: configuration("another-fake-key") });
    expect(restOf("a")).toBe(0n);
  });

  const wrongKey = {
    error: { code: 400, message: "No", status: "INVALID_ARGUMENT", details: [{ reason: "API_KEY_INVALID" }] },
  };
  const unpaid = { error: { message: "No", type: "insufficient_quota", code: "insufficient_quota" } };
  test.each<[string, number, object]>([
    ["gemini", 400, wrongKey],
    ["a", 429, unpaid],
  ])("and after a %s error that says %i and means its key", (name, status, body) => {
    const { last } = runPlan(plugin, plan(name, "b"), chat(), [json(body, status), good]);
    expect(last.sentDownstream.header(":status")).toBe("200");
    expect(restMs(name)).toBeGreaterThan(365 * 24 * 3_600_000);
  });

  test("for as long as only the error's body says, which is told to the client as well", () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "7.2s" }];
    const limited = json({ error: { code: 429, message: "No", status: "RESOURCE_EXHAUSTED", details } }, 429);
    for (const request of [chat(), geminiNative]) {
      const { last } = runPlan(plugin, plan("gemini", "b"), request, [limited, failed(500)]);
      expect(last.sentDownstream.header("retry-after")).toBe("8");
      expect(restMs("gemini")).toBe(8000);
    }
  });

  test("and is back when it answers all the same", () => {
    runPlan(plugin, plan("a", "b"), chat(), [failed(401), good]);
    runPlan(plugin, { targets: [{ cluster: "b" }, { cluster: "a", isCooling: true }] }, chat(), [failed(500), good]);
    expect(restOf("a")).toBe(0n);
  });

  test("without telling its credential", () => {
    runPlan(plugin, plan("a", "b"), chat(), [failed(401), good]);
    expect(Buffer.from(host.sharedData.get("", "weir.cooldown.a")!.value).toString()).not.toContain("fake");
  });
});

test("the plan that ai-fallback makes is the one that is carried out", async () => {
  const route = {
    name: "r",
    match: { pathPrefixes: ["/v1"] },
    models: ["*"],
    targets: [{ cluster: "a" }],
    fallbacks: [{ cluster: "b", model: "of-the-plan" }],
    fallbackOn: { statuses: ["404"], contentFilter: true },
    lastResort: { cluster: "last" },
  };
  const fallback = host.startPlugin({ module: await buildPlugin("ai-fallback"), configuration: { routes: [route] } });
  const before = fallback.openStream().sendRequest(requestHeaders(chat()), chat().body);
  const headers = [...before.sentUpstream.headers!].filter(([name]) => name !== "x-envoy-max-retries");
  const filtered = json(completion({ content: "Par" }, "content_filter"));
  const answers = [failed(404), filtered];
  const { attempts, log } = runPrepared(
    plugin,
    before.filterState,
    headers as [string, string][],
    chat().body,
    answers,
  );
  expect(log).toEqual(["a 404 status", "b 200 content_filter", "last 200"]);
  expect(JSON.parse(attempts[1]!.sentUpstream.text).model).toBe("of-the-plan");
});
