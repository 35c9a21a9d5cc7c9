// token-ratelimit on the Node host: money, and messages to MCP servers.
import { beforeEach, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import {
  answer,
  chatBody,
  expectLimited,
  expectPassed,
  limit,
  rateOf,
  send,
  startMs,
  stateOf,
  window,
} from "./request.ts";

let host: WasmHost;
beforeEach(async () => {
  host = await WasmHost.load(await buildPlugin("token-ratelimit"), { startMs });
});

describe("money", () => {
  const prices = [
    [
      { name: "gpt-4.1", input: 2_000_000, output: 8_000_000, cacheRead: 500_000 },
      { name: "gpt-4.1-mini", input: 400_000, output: 1_600_000 },
    ],
    [{ name: "llama-*", own: true, input: 100_000, output: 200_000 }],
  ];
  const modelMapping = [{ match: "prefix", pattern: "own-", model: "llama-3" }];
  const pricedTargets = { "openai.1": { prices: 0 }, "local.2": { prices: 1, modelMapping } };
  const startPriced = (...limits: object[]): Plugin =>
    host.startPlugin({ configuration: { limits, providers: {}, prices, pricedTargets } });
  const day = window("cost", 10_000_000, "day", "calendar");
  const reservedOf = (stream: ReturnType<typeof send>): number =>
    Number(JSON.parse(String(stream.localReply?.body)).error.message.match(/([\d.]+) USD asked for/)[1]);

  test("is set aside by the price of the first target's model, and settled by that of the one that answers", () => {
    const plugin = startPriced(limit("money", [day, window("concurrentRequests", 1)]));
    const first = send(plugin, { body: chatBody("Hello", { max_tokens: 1000 }) });
    expectPassed(first);
    answer(first, { model: "gpt-4.1", input_tokens: 1000, output_tokens: 500, cached_tokens: 400 } as never);
    // 600 × 2 + 400 × 0.5 + 500 × 8 = 5400 nano-dollars in thousands: 0.0046 USD are left.
    const second = send(plugin, { body: chatBody("Hello", { max_tokens: 1000 }) });
    expectLimited(second);
    expect(reservedOf(second)).toBeCloseTo(0.008016, 5);
    expect(JSON.parse(String(second.localReply?.body)).error.message).toMatch(
      /^The limit money of 0.01 USD per day is reached: 0.0046 USD left, 0.0080\d+ USD asked for/,
    );
    const third = send(plugin, { body: chatBody("Hello", { max_tokens: 500 }) });
    expectPassed(third);
    // Another model has answered.
    answer(third, {
      model: "gpt-4.1",
      provider_model: "gpt-4.1-mini",
      input_tokens: 1000,
      output_tokens: 1000,
    } as never);
    expect(stateOf(third)["unpriced_limits"]).toBeUndefined();
    const fourth = send(plugin, { body: chatBody("Hello", { max_tokens: 500 }) });
    expectLimited(fourth);
    expect(JSON.parse(String(fourth.localReply?.body)).error.message).toContain("0.0026 USD left");
  });

  test("goes by the target's own name of the model, and by the plan's", () => {
    const plugin = startPriced(limit("money", [window("cost", 150_000, "day", "calendar")]));
    const body = chatBody("Hello", { model: "own-large", max_tokens: 1000 });
    const refused = send(plugin, { body, known: { target: "local.2" } });
    expectLimited(refused);
    expect(reservedOf(refused)).toBeCloseTo(0.0002008, 6);
    const plan = JSON.stringify({ targets: [{ cluster: "local.2", model: "llama-9" }] });
    expectLimited(send(plugin, { known: { target: "local.2", plan }, body: chatBody("Hello", { max_tokens: 1000 }) }));
    const asked = JSON.stringify({ targets: [{ cluster: "local.2", asked: "own-small" }] });
    expectLimited(
      send(plugin, { known: { target: "local.2", plan: asked }, body: chatBody("Hi", { max_tokens: 1000 }) }),
    );
  });

  test("of what has no price is not counted, and the log tells so", () => {
    const plugin = startPriced(limit("money", [day]), limit("requests", [window("requests", 9)]));
    const stream = send(plugin, { body: chatBody("Hello", { model: "unheard-of" }) });
    expectPassed(stream);
    answer(stream, { model: "unheard-of", input_tokens: 10_000_000, output_tokens: 1 } as never);
    expect(stateOf(stream)["unpriced_limits"]).toBe('["money"]');
    expectPassed(send(plugin, { body: chatBody("Hello", { max_tokens: 1000 }) }));
  });

  test("of an answer without a price is that of the target that was tried first", () => {
    const plugin = startPriced(limit("money", [day]));
    const stream = send(plugin, { body: chatBody("Hello", { max_tokens: 1000 }) });
    answer(stream, { model: "gpt-4.1", provider_model: "other", input_tokens: 1000, output_tokens: 500 } as never);
    expect(stateOf(stream)["unpriced_limits"]).toBe('["money"]');
    const next = send(plugin, { body: chatBody("Hello", { max_tokens: 1000 }) });
    expect(JSON.parse(String(next.localReply?.body)).error.message).toContain("0.004 USD left");
  });

  test("refuses what has no price where it is told to", () => {
    const plugin = startPriced(limit("money", [day], { refuseUnpriced: true }));
    const refused = send(plugin, {
      path: "/v1/messages",
      body: chatBody("Hello", { model: "unheard-of", max_tokens: 1 }),
    });
    expect(refused.localReply).toMatchObject({ status: 403, details: "weir_price_unknown" });
    expect(JSON.parse(String(refused.localReply?.body))).toMatchObject({
      type: "error",
      error: { type: "permission_error", message: expect.stringContaining("the limit money") },
    });
    expect(stateOf(refused)["limits"]).toBe('["money"]');
    expectPassed(send(plugin));
  });
});

describe("messages to MCP servers", () => {
  const xds = { route_name: "weather", route_metadata: { filter_metadata: { weir: { mcp: "weather" } } } };
  const startWithServers = (...limits: object[]): Plugin =>
    host.startPlugin({ configuration: { mcp: true, limits, providers: {} } });
  const call = (plugin: Plugin, more: object = {}) =>
    send(plugin, { path: "/mcp/weather", body: { jsonrpc: "2.0", id: 1, method: "tools/call" }, xds, ...more });

  test("count where requests do, and are refused in their own form", () => {
    const plugin = startWithServers(
      limit("tools", [window("requests", 2)], { match: [{ by: "route", match: "exact", pattern: "weather" }] }),
      limit("tokens", [window("totalTokens", 0)]),
    );
    const first = call(plugin);
    expectPassed(first);
    first.sendResponse([[":status", "200"]], "{}");
    expect(rateOf(first, "requests")).toBe("2 1 1m3s");
    expectPassed(call(plugin));
    const third = call(plugin);
    expectLimited(third);
    expect(JSON.parse(String(third.localReply?.body))).toEqual({
      jsonrpc: "2.0",
      error: { code: -32000, message: expect.stringContaining("The limit tools of 2 requests per minute is reached") },
    });
    expectPassed(call(plugin, { method: "GET", body: null }));
  });

  test("count while they are under way", () => {
    const plugin = startWithServers(limit("two", [window("concurrentRequests", 2)]));
    const [first] = [call(plugin), call(plugin)];
    expectLimited(call(plugin));
    first!.sendResponse([[":status", "200"]], "{}");
    expectPassed(call(plugin));
  });

  describe("of which a limit goes by the tool", () => {
    const message = (name: string, method = "tools/call") => ({ jsonrpc: "2.0", id: 1, method, params: { name } });
    const byTool = (match: string, pattern = "") =>
      startWithServers(limit("tools", [window("requests", 1)], { match: [{ by: "tool", match, pattern }] }));

    test("count for each tool by itself", () => {
      const plugin = byTool("each");
      expectPassed(call(plugin, { body: message("a") }));
      expectPassed(call(plugin, { body: message("b") }));
      expectLimited(call(plugin, { body: message("a") }));
    });

    test("are not limited where they call another tool, or none", () => {
      const plugin = byTool("prefix", "search_");
      for (const body of [message("find"), message("search_a", "prompts/get"), { method: "ping" }, "no JSON", "[]"]) {
        for (let i = 0; i < 2; ++i) expectPassed(call(plugin, { body }));
      }
      expectPassed(call(plugin, { body: message("search_a") }));
      expectLimited(call(plugin, { body: message("search_b") }));
    });

    test("are looked at in a batch, which may have one call", () => {
      const plugin = byTool("exact", "a");
      expectPassed(call(plugin, { body: [{ method: "ping" }, message("a")] }));
      expectLimited(call(plugin, { body: [message("a"), { method: "ping" }] }));
      const several = call(plugin, { body: [message("b"), message("a")] });
      expect(several.localReply?.status).toBe(400);
      expect(JSON.parse(String(several.localReply?.body)).error.message).toContain("one batch");
    });

    test("leave requests to models alone", () => {
      const plugin = byTool("each");
      for (let i = 0; i < 2; ++i) expectPassed(send(plugin, { body: chatBody("Hello") }));
    });
  });

  test("use none of the tokens that a limit counts beside requests", () => {
    const plugin = startWithServers(limit("both", [window("requests", 10), window("totalTokens", 1)]));
    for (let i = 0; i < 3; ++i) {
      const message = call(plugin);
      expectPassed(message);
      message.sendResponse([[":status", "200"]], "{}");
    }
  });
});
