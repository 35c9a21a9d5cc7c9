// Planned requests on the Node host: what is an answer and what is not, wherever its chunks are cut, and what the next
// attempt, the client and the log learn.
import { beforeEach, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { requestHeaders } from "./exchange.ts";
import type { Message } from "./fixture.ts";
import { type Plan, type PlannedAnswer, runPlan, runPrepared, stateOf } from "./planned.ts";
import { Random, seed } from "./random.ts";

const target = (name: string, more: object = {}) => ({ provider: `p-${name}`, authority: `${name}.example`, ...more });
const configuration = (key = "fake-provider-key") => ({
  responseHeaders: true,
  targets: {
    a: target("a", {
      credential: { header: "authorization", prefix: "Bearer ", value: key },
      modelMapping: [{ match: "any", pattern: "", model: "mapped" }],
    }),
    b: target("b"),
    claude: target("claude", { dialect: "anthropic", surfaces: ["messages"] }),
    gemini: target("gemini", {
      dialect: "gemini",
      basePath: "/v1beta",
      surfaces: ["generateContent", "streamGenerateContent"],
    }),
    last: { provider: "weir", lastResort: { text: 'Sorry, "later"' } },
  },
});

let host: WasmHost;
let plugin: Plugin;
beforeEach(async () => {
  host = await WasmHost.load(await buildPlugin("ai-proxy"));
  plugin = host.startPlugin({ configuration: configuration() });
});

const plan = (...clusters: string[]): Plan => ({ targets: clusters.map((cluster) => ({ cluster })) });
const messages = [{ role: "user", content: "Hi" }];
const chat = (more: object = {}): Message => ({ body: JSON.stringify({ model: "m", messages, ...more }) });
const jsonHeaders = { "content-type": "application/json" };
const json = (body: unknown, status = 200): PlannedAnswer => ({
  status,
  headers: jsonHeaders,
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const failed = (status: number, message = "Down", headers = {}): PlannedAnswer => ({
  ...json({ error: { message, type: "server_error", param: null, code: null } }, status),
  headers: { ...jsonHeaders, ...headers },
});
const events = (...list: (object | string)[]): PlannedAnswer => ({
  status: 200,
  headers: { "content-type": "text/event-stream" },
  body: list.map((each) => (typeof each === "string" ? each : `data: ${JSON.stringify(each)}\n\n`)).join(""),
});
const completion = (message: object, finish_reason = "stop", model = "served") => ({
  ...{ id: "c", object: "chat.completion", created: 1, model },
  choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
});
const good = json(completion({ content: "Hi from b" }));
const piece = (delta: object, finish_reason: string | null = null) => ({
  ...{ id: "c", object: "chat.completion.chunk", created: 1, model: "served" },
  choices: [{ index: 0, delta, finish_reason }],
});
const done = "data: [DONE]\n\n";
const goodStream = events(piece({ content: "Hi from b" }), piece({}, "stop"), done);
const error = { error: { message: "Broken", type: "server_error", param: null, code: null } };

const anthropicEvent = (type: string, more: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const messageStart = anthropicEvent("message_start", {
  message: { id: "m", type: "message", role: "assistant", model: "c", content: [], usage: { input_tokens: 1 } },
});
const messageEnd = (stop_reason: string): string =>
  anthropicEvent("message_delta", { delta: { stop_reason }, usage: { output_tokens: 0 } }) +
  anthropicEvent("message_stop");
const textDelta = anthropicEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Hi from b" } });
const overloaded = anthropicEvent("error", { error: { type: "overloaded_error", message: "Full" } });
const gemini = (...parts: object[]) => ({ candidates: [{ content: { role: "model", parts } }], modelVersion: "g" });
const geminiEnd = (finishReason: string) => ({ candidates: [{ content: { parts: [] }, finishReason }] });
const stream = { stream: true };

interface Case {
  targets: string[];
  request: Message;
  first: PlannedAnswer;
  second?: PlannedAnswer;
  wishes?: Partial<Plan>;
  log: string[];
}

const responses = (more: object = {}): Message => ({
  path: "/v1/responses",
  body: JSON.stringify({ model: "m", input: "Hi", ...more }),
});
const native = (more: object = {}): Message => ({
  path: "/v1/messages",
  body: JSON.stringify({ model: "m", max_tokens: 9, messages, ...more }),
});
const geminiNative: Message = {
  path: "/v1beta/models/m:streamGenerateContent?alt=sse",
  body: JSON.stringify({ contents: [{ role: "user", parts: [{ text: "Hi" }] }] }),
};
const toB = (request: Message, first: PlannedAnswer, reason: string, second = goodStream): Case => ({
  targets: ["a", "b"],
  request,
  first,
  second,
  log: [`a ${first.reset ? 0 : (first.status ?? 200)} ${reason}`, "b 200"],
});
const stays = (request: Message, first: PlannedAnswer, reason = ""): Case => ({
  targets: ["a", "b"],
  request,
  first,
  log: [`a ${first.status ?? 200}${reason}`],
});
const from = (cluster: string, each: Case): Case => ({
  ...each,
  targets: [cluster, "b"],
  log: [each.log[0]!.replace("a", cluster), ...each.log.slice(1)],
});
const wishing = (wishes: Partial<Plan>, each: Case): Case => ({ ...each, wishes });

const cases: Record<string, Case> = {
  "a stream with an error first": toB(chat(stream), events(error), "error"),
  "a stream with an error behind its role": toB(
    chat(stream),
    events(piece({ role: "assistant", content: "" }), error),
    "error",
  ),
  "a stream with content behind an error": toB(chat(stream), events(error, piece({ content: "Late" })), "error"),
  "a stream of nothing": toB(chat(stream), events(""), "no_answer"),
  "a stream that ends within its first event": toB(chat(stream), events('data: {"choices":[{"del'), "no_answer"),
  "a stream that is reset before its first token": toB(
    chat(stream),
    { ...events(piece({ role: "assistant" })), reset: true },
    "no_answer",
  ),
  "an empty stream": toB(
    chat(stream),
    events(piece({ role: "assistant", content: "" }), piece({}, "stop"), done),
    "empty",
  ),
  "an empty stream where that is fine": wishing(
    { emptyAnswer: false },
    stays(chat(stream), events(piece({}, "stop"), done)),
  ),
  "a stream that hits the limit at once": stays(chat({ ...stream, max_tokens: 1 }), events(piece({}, "length"), done)),
  "a filtered stream": stays(chat(stream), events(piece({ role: "assistant" }), piece({}, "content_filter"), done)),
  "a filtered stream where that matters": wishing(
    { contentFilter: true },
    toB(chat(stream), events(piece({ role: "assistant" }), piece({}, "content_filter"), done), "content_filter"),
  ),
  "a stream that calls a tool": stays(
    chat(stream),
    events(
      piece({ tool_calls: [{ index: 0, id: "t", function: { name: "f", arguments: "" } }] }),
      piece({}, "tool_calls"),
      done,
    ),
  ),
  "a stream with an error behind its first token": stays(chat(stream), events(piece({ content: "Hal" }), error)),
  "a stream cut behind its first token": stays(chat(stream), events(piece({ content: "Hal" }))),
  "a good stream": stays(chat(stream), goodStream),
  "JSON in place of a stream": toB(chat(stream), json(error), "error"),
  "responses with an error first": toB(
    responses(stream),
    events(
      { type: "response.created", response: { status: "in_progress", error: null } },
      { type: "error", message: "x" },
    ),
    "error",
    events(
      { type: "response.output_text.delta", delta: "Hi from b" },
      { type: "response.completed", response: { status: "completed", usage: null } },
    ),
  ),
  "responses that fail": toB(
    responses(stream),
    events(
      { type: "response.created", response: { status: "in_progress" } },
      { type: "response.failed", response: { status: "failed", error: { message: "x" } } },
    ),
    "error",
    events(
      { type: "response.output_text.delta", delta: "Hi from b" },
      { type: "response.completed", response: { status: "completed" } },
    ),
  ),
  "good responses": stays(
    responses(stream),
    events(
      { type: "response.output_text.delta", delta: "Hi from b" },
      { type: "response.completed", response: { status: "completed", usage: null } },
    ),
  ),
  "Anthropic's error first, translated": from("claude", toB(chat(stream), events(messageStart, overloaded), "error")),
  "Anthropic's error first": { ...from("claude", toB(native(stream), events(messageStart, overloaded), "error")) },
  "Anthropic's empty turn, translated": from(
    "claude",
    toB(chat(stream), events(messageStart, messageEnd("end_turn")), "empty"),
  ),
  "Anthropic's refusal where that matters": wishing(
    { contentFilter: true },
    from("claude", toB(chat(stream), events(messageStart, messageEnd("refusal")), "content_filter")),
  ),
  "Anthropic's stream, cut before its first token": from("claude", toB(chat(stream), events(messageStart), "error")),
  "Anthropic's good stream, translated": from(
    "claude",
    stays(chat(stream), events(messageStart, textDelta, messageEnd("end_turn"))),
  ),
  "Anthropic's good stream": from(
    "claude",
    stays(native(stream), events(messageStart, textDelta, messageEnd("end_turn"))),
  ),
  "Gemini's error first": from(
    "gemini",
    toB(geminiNative, events({ error: { code: 503, message: "x", status: "UNAVAILABLE" } }), "error"),
  ),
  "Gemini's empty stream": from("gemini", toB(geminiNative, events(geminiEnd("STOP")), "empty")),
  "Gemini's blocked prompt where that matters": wishing(
    { contentFilter: true },
    from("gemini", toB(geminiNative, events({ promptFeedback: { blockReason: "SAFETY" } }), "content_filter")),
  ),
  "Gemini's good stream": from("gemini", stays(geminiNative, events(gemini({ text: "Hi from b" }), geminiEnd("STOP")))),
  "a whole answer that is truncated": toB(chat(), json('{"choices":[{"message":{"content":"Hi"}}'), "error", good),
  "a whole answer that is an error": toB(chat(), json(error), "error", good),
  "an empty whole answer": toB(
    chat(),
    json(completion({ content: null, refusal: null, annotations: [] })),
    "empty",
    good,
  ),
  "a whole answer without choices": toB(chat(), json({ object: "chat.completion", choices: [] }), "empty", good),
  "an empty whole answer at the limit": stays(chat(), json(completion({ content: "" }, "length"))),
  "a filtered whole answer where that matters": wishing(
    { contentFilter: true },
    toB(chat(), json(completion({ content: "Par" }, "content_filter")), "content_filter", good),
  ),
  "a web page": toB(chat(), { status: 200, headers: { "content-type": "text/html" }, body: "<p>Hi" }, "error", good),
  "no body": toB(chat(), { status: 200, headers: { "content-length": "0" } }, "no_answer", good),
  "a call without content": stays(chat(), json(completion({ content: null, tool_calls: [{ id: "t" }] }, "tool_calls"))),
  "a response that only thinks": toB(
    responses(),
    json({ object: "response", status: "completed", error: null, output: [{ type: "reasoning", summary: [] }] }),
    "empty",
    json({
      object: "response",
      status: "completed",
      output: [{ type: "message", content: [{ type: "output_text", text: "Hi from b" }] }],
    }),
  ),
  "a response that waits in a queue": stays(
    responses(),
    json({ object: "response", status: "queued", error: null, output: [] }),
  ),
  "Anthropic's empty message, translated": from(
    "claude",
    toB(chat(), json({ type: "message", content: [], stop_reason: "end_turn", usage: {} }), "empty", good),
  ),
  "Anthropic's error inside a 200, translated": from(
    "claude",
    toB(chat(), json({ type: "error", error: { type: "api_error", message: "x" } }), "error", good),
  ),
  "embeddings that are an error": toB(
    { path: "/v1/embeddings", body: '{"model":"m","input":"x"}' },
    json(error),
    "error",
    json({ object: "list", data: [], model: "Hi from b" }),
  ),
  "embeddings without vectors": stays(
    { path: "/v1/embeddings", body: '{"model":"m","input":"x"}' },
    json({ object: "list", data: [] }),
  ),
  "a status of the list": toB(chat(), failed(503), "status", good),
  "a status without a body": toB(chat(), { status: 502, headers: {} }, "status", good),
  "a caller's own mistake": stays(chat(), failed(400, "No such field"), " status"),
  "a caller's own mistake that is listed": wishing({ statuses: ["4xx"] }, toB(chat(), failed(404), "status", good)),
  "a server's error that is not listed": wishing({ statuses: ["429"] }, stays(chat(), failed(500), " status")),
  "a key that is not accepted": wishing({ statuses: [] }, toB(chat(), failed(403), "status", good)),
};

function run({ targets, request, first, second, wishes }: Case, cuts?: number[]) {
  const answers = [cuts ? { ...first, cuts } : first, ...(second ? [cuts ? { ...second, cuts } : second] : [])];
  return runPlan(plugin, { ...plan(...targets), ...wishes }, request, answers);
}

describe("the verdict", () => {
  test.each(Object.entries(cases))("%s", (_name, each) => {
    const { log, last, attempts } = run(each);
    expect(log).toEqual(each.log);
    if (each.second && each.second.body?.includes("Hi from b")) expect(last.sentDownstream.text).toContain("Hi from b");
    if (each.second) expect(attempts[0]!.sentDownstream.text).not.toContain("Hi from b");
    expect(last.sentDownstream.header("x-weir-target")).toBe(each.log.at(-1)!.split(" ")[0]);
    expect(last.sentDownstream.header("x-weir-attempts")).toBe(String(each.log.length));
    expect(last.sentDownstream.header("x-weir-retry")).toBeUndefined();
  });

  test("is the same, and so are the bytes, wherever chunks are cut", () => {
    console.log(`WEIR_SEED=${seed}`);
    const random = new Random();
    // Ids that are made here are random.
    const shown = (text: string): string => text.replaceAll(/[0-9a-f]{24}/g, "id");
    for (const [name, each] of Object.entries(cases)) {
      const whole = run(each);
      const size = Math.max(Buffer.byteLength(each.first.body ?? ""), Buffer.byteLength(each.second?.body ?? ""));
      for (let i = 0; i < 40; i++) {
        const step = 1 + random.below(i % 2 ? 9 : size + 1);
        const cuts = Array.from({ length: Math.ceil(size / step) }, (_, k) => (k + 1) * step);
        const { log, last } = run(each, cuts);
        expect(log, `${name}, cut by ${step}`).toEqual(whole.log);
        expect(shown(last.sentDownstream.text), `${name}, cut by ${step}`).toBe(shown(whole.last.sentDownstream.text));
        expect(last.sentDownstream.headers?.length).toBe(whole.last.sentDownstream.headers?.length);
      }
    }
  }, 60_000);

  test("lets a stream pass at its first token, and the rest of it at once", () => {
    const [first, second, third] = [piece({ role: "assistant" }), piece({ content: "H" }), piece({ content: "i" })].map(
      (each) => `data: ${JSON.stringify(each)}\n\n`,
    );
    const { last } = runPlan(plugin, plan("a", "b"), chat({ ...stream, stream_options: { include_usage: true } }), []);
    last.responseHeaders([
      [":status", "200"],
      ["content-type", "text/event-stream"],
    ]);
    last.responseBody(first!);
    expect(last.sentDownstream.headers).toBeNull();
    last.responseBody(second!);
    expect(last.sentDownstream.text).toBe(first! + second!);
    last.responseBody(third!);
    expect(last.sentDownstream.text).toBe(first! + second! + third!);
  });

  test("does not hold the answer of the last target", () => {
    const { last } = runPlan(plugin, plan("b"), chat(stream), []);
    last.responseHeaders([
      [":status", "200"],
      ["content-type", "text/event-stream"],
    ]);
    expect(last.sentDownstream.headers).not.toBeNull();
  });

  test("lets what is too long to be an error pass unjudged", () => {
    const body = JSON.stringify({ ...completion({ content: "x".repeat(3_000_000) }) });
    const cuts = Array.from({ length: 50 }, (_, i) => (i + 1) * 60_000);
    const { log, last } = runPlan(plugin, plan("a", "b"), chat(), [{ ...json(body), cuts }]);
    expect(log).toEqual(["a 200"]);
    expect(last.sentDownstream.text).toBe(body);
  });
});

test("a stream that fails behind its first token says so to the client, the log and the plugin before", () => {
  for (const [name, failure] of [
    ["a stream cut behind its first token", "cut"],
    ["a stream with an error behind its first token", "error"],
  ]) {
    const { last, state } = run(cases[name!]!);
    expect(last.sentDownstream.text).toMatch(/"error":\{"message":/);
    expect(last.sentDownstream.text).not.toContain("[DONE]");
    expect(last.sentDownstream.trailers).toEqual([["x-weir-failure", failure]]);
    expect(stateOf(state, "failure")).toBe(failure);
  }
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
    expect(JSON.parse(stateOf(state, "attempts"))).toEqual([
      { target: "a", provider: "p-a", model: "mapped", status: 503, ms: 0, reason: "status" },
      { target: "b", provider: "p-b", model: "m", status: 200, ms: 0 },
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
    expect(stateOf(state, "attempts")).toContain('"status":0,"ms":5');
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

test("nothing that providers send on the way of a plan traps the plugin", () => {
  const random = new Random();
  const all = Object.values(cases);
  for (let i = 0; i < 3000; i++) {
    const { targets, request, first, second, wishes } = random.pick(all);
    const other = random.pick(all);
    const mutate = (answer: PlannedAnswer): PlannedAnswer => ({
      ...answer,
      ...(answer.body !== undefined && {
        body: Buffer.from(random.mutate(Buffer.from(answer.body))).toString("latin1"),
      }),
      headers: random.pick([answer.headers ?? {}, other.first.headers ?? {}]),
      cuts: Array.from({ length: 60 }, (_, k) => (k + 1) * (1 + random.below(40))).sort((x, y) => x - y),
    });
    runPlan(
      plugin,
      { ...plan(...targets), ...wishes },
      request,
      [first, second ?? other.first, other.first].map(mutate),
    );
    expect(plugin.root().vm.failure, `exchange ${i} of seed ${seed}`).toBeNull();
  }
  expect(run(cases["a status of the list"]!).log).toEqual(["a 503 status", "b 200"]);
}, 60_000);
