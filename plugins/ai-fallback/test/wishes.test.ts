// ai-fallback on the Node host: what a body wishes of its targets.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { errorOf, route, send, stateOf, stepsOf } from "./request.ts";

let host: WasmHost;
beforeAll(async () => {
  host = await WasmHost.load(await buildPlugin("ai-fallback"));
});
const start = (configuration: object): Plugin => host.startPlugin({ configuration });

describe("a wish for speed", () => {
  let plugin: Plugin;
  beforeAll(() => {
    const targets = [
      { cluster: "a.01", weight: 90 },
      { cluster: "b/x.02", weight: 10 },
      { cluster: "b/y.02", weight: 0 },
    ];
    const fallbacks = [{ cluster: "c.03", model: "own" }];
    const affinity = { by: "header", name: "x-session" };
    const last = { lastResort: { cluster: "last" } };
    plugin = start({
      requestOptions: true,
      routes: [route("chat", ["*"], [], { targets, fallbacks, affinity, ...last })],
    });
  });
  const note = (key: string, ms: number): void =>
    void host.sharedData.set("", `weir.speed.${key}`, Buffer.from(`${ms * 1e6} ${host.clock.nowNanos}`), 0);

  /** The order that most requests get: one in twenty looks elsewhere. */
  const usual = (body: object): string => {
    const orders = Array.from({ length: 15 }, () => {
      const given = { model: "m", messages: [], ...body };
      return stepsOf(send(plugin, { body: given, headers: { "x-session": "s" } })).join(" ");
    });
    return orders.sort((a, b) => countOf(orders, b) - countOf(orders, a))[0]!;
  };
  const countOf = (all: string[], one: string): number => all.filter((other) => other === one).length;

  test.each<[string, object, string]>([
    ["provider.sort latency", { provider: { sort: "latency" } }, "c.03 b/x.02 a.01 b/y.02 last"],
    ["the same of a stream", { stream: true, provider: { sort: "latency" } }, "a.01 b/x.02 c.03 b/y.02 last"],
    ["the other form", { providerOptions: { gateway: { sort: "ttft" } } }, "c.03 b/x.02 a.01 b/y.02 last"],
    ["throughput", { provider: { sort: { by: "throughput", partition: "model" } } }, "b/x.02 c.03 a.01 b/y.02 last"],
    ["the same of a stream", { stream: true, provider: { sort: "throughput" } }, "b/x.02 c.03 a.01 b/y.02 last"],
    ["tps", { providerOptions: { gateway: { sort: "tps" } } }, "b/x.02 c.03 a.01 b/y.02 last"],
    ["some of them", { provider: { sort: "latency", ignore: ["c"] } }, "b/x.02 a.01 b/y.02 last"],
    ["an order before it", { provider: { sort: "latency", order: ["a"] } }, "a.01 b/x.02 c.03 b/y.02 last"],
  ])("%s", (_what, body, order) => {
    for (const [key, ms] of Object.entries({ "a.01//0": 900, "b/x.02//0": 500, "c.03/own/0": 100 })) note(key, ms);
    for (const [key, ms] of Object.entries({ "a.01//0s": 1, "b/x.02//0s": 2, "c.03/own/0s": 3 })) note(key, ms);
    for (const [key, ms] of Object.entries({ "a.01//0t": 9000, "b/x.02//0t": 500, "c.03/own/0t": 800 })) note(key, ms);
    expect(usual(body)).toBe(order);
  });

  test("has answers measured by what is wished for, and no other request's", () => {
    const measures = (body: object) =>
      JSON.parse(stateOf(send(plugin, { body: { model: "m", ...body } }), "plan")).measures;
    expect(measures({ provider: { sort: "latency" } })).toBe("firstToken");
    expect(measures({ provider: { sort: "throughput" } })).toBe("throughput");
    expect(measures({ provider: { only: ["a"] } })).toBeUndefined();
    expect(measures({})).toBeUndefined();
  });

  test("tries first what nothing is known of, and looks at the others now and then", () => {
    note("c.03/own/0t", 1);
    for (const key of ["a.01//0t", "b/x.02//0t"]) note(key, 0);
    const firsts = Array.from({ length: 200 }, () => {
      const body = { model: "m", provider: { sort: "throughput" } };
      return stepsOf(send(plugin, { body }))[0]!;
    });
    expect(countOf(firsts, "a.01") + countOf(firsts, "b/x.02")).toBeGreaterThan(180);
    note("a.01//0t", 2);
    note("b/x.02//0t", 3);
    const later = Array.from(
      { length: 400 },
      () => stepsOf(send(plugin, { body: { model: "m", provider: { sort: "tps" } } }))[0]!,
    );
    const explored = 400 - countOf(later, "c.03");
    expect(explored).toBeGreaterThan(4);
    expect(explored).toBeLessThan(50);
  });
});

