// token-ratelimit on the Node host: what it lets through, what it sets aside, and what it settles to.
import { beforeEach, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { answer, chatBody, expectLimited, expectPassed, limit, open, publish } from "./request.ts";
import { rateOf, send, startMs, stateOf, window } from "./request.ts";

let host: WasmHost;
beforeEach(async () => {
  host = await WasmHost.load(await buildPlugin("token-ratelimit"), { startMs, workers: 2 });
});

const start = (...limits: object[]): Plugin =>
  host.startPlugin({ configuration: { limits, providers: { "openai.1": "openai", "local.2": "local" } } });

describe("requests", () => {
  test("as many as the limit go through, of all workers", () => {
    const plugin = start(limit("all", [window("requests", 2)]));
    expectPassed(send(plugin, { worker: 0 }));
    expectPassed(send(plugin, { worker: 1 }));
    const third = send(plugin, { worker: 0 });
    expectLimited(third);
    expect(third.sentDownstream.header("retry-after")).toBe("63");
    host.advance(63_000);
    expectPassed(send(plugin));
  });

  test("count without their bodies, where nothing asks for more", () => {
    const plugin = start(limit("all", [window("requests", 1)]));
    const stream = open(plugin, {}).requestHeaders([
      [":method", "POST"],
      [":path", "/v1/responses"],
    ]);
    expect(stream.sentUpstream.headers).not.toBeNull();
    expectLimited(send(plugin));
  });

  test("of every surface count, and of nothing else", () => {
    const plugin = start(limit("all", [window("requests", 7)]));
    const paths = ["messages", "responses", "embeddings", "images/generations", "audio/speech"];
    for (const path of paths) expectPassed(send(plugin, { path: `/v1/${path}` }));
    expectPassed(send(plugin, { path: "/v1beta/models/gemini-2.5-pro:generateContent" }));
    expectPassed(send(plugin, { path: "/v1/responses/resp_1", method: "GET", body: null }));
    expectPassed(send(plugin, { path: "/v1/models", method: "GET", body: null }));
    expectLimited(send(plugin));
  });
});

describe("tokens", () => {
  test("are set aside, and settled to what was used", () => {
    const plugin = start(limit("all", [window("totalTokens", 1000)]));
    const stream = send(plugin, { body: chatBody("Hello", { max_tokens: 600 }) });
    expectPassed(stream);
    const reserved = Number(stateOf(stream)["reserved_tokens"]);
    expect(reserved).toBeGreaterThan(600);
    expect(reserved).toBeLessThan(620);
    expectLimited(send(plugin, { body: chatBody("Hello", { max_tokens: 600 }) }));
    answer(stream, { input_tokens: 9, output_tokens: 41 });
    expect(rateOf(stream, "tokens")).toBe(`1000 ${1000 - reserved} 1m3s`);
    const next = answer(send(plugin, { body: chatBody("Hello", { max_tokens: 1 }) }), {
      input_tokens: 0,
      output_tokens: 0,
    });
    expect(rateOf(next, "tokens").split(" ")[1]).toBe(String(1000 - 50 - Number(stateOf(next)["reserved_tokens"])));
  });

  test("come back where no provider has told of any", () => {
    const plugin = start(limit("all", [window("totalTokens", 1000)]));
    answer(send(plugin, { body: chatBody("Hello", { max_tokens: 900 }) }), {}, "503");
    expectPassed(send(plugin, { body: chatBody("Hello", { max_tokens: 900 }) }));
  });

  test.each([
    ["before the answer", () => {}, 0],
    ["after its headers", (s: ReturnType<typeof send>) => void s.responseHeaders([[":status", "200"]]), 0],
    [
      "within it",
      (s: ReturnType<typeof send>) => {
        s.responseHeaders([[":status", "200"]]).responseBody("data: {}\n\n");
        publish(s, { input_tokens: 9, output_tokens: 12 });
      },
      21,
    ],
  ])("are settled where the client leaves %s", (_, until, used) => {
    const plugin = start(limit("all", [window("totalTokens", 1000), window("concurrentRequests", 1)]));
    const stream = send(plugin, { body: chatBody("Hello", { max_tokens: 900 }) });
    until(stream);
    stream.disconnect();
    const next = answer(send(plugin, { body: chatBody("Hello", { max_tokens: 1 }) }));
    expect(rateOf(next, "tokens").split(" ")[1]).toBe(String(1000 - used - Number(stateOf(next)["reserved_tokens"])));
  });

  test("are settled where the client leaves before its body is whole", () => {
    const plugin = start(limit("all", [window("totalTokens", 1000), window("concurrentRequests", 1)]));
    const stream = open(plugin, {}).requestHeaders([
      [":method", "POST"],
      [":path", "/v1/messages"],
      ["content-type", "application/json"],
    ]);
    stream.requestBody('{"model":').disconnect();
    expectPassed(send(plugin, { body: chatBody("Hello", { max_tokens: 900 }) }));
  });
});

test("of several limits all give, or none", () => {
  const plugin = start(
    limit("wide", [window("requests", 10), window("totalTokens", 10_000), window("concurrentRequests", 9)]),
    limit("narrow", [window("totalTokens", 100)]),
  );
  const refused = send(plugin, { body: chatBody("Hello", { max_tokens: 500 }) });
  expectLimited(refused);
  expect(stateOf(refused)["limits"]).toBe('["narrow"]');
  const passed = answer(send(plugin, { body: chatBody("Hello", { max_tokens: 1 }) }));
  expect(rateOf(passed, "requests")).toBe("10 9 1m3s");
});

describe("what a limit is for", () => {
  const each = (by: string, more: object = {}) =>
    limit("each", [window("requests", 1)], { match: [{ by, match: "each", ...more }] });

  test.each(["consumer", "organization", "team", "user", "key", "route"])("each %s has a counter of its own", (by) => {
    const plugin = start(each(by));
    expectPassed(send(plugin, { known: { [by]: "a" } }));
    expectPassed(send(plugin, { known: { [by]: "b" } }));
    expectLimited(send(plugin, { known: { [by]: "a" } }));
  });

  test("who has no such thing is not limited by it", () => {
    const plugin = start(each("team"));
    for (let i = 0; i < 3; ++i) expectPassed(send(plugin, { known: { consumer: "a" } }));
  });

  test("each model, header, parameter, cookie and address", () => {
    const ways: [object, object, object][] = [
      [{ by: "model" }, { body: chatBody("Hello") }, { body: chatBody("Hello", { model: "o3" }) }],
      [{ by: "header", name: "x-a" }, { headers: [["x-a", "1"]] }, { headers: [["x-a", "2"]] }],
      [{ by: "query", name: "a" }, { path: "/v1/messages?a=1" }, { path: "/v1/messages?b=&a=2" }],
      [{ by: "cookie", name: "a" }, { headers: [["cookie", "b=2; a=1"]] }, { headers: [["cookie", "a=2"]] }],
      [{ by: "network" }, { address: "192.0.2.7:1" }, { address: "[2001:db8::7]:1" }],
    ];
    ways.forEach(([by, one, other], index) => {
      const match = [{ match: "each", ...by }];
      const plugin = start(limit(`way-${index}`, [window("requests", 1)], { match }));
      expectPassed(send(plugin, one));
      expectPassed(send(plugin, other));
      expectLimited(send(plugin, one));
    });
  });

  test("names, beginnings, regular expressions and networks", () => {
    const ways: [object, object, object][] = [
      [{ by: "consumer", match: "exact", pattern: "a" }, { known: { consumer: "a" } }, { known: { consumer: "ab" } }],
      [{ by: "model", match: "prefix", pattern: "gpt-" }, {}, { body: chatBody("Hello", { model: "o3" }) }],
      [{ by: "team", match: "regex", pattern: "^(a|b)$" }, { known: { team: "b" } }, { known: { team: "c" } }],
      [
        { by: "network", match: "network", pattern: "10.0.0.0/8" },
        { address: "10.1.2.3:1" },
        { address: "11.0.0.1:1" },
      ],
      [{ by: "provider", match: "exact", pattern: "openai" }, {}, { known: { target: "local.2" } }],
      [{ by: "route", match: "exact", pattern: "chat" }, {}, { known: { route: "other" } }],
    ];
    ways.forEach(([condition, one, other], index) => {
      const plugin = start(limit(`way-${index}`, [window("requests", 1)], { match: [condition] }));
      expectPassed(send(plugin, one));
      expectLimited(send(plugin, one));
      expectPassed(send(plugin, other));
      expectPassed(send(plugin, other));
    });
  });

  test("several together, with a counter for each combination", () => {
    const match = [
      { by: "consumer", match: "each" },
      { by: "model", match: "each" },
      { by: "team", match: "exact", pattern: "t" },
    ];
    const plugin = start(limit("both", [window("requests", 1)], { match }));
    const by = (consumer: string, model: string, team = "t") =>
      send(plugin, { known: { consumer, team }, body: chatBody("Hello", { model }) });
    expectPassed(by("a", "m"));
    expectPassed(by("a", "n"));
    expectPassed(by("b", "m"));
    expectLimited(by("a", "m"));
    expectPassed(by("a", "m", "u"));
  });
});

test("a limit in shadow mode tells, and refuses nothing", () => {
  const plugin = start(limit("watched", [window("requests", 1)], { shadow: true, outputTokensMax: 5 }));
  expect(stateOf(send(plugin))["limits"]).toBeUndefined();
  const second = send(plugin);
  expectPassed(second);
  expect(stateOf(second)).toMatchObject({ limits: '["watched"]' });
  expect(stateOf(second)["output_tokens_max"]).toBeUndefined();
  answer(second);
  expect(rateOf(second, "requests")).toBe("- - -");
});

describe("a bound on the output", () => {
  test.each([
    [{}, "50"],
    [{ max_tokens: 400 }, "50"],
    [{ max_completion_tokens: 20 }, undefined],
    [{ max_tokens: 20, n: 3 }, undefined],
  ])("of a request that says %j", (said, bound) => {
    const plugin = start(limit("bound", [window("outputTokens", 10_000)], { outputTokensMax: 50 }));
    const stream = send(plugin, { body: chatBody("Hello", said) });
    expect(stateOf(stream)["output_tokens_max"]).toBe(bound);
    expect(stream.sentUpstream.header("x-weir-limited")).toBe("1");
    answer(stream);
    const set = bound ? 50 : "n" in said ? 60 : 20;
    expect(rateOf(stream, "tokens").split(" ")[1]).toBe(String(10_000 - set));
  });

  test.each([
    ["/v1/messages", { model: "m", max_tokens: 77, messages: [] }, 77],
    ["/v1/responses", { model: "m", max_output_tokens: 78, input: "Hello" }, 78],
    ["/v1beta/models/m:generateContent", { generationConfig: { maxOutputTokens: 79 }, contents: [] }, 79],
    ["/v1/models/m:streamGenerateContent", { generation_config: { max_output_tokens: 80, candidateCount: 2 } }, 160],
    ["/v1/completions", { model: "m", prompt: "Hello" }, 1024],
    ["/v1/embeddings", { model: "m", input: "Hello", max_tokens: 7 }, 1],
    ["/v1/images/generations", { model: "m", prompt: "A cat", n: 2 }, 2112],
    ["/v1/messages/count_tokens", { model: "m", max_tokens: 77, messages: [] }, 1],
  ])("is read where %s has it", (path, body, expected) => {
    const plugin = start(limit("bound", [window("outputTokens", 10_000)]));
    const stream = answer(send(plugin, { path, body }));
    expect(rateOf(stream, "tokens").split(" ")[1]).toBe(String(10_000 - expected));
  });
});

describe("a refusal", () => {
  test.each([
    ["/v1/chat/completions", { error: { code: "rate_limit_exceeded", type: "rate_limit_error" } }],
    ["/v1/messages", { type: "error", error: { type: "rate_limit_error" } }],
    ["/v1beta/models/m:generateContent", { error: { code: 429, status: "RESOURCE_EXHAUSTED" } }],
  ])("has the form of %s", (path, form) => {
    const plugin = start(limit("all", [window("requests", 1)]));
    send(plugin);
    const stream = send(plugin, { path });
    expectLimited(stream);
    expect(JSON.parse(Buffer.from(stream.localReply!.body).toString())).toMatchObject(form);
    expect(stream.sentDownstream.header("retry-after")).toBe("63");
    expect(rateOf(stream, "requests")).toBe("1 0 1m3s");
  });

  test("of what is larger than the limit says that it is of no use to try again", () => {
    const plugin = start(limit("small", [window("totalTokens", 10)]));
    const stream = send(plugin, { body: chatBody("Hello", { max_tokens: 500 }) });
    expectLimited(stream);
    expect(stream.sentDownstream.header("retry-after")).toBeUndefined();
    expect(stream.sentDownstream.header("x-should-retry")).toBe("false");
  });
});

test("weighted tokens go by kind", () => {
  const weights = { input: 1000, output: 4000, cacheRead: 100, cacheWrite: 1250 };
  const plugin = start(limit("weighted", [window("weightedTokens", 10_000)], { weights }));
  const kinds = { input_tokens: 100, output_tokens: 10, cached_tokens: 50, cache_write_tokens: 20 };
  answer(send(plugin), kinds);
  const next = answer(send(plugin, { body: chatBody("", { max_tokens: 0 }) }));
  // 30 · 1 + 50 · 0.1 + 20 · 1.25 + 10 · 4, and what the next one sets aside for its empty prompt.
  expect(rateOf(next, "tokens").split(" ")[1]).toBe(String(10_000 - 100 - Number(stateOf(next)["reserved_tokens"])));
});

test("a change of the configuration keeps the counts, also under way", () => {
  const before = start(limit("all", [window("totalTokens", 1000)]));
  const open = send(before, { body: chatBody("Hello", { max_tokens: 800 }) });
  const after = start(limit("all", [window("totalTokens", 2000), window("requests", 5, "day", "calendar")]));
  expectLimited(send(after, { body: chatBody("Hello", { max_tokens: 1500 }) }));
  answer(open, { input_tokens: 10, output_tokens: 90 });
  const next = answer(send(after, { body: chatBody("Hello", { max_tokens: 1 }) }));
  expect(rateOf(next, "tokens").split(" ")[1]).toBe(String(2000 - 100 - Number(stateOf(next)["reserved_tokens"])));
  expect(rateOf(next, "requests")).toBe("5 4 12h0m0s");
});

test("what a trap has left behind comes back after half an hour", () => {
  const plugin = start(limit("all", [window("totalTokens", 1000, "day", "calendar"), window("concurrentRequests", 1)]));
  const stream = send(plugin, { worker: 1, body: chatBody("Hello", { max_tokens: 900 }) });
  expectPassed(stream);
  // Nothing calls into this VM any more, as after a trap.
  plugin.root(1).vm.failure = "a trap";
  expectLimited(send(plugin, { body: chatBody("Hello", { max_tokens: 1 }) }));
  host.advance(31 * 60_000);
  expectPassed(send(plugin, { body: chatBody("Hello", { max_tokens: 900 }) }));
});

test("values without number fill no more than a bounded store", () => {
  const plugin = start(
    limit("each", [window("requests", 5, "hour")], { match: [{ by: "header", name: "x-a", match: "each" }] }),
  );
  for (let i = 0; i < 3000; ++i) answer(send(plugin, { headers: [["x-a", `value-${i}-${"x".repeat(i % 300)}`]] }));
  let keys = 0;
  for (let shard = 0; shard < 2000; ++shard) if (host.sharedData.get("", `weir.limit.each/${shard}`)) ++keys;
  expect(keys).toBeGreaterThan(900);
  expect(keys).toBeLessThanOrEqual(1024);
  host.advance(3 * 3_600_000);
  for (let i = 0; i < 3000; ++i) answer(send(plugin, { headers: [["x-a", `value-${i}`]] }));
  const sizes = [...Array(1024).keys()].map(
    (shard) => host.sharedData.get("", `weir.limit.each/${shard}`)?.value.length ?? 0,
  );
  // What has ended is not there any more.
  expect(Math.max(...sizes)).toBeLessThan(1500);
});
