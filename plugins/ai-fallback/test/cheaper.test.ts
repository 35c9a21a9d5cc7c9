// Cheaper models: the plans that are made for what limits may choose, and where a request goes that has spent a budget.
import { beforeEach, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { errorOf, route, send, stateOf, stepsOf } from "./request.ts";

let host: WasmHost;
beforeEach(async () => {
  host = await WasmHost.load(await buildPlugin("ai-fallback"));
});

const routes = [
  route("small", ["mini", "nano"], ["local.1"], {
    targets: [
      { cluster: "local.1", weight: 1 },
      { cluster: "spare.1", weight: 0 },
    ],
  }),
  route("all", ["*"], ["openai.1"]),
];
const start = (more: object, given: object[] = routes): Plugin =>
  host.startPlugin({ configuration: { routes: given, ...more } });
const ask = (model = "large", more: object = {}): object => ({ model, messages: [], ...more });

interface Offer {
  model: string;
  route: string;
  planned: string;
  retries: number;
  plan: { targets: { cluster: string; asked: string }[]; holder?: number };
}
const offersOf = (stream: HttpStream): Offer[] => {
  expect(stream.localReply).toBeNull();
  return JSON.parse(stateOf(stream, "cheaper") || "[]") as Offer[];
};

describe("plans for what limits may choose", () => {
  test("are made beside the request's own", () => {
    const stream = send(start({ cheaperModels: ["mini", "other"] }), { body: ask() });
    expect(stepsOf(stream)).toEqual(["openai.1"]);
    expect(offersOf(stream)).toMatchObject([
      {
        ...{ model: "mini", route: "small", planned: "mini", retries: 1 },
        plan: {
          targets: [
            { cluster: "local.1", asked: "mini" },
            { cluster: "spare.1", asked: "mini" },
          ],
        },
      },
      { model: "other", route: "all", plan: { targets: [{ cluster: "openai.1", asked: "other" }] } },
    ]);
  });

  test("are none for the model that is asked for, nor for what is no chat", () => {
    const plugin = start({ cheaperModels: ["mini"] });
    expect(offersOf(send(plugin, { body: ask("mini") }))).toEqual([]);
    const embeddings = { path: "/v1/embeddings", body: { model: "large", input: "x" } };
    expect(offersOf(send(plugin, embeddings))).toEqual([]);
  });

  test("are none for what the caller may not use, or may not reach", () => {
    const plugin = start({ cheaperModels: ["mini", "nano"] });
    const names = (state: Record<string, string>) =>
      offersOf(send(plugin, { body: ask(), state })).map(({ model }) => model);
    expect(names({ models: "large\nnano" })).toEqual(["nano"]);
    expect(names({ routes: "all" })).toEqual(["mini", "nano"]);
    expect(names({})).toEqual(["mini", "nano"]);
  });

  test("keep to the wishes of the request", () => {
    const all = route("all", ["*"], ["openai.1"], { fallbacks: [{ cluster: "spare.1" }] });
    const plugin = start({ cheaperModels: ["mini"], requestOptions: true }, [routes[0]!, all]);
    const body = (only: string[]) => ask("large", { provider: { only }, models: ["huge"] });
    const [offer] = offersOf(send(plugin, { body: body(["openai", "spare"]) }));
    expect(offer!.plan.targets).toEqual([{ cluster: "spare.1", asked: "mini" }]);
    expect(offersOf(send(plugin, { body: body(["openai"]) }))).toEqual([]);
  });

  test("keep to surfaces", () => {
    const surfaces = { "local.1": ["embeddings"], "spare.1": ["embeddings"], "openai.1": ["chat/completions"] };
    expect(offersOf(send(start({ cheaperModels: ["mini"], surfaces }), { body: ask() }))).toEqual([]);
  });

  test("take nobody's turn", () => {
    const two = { targets: [{ cluster: "a.1" }, { cluster: "b.1" }], balance: "roundRobin" };
    const plugin = start({ cheaperModels: ["mini"] }, [route("all", ["*"], ["a.1"], two)]);
    const firsts = Array.from({ length: 6 }, () => stepsOf(send(plugin, { body: ask() }))[0]);
    expect(firsts).toEqual(["a.1", "b.1", "a.1", "b.1", "a.1", "b.1"]);
  });
});

describe("a place at a target that counts", () => {
  const key = "weir.requests.local.1";
  const under = (): number => {
    const bytes = Buffer.from(host.sharedData.get("", key)?.value ?? "");
    return bytes.length === 0 ? 0 : Number(bytes.readBigInt64LE(16));
  };
  const end = (stream: HttpStream) => stream.sendResponse([[":status", "200"]], "{}");
  test("is given back at the target that the request went to", () => {
    const plugin = start({ cheaperModels: ["mini"], maxConcurrentRequests: { "local.1": 2 } });
    const kept = send(plugin, { body: ask("mini") });
    const stream = send(plugin, { body: ask() });
    const [offer] = offersOf(stream);
    expect(offer!.plan.holder).toBeGreaterThan(0);
    expect(under()).toBe(1);
    // As token-ratelimit does where it moves the request, with a place that another has taken in its stead.
    const other = send(plugin, { body: ask("mini") });
    stream.filterState.set("wasm.weir.cheaper_at", Buffer.from("0"));
    stream.filterState.set("wasm.weir.step", Buffer.from("0"));
    expect(under()).toBe(2);
    end(stream);
    expect(under()).toBe(1);
    end(kept);
    end(other);
    expect(under()).toBe(0);
  });
});

describe("a spent budget", () => {
  const plugin = (more: object = {}): Plugin => start({ spentBudgets: true, ...more });
  const spent = (...lines: string[]) => ({ spent_cheaper: lines.join("\n") });

  test("has the request go to the model that it names", () => {
    const stream = send(plugin(), { body: ask(), state: spent("-1 teams mini") });
    expect(stepsOf(stream)).toEqual(["local.1 as mini", "spare.1 as mini"]);
    expect(stateOf(stream, "route")).toBe("small");
    expect(stateOf(stream, "exceeded")).toBe("teams");
    expect(stateOf(stream, "cheaper_model")).toBe("mini");
    expect(stream.sentUpstream.header("x-weir-planned")).toBe("mini");
    stream.sendResponse([[":status", "200"]], "{}");
    expect(stream.sentDownstream.header("x-weir-exceeded")).toBe("teams");
  });

  test("leaves alone who asks for that one", () => {
    const stream = send(plugin(), { body: ask("mini"), state: spent("-1 teams mini") });
    expect(stateOf(stream, "exceeded")).toBe("");
    expect(stepsOf(stream)).toEqual(["local.1", "spare.1"]);
  });

  test("of a model goes by the name that the first target's provider has", () => {
    const modelMappings = { "openai.1": [{ match: "exact", pattern: "large", model: "gpt-4.1" }] };
    const state = spent("-1 models mini gpt-4.1", "-1 models mini o3");
    const steps = (model: string) => stepsOf(send(plugin({ modelMappings }), { body: ask(model), state }));
    expect(steps("large")).toEqual(["local.1 as mini", "spare.1 as mini"]);
    expect(steps("o3")).toEqual(["local.1 as mini", "spare.1 as mini"]);
    expect(steps("other")).toEqual(["openai.1"]);
  });

  test("and the next one, each once", () => {
    const state = spent("-1 b nano mini", "-1 a mini", "-1 c large nano");
    const stream = send(plugin(), { body: ask(), state });
    expect(stateOf(stream, "exceeded")).toBe("a,b,c");
    expect(stepsOf(stream)).toEqual(["openai.1 as large"]);
  });

  test("refuses where the caller may not use it, in the budget's words", () => {
    const state = { ...spent("-1 teams mini"), models: "large" };
    const stream = send(plugin(), { body: ask(), state });
    expect(errorOf(stream)).toMatchObject({ status: "429", code: "insufficient_quota" });
    expect(errorOf(stream).message).toContain("teams");
    expect(stream.sentDownstream.header("x-should-retry")).toBe("false");
  });
});