describe("what a body wishes for", () => {
  let plugin: Plugin;
  beforeAll(() => {
    plugin = start({
      requestOptions: true,
      routes: [
        route("chat", ["gpt-*"], ["openai/a.0a", "openai/b.0a", "azure.0b"], {
          fallbacks: [{ cluster: "claude.0c", model: "claude-x" }],
          lastResort: { cluster: "last" },
        }),
        route("claude", ["claude-*"], ["claude.0c"]),
        route("hidden", ["hidden"], ["secret.0d"]),
      ],
      aliases: [{ name: "fast", model: "gpt-mini" }],
      prices: {
        "openai/a.0a": { "gpt-4": [2_000_000, 8_000_000], "gpt-mini": [100_000, 400_000] },
        "azure.0b": { "gpt-4": [1_900_000, 8_000_000], "gpt-mini": [110_000, 400_000] },
        "claude.0c": { "claude-x": [1_000_000, 5_000_000], "claude-3": [3_000_000, 15_000_000] },
      },
    });
  });
  const wish = (body: object, state: Record<string, string> = {}) =>
    send(plugin, { body: { model: "gpt-4", messages: [], ...body }, state });
  const openai = ["openai/a.0a", "openai/b.0a"];

  test.each<[string, object, string[]]>([
    ["nothing", {}, [...openai, "azure.0b", "claude.0c", "last"]],
    ["only", { provider: { only: ["azure"] } }, ["azure.0b", "last"]],
    ["only one key", { provider: { only: ["openai/b"] } }, ["openai/b.0a", "last"]],
    ["only a fallback", { provider: { only: ["Claude"] } }, ["claude.0c", "last"]],
    ["ignore", { provider: { ignore: ["openai", "claude"] } }, ["azure.0b", "last"]],
    ["order", { provider: { order: ["claude", "azure"] } }, ["claude.0c", "azure.0b", ...openai, "last"]],
    ["order alone", { provider: { order: ["azure"], allow_fallbacks: false } }, ["azure.0b", "last"]],
    ["no fallbacks", { provider: { allow_fallbacks: false } }, ["openai/a.0a", "last"]],
    [
      "the other form",
      { providerOptions: { gateway: { order: ["azure"], only: ["azure", "openai"] } } },
      ["azure.0b", ...openai, "last"],
    ],
    ["of others alone", { providerOptions: { anthropic: { x: 1 } } }, [...openai, "azure.0b", "claude.0c", "last"]],
    ["null", { provider: null, models: null }, [...openai, "azure.0b", "claude.0c", "last"]],
    [
      "what is not wanted",
      { provider: { zdr: false, data_collection: "allow", sort: null } },
      [...openai, "azure.0b", "claude.0c", "last"],
    ],
    [
      "further models",
      { models: ["claude-3", "fast"], provider: { ignore: ["openai"] } },
      ["azure.0b as gpt-4", "claude.0c as gpt-4", "claude.0c as claude-3", "azure.0b as gpt-mini", "last"],
    ],
    [
      "further models of the other form",
      { providerOptions: { gateway: { models: ["claude-3"], only: ["claude"] } } },
      ["claude.0c as gpt-4", "claude.0c as claude-3", "last"],
    ],
  ])("%s", (_what, body, steps) => {
    const stream = wish(body);
    expect(stepsOf(stream)).toEqual(steps);
    expect(JSON.parse(stream.sentUpstream.text)).toEqual({ model: "gpt-4", messages: [] });
    expect(stream.sentUpstream.header("content-length")).toBe(String(stream.sentUpstream.text.length));
    const retries = String(Math.max(1, steps.length - 1));
    expect(stream.sentUpstream.header("x-envoy-max-retries")).toBe(retries);
  });

  test("and leaves no trace wherever the body is cut, with trailers or without", () => {
    const body = JSON.stringify({ provider: { only: ["azure"] }, model: "gpt-4", models: ["fast"], n: 1 });
    for (let cut = 0; cut <= body.length; cut += 7) {
      const stream = plugin.openStream().requestHeaders([
        [":method", "POST"],
        [":path", "/v1/chat/completions"],
        [":authority", "gateway"],
        ["content-type", "application/json"],
      ]);
      stream.requestBody(body.slice(0, cut));
      stream.requestBody(body.slice(cut), { endOfStream: cut % 2 === 0 });
      if (cut % 2) stream.requestTrailers([["x-end", "1"]]);
      expect(stepsOf(stream)).toEqual(["azure.0b as gpt-4", "azure.0b as gpt-mini", "last"]);
      expect(stream.sentUpstream.text).toBe('{"model":"gpt-4","n":1}');
    }
  });

  test("models alone", () => {
    const stream = send(plugin, { body: { models: ["claude-3", "gpt-4"], provider: { only: ["azure", "claude"] } } });
    expect(stepsOf(stream)).toEqual(["claude.0c as claude-3", "azure.0b as gpt-4", "claude.0c as gpt-4"]);
    expect(JSON.parse(stream.sentUpstream.text)).toEqual({ model: "claude-3" });
    expect(stateOf(stream, "route")).toBe("claude");
  });

  test("a path that names the model", () => {
    const body = { contents: [], provider: { only: ["azure"] } };
    const stream = send(plugin, { path: "/v1beta/models/gpt-4:generateContent", body });
    expect(stepsOf(stream)).toEqual(["azure.0b", "last"]);
    expect(stream.sentUpstream.text).toBe('{"contents":[]}');
  });

  test.each<[string, object, object]>([
    ["a provider that is not there", { provider: { only: ["nobody"] } }, { code: "unknown_provider" }],
    ["one of another route", { provider: { order: ["secret"] } }, { code: "unknown_provider" }],
    ["one with a name that begins alike", { provider: { only: ["open"] } }, { code: "unknown_provider" }],
    ["none that is left", { provider: { only: ["azure"], ignore: ["azure"] } }, { code: "no_provider_left" }],
    ["a model that is not there", { models: ["nothing"] }, { code: "model_not_found", param: "models" }],
    ["no object", { provider: "azure" }, { code: "invalid_type", param: "provider" }],
    ["too little money", { provider: { max_price: { prompt: 0.01 } } }, { code: "no_provider_left" }],
    ["a price that is none", { provider: { max_price: { prompt: "1" } } }, { param: "provider.max_price" }],
    ["a sort that is none", { provider: { sort: "exacto" } }, { param: "provider.sort" }],
    ["one that is none in an object", { provider: { sort: { by: "luck" } } }, { param: "provider.sort.by" }],
    [
      "models sorted as one",
      { provider: { sort: { by: "price", partition: "none" } } },
      { param: "provider.sort.partition" },
    ],
    ["no list", { provider: { order: "azure" } }, { code: "invalid_type", param: "provider.order" }],
    ["no names", { models: ["claude-3", 5] }, { code: "invalid_type", param: "models" }],
    ["too many models", { models: Array(17).fill("claude-3") }, { code: "too_many_models" }],
    ["what cannot be kept", { provider: { zdr: true } }, { code: "unsupported_parameter", param: "provider.zdr" }],
    ["no options", { providerOptions: [] }, { code: "invalid_type", param: "providerOptions" }],
  ])("%s is an error", (_what, body, error) => {
    expect(errorOf(wish(body))).toMatchObject({ status: "400", ...error });
  });

  test("never reaches what the caller may not use", () => {
    expect(errorOf(wish({ models: ["claude-3"] }, { models: "gpt-*" }))).toMatchObject({ code: "model_not_found" });
    expect(errorOf(wish({ models: ["hidden"] }, { routes: "chat" }))).toMatchObject({ code: "model_not_found" });
    expect(errorOf(wish({ models: ["gpt-5"] }, { models: "claude-*" }))).toMatchObject({ status: "404" });
  });

  test("has an error in each API's own form", () => {
    const body = { model: "gpt-4", provider: { only: ["nobody"] } };
    const messages = send(plugin, { path: "/v1/messages", body }).sentDownstream;
    expect(JSON.parse(messages.text)).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    const gemini = send(plugin, { path: "/v1beta/models/gpt-4:generateContent", body }).sentDownstream;
    expect(JSON.parse(gemini.text)).toMatchObject({ error: { code: 400, status: "INVALID_ARGUMENT" } });
  });

  test("is the provider's own where nobody has switched it on", () => {
    const off = start({ routes: [route("chat", ["*"], ["a", "b"])] });
    const body = { model: "m", provider: { only: ["nobody"] }, models: ["x"] };
    const stream = send(off, { body });
    expect(stepsOf(stream)).toEqual(["a", "b"]);
    expect(JSON.parse(stream.sentUpstream.text)).toEqual(body);
  });
});
