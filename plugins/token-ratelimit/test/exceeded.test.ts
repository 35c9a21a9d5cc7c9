// What does not fit goes to a cheaper model, by a plan that ai-fallback has made, and counts where that is counted.
import { beforeEach, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { GlobalService } from "./global-service.ts";
import { answer, chatBody, expectLimited, expectPassed, limit, send, startMs, stateOf, window } from "./request.ts";

let host: WasmHost;
beforeEach(async () => {
  host = await WasmHost.load(await buildPlugin("token-ratelimit"), { startMs });
});

const providers = { "openai.1": "openai", "local.2": "local" };
const start = (...limits: object[]): Plugin => host.startPlugin({ configuration: { limits, providers } });

const planOf = (cluster: string, asked: string, more: object = {}) => ({ targets: [{ cluster, asked }], ...more });
const offered = (model: string, cluster = "local.2", more: object = {}) => ({
  ...{ model, route: `route-of-${model}`, planned: model, retries: 1, plan: planOf(cluster, model) },
  ...more,
});
const known = (...offers: object[]) => ({ target: "openai.1", route: "chat", cheaper: JSON.stringify(offers) });
const ofModel = (model: string) => ({ match: [{ by: "model", match: "exact", pattern: model }] });

const movedTo = (stream: HttpStream) => {
  expectPassed(stream);
  const { target, route, plan, cheaper_at: at } = stateOf(stream);
  return { target, route, plan: JSON.parse(plan ?? "null") as unknown, at };
};

describe("a request that does not fit", () => {
  const mini = { cheaperModel: "mini" };

  test("goes to the cheaper model, and the log is told by which limit", () => {
    const plugin = start(limit("one", [window("requests", 1)], mini));
    expectPassed(send(plugin, { known: known(offered("mini")) }));
    const stream = send(plugin, { known: known(offered("other"), offered("mini")) });
    const moved = { target: "local.2", route: "route-of-mini", plan: planOf("local.2", "mini"), at: "1" };
    expect(movedTo(stream)).toEqual(moved);
    expect(stateOf(stream)).toMatchObject({ exceeded: "one", limits: '["one"]' });
    expect(stream.sentUpstream.header("x-weir-planned")).toBe("mini");
    expect(stream.sentUpstream.header("x-envoy-max-retries")).toBe("1");
  });

  test("is one of the cheaper model's limits, and of its provider's, and refused where those are full", () => {
    const plugin = start(
      limit("large", [window("requests", 0)], { ...ofModel("gpt-4.1"), ...mini }),
      limit("small", [window("requests", 2)], ofModel("mini")),
      limit("local", [window("requests", 1)], { match: [{ by: "provider", match: "exact", pattern: "local" }] }),
    );
    answer(send(plugin, { known: known(offered("mini")) }));
    const refused = send(plugin, { known: known(offered("mini")) });
    expectLimited(refused);
    expect(stateOf(refused)).toMatchObject({ limits: '["large","local"]' });
    expect(stateOf(refused)["exceeded"]).toBeUndefined();
    // What the second was not let through for has not been counted.
    expectPassed(send(plugin, { known: { target: "openai.1" }, body: chatBody("Hi", { model: "mini" }) }));
    expectLimited(send(plugin, { known: { target: "openai.1" }, body: chatBody("Hi", { model: "mini" }) }));
  });

  test("takes nothing of the limit that has moved it", () => {
    const plugin = start(limit("tokens", [window("totalTokens", 1000)], mini));
    const more = { body: chatBody("Hello", { max_tokens: 600 }), known: known(offered("mini")) };
    const first = send(plugin, more);
    answer(send(plugin, more), { input_tokens: 500, output_tokens: 500 });
    answer(first, { input_tokens: 50, output_tokens: 50 });
    const third = send(plugin, { ...more, body: chatBody("Hello", { max_tokens: 880 }) });
    expectPassed(third);
    expect(stateOf(third)["exceeded"]).toBeUndefined();
  });

  test("who asks for the cheaper model has it, and keeps its way", () => {
    const plugin = start(limit("one", [window("requests", 0)], mini));
    const stream = send(plugin, { known: { target: "openai.1" }, body: chatBody("Hi", { model: "mini" }) });
    expect(movedTo(stream)).toEqual({ target: "openai.1", route: undefined, plan: null, at: undefined });
    expect(stateOf(stream)).toMatchObject({ exceeded: "one" });
  });

  test("goes on from one to the next, and to none that it comes from", () => {
    const plugin = start(
      limit("a", [window("requests", 0)], { ...ofModel("gpt-4.1"), cheaperModel: "mini" }),
      limit("b", [window("requests", 1)], { ...ofModel("mini"), cheaperModel: "nano" }),
      limit("c", [window("requests", 1)], { ...ofModel("nano"), cheaperModel: "mini" }),
    );
    const all = known(offered("mini"), offered("nano", "openai.1"));
    expect(movedTo(send(plugin, { known: all })).route).toBe("route-of-mini");
    const second = send(plugin, { known: all });
    expect(movedTo(second)).toMatchObject({ route: "route-of-nano", target: "openai.1" });
    expect(stateOf(second)["exceeded"]).toBe("a,b");
    expectLimited(send(plugin, { known: all }));
  });

  test.each<[string, object]>([
    ["without a plan for it", { known: { target: "openai.1" } }],
    ["with another model's alone", { known: known(offered("other")) }],
    ["that is no chat", { path: "/v1/embeddings", body: { model: "e", input: "x" }, known: known(offered("mini")) }],
    ["whose plan is damaged", { known: { cheaper: '[{"model":"mini"' } }],
  ])("is refused %s", (_what, request) => {
    expectLimited(send(start(limit("one", [window("requests", 0)], mini)), request));
  });

  test("is refused by a limit that names none", () => {
    const plugin = start(limit("moves", [window("requests", 0)], mini), limit("refuses", [window("requests", 0)]));
    expectLimited(send(plugin, { known: known(offered("mini")) }));
  });

  test("is only told of where the limit is watched", () => {
    const plugin = start(limit("one", [window("requests", 0)], { ...mini, shadow: true }));
    const stream = send(plugin, { known: known(offered("mini")) });
    expect(movedTo(stream).target).toBe("openai.1");
    expect(stateOf(stream)["exceeded"]).toBeUndefined();
  });

  test("that a budget has moved before goes by the limits of the model that it goes to", () => {
    const configuration = {
      budgetsMove: true,
      providers,
      limits: [limit("m", [window("requests", 0)], ofModel("nano"))],
    };
    const plugin = host.startPlugin({ configuration });
    expectPassed(send(plugin, {}));
    expectLimited(send(plugin, { known: { cheaper_model: "nano" } }));
  });
});

describe("where targets count their requests", () => {
  const limits = [limit("one", [window("requests", 0)], { cheaperModel: "mini" })];
  const step = (cluster: string, maxConcurrentRequests?: number) => ({ cluster, maxConcurrentRequests });
  const counted = (...targets: object[]) => ({ holder: 7, targets });

  test("it takes the first place there is, gives its own back, and is refused where there is none", () => {
    const plugin = start(...limits);
    const own = { step: "0", plan: JSON.stringify(counted(step("openai.1", 1))) };
    const ask = () => {
      const plan = counted(step("small.1", 1), step("small.2", 1));
      return send(plugin, { known: { ...known(offered("mini", "", { plan })), ...own } });
    };
    expect(stateOf(ask())).toMatchObject({ step: "0", target: "small.1" });
    expect(stateOf(ask())).toMatchObject({ step: "1", target: "small.2" });
    const third = ask();
    expectLimited(third);
    expect(stateOf(third)["step"]).toBe("");
  });
});

test("a service that counts is asked again, and has counted each once", async () => {
  const service = new GlobalService(() => host.clock.nowMs);
  host = await WasmHost.load(await buildPlugin("token-ratelimit"), { startMs, grpcClusters: { limits: service.take } });
  const limits = [
    limit("large", [window("totalTokens", 700)], { ...ofModel("gpt-4.1"), cheaperModel: "mini" }),
    limit("all", [window("requests", 100), window("totalTokens", 100_000)]),
    limit("small", [window("totalTokens", 700)], ofModel("mini")),
  ];
  const plugin = host.startPlugin({
    configuration: { limits, providers, service: { cluster: "limits", domain: "weir" } },
  });
  const request = { body: chatBody("Hello", { max_tokens: 600 }), known: known(offered("mini")) };
  const first = send(plugin, request);
  expect(movedTo(first).target).toBe("openai.1");
  const second = send(plugin, request);
  expect(movedTo(second).target).toBe("local.2");
  const third = send(plugin, request);
  expectLimited(third);
  expect(stateOf(third)).toMatchObject({ limits: '["large","small"]' });
  answer(first, { input_tokens: 10, output_tokens: 10 });
  answer(second, { input_tokens: 20, output_tokens: 20 });
  const last = answer(send(plugin, { ...request, body: chatBody("Hello", { max_tokens: 1 }) }));
  expect(last.sentDownstream.header("x-ratelimit-remaining-requests")).toBe("97");
});
