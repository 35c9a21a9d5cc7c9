// ai-fallback on the Node host: routes by caller and body, and models under other names.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { errorOf, route, send, stateOf, stepsOf, type Request } from "./request.ts";

let host: WasmHost;
beforeAll(async () => {
  host = await WasmHost.load(await buildPlugin("ai-fallback"));
});
const start = (configuration: object): Plugin => host.startPlugin({ configuration });

describe("a route asks who calls", () => {
  let plugin: Plugin;
  beforeAll(() => {
    const match = (callers: object) => ({ match: { pathPrefixes: ["/v1"], ...callers } });
    plugin = start({
      routes: [
        route("by-consumer", ["m"], ["a"], match({ consumers: ["anna", "batch-*"] })),
        route("by-tenant", ["m"], ["b"], match({ organizations: ["acme"] })),
        route("by-both", ["m"], ["c"], match({ organizations: ["umbrella"], teams: ["red*"] })),
        route("others", ["m"], ["d"]),
      ],
    });
  });
  test.each<[string, Record<string, string>]>([
    ["by-consumer", { consumer: "anna" }],
    ["by-consumer", { consumer: "batch-7", organization: "acme" }],
    ["by-tenant", { consumer: "anna2", organization: "acme" }],
    ["by-both", { organization: "umbrella", team: "red-2" }],
    ["others", { organization: "umbrella", team: "blue" }],
    ["others", { team: "red" }],
    ["others", { consumer: "batch" }],
    ["others", {}],
  ])("%s: %o", (name, state) => {
    expect(stateOf(send(plugin, { body: { model: "m" }, state }), "route")).toBe(name);
  });

  test("and takes nobody's own word for it", () => {
    const stream = send(plugin, { body: { model: "m" }, headers: { "x-weir-consumer": "anna" } });
    expect(stateOf(stream, "route")).toBe("others");
  });
});

describe("a route asks for a field of the body", () => {
  let plugin: Plugin;
  beforeAll(() => {
    const match = (...body: object[]) => ({ match: { pathPrefixes: ["/v1", "/v1beta"], body } });
    plugin = start({
      routes: [
        route("gold", ["m"], ["a"], match({ path: ["metadata", "tier"], value: "gold" })),
        route("deep", ["m"], ["b"], match({ path: ["a", "b", "c"], value: "x*" }, { path: ["n"], value: "5" })),
        route("stream", ["m"], ["c"], match({ path: ["stream"], value: "true" })),
        route("others", ["*"], ["d"]),
      ],
    });
  });
  test.each<[string, Request]>([
    ["gold", { body: { model: "m", metadata: { tier: "gold" } } }],
    ["gold", { body: '{"metadata":{"x":{"tier":"no"},"ti\\u0065r":"g\\u006fld"},"model":"m"}' }],
    ["gold", { path: "/v1beta/models/m:generateContent", body: { metadata: { tier: "gold" } } }],
    ["others", { body: { model: "m", metadata: { tier: "golden" } } }],
    ["others", { body: { model: "m", metadata: [{ tier: "gold" }] } }],
    ["others", { body: { model: "m", metadata: "gold", tier: "gold" } }],
    ["deep", { body: { model: "m", n: 5, a: { b: { c: "xyz" } } } }],
    ["others", { body: { model: "m", n: 50, a: { b: { c: "xyz" } } } }],
    ["others", { body: { model: "m", n: 5, a: { b: { c: { x: 1 } } } } }],
    ["stream", { body: { model: "m", stream: true } }],
    ["others", { body: { model: "m", stream: false } }],
    ["others", { body: { model: "m", stream: null } }],
  ])("%s: %o", (name, request) => {
    const stream = send(plugin, request);
    expect(stateOf(stream, "route")).toBe(name);
    expect(stream.sentUpstream.text).toBe(
      typeof request.body === "string" ? request.body : JSON.stringify(request.body),
    );
  });
});

describe("an alias", () => {
  let plugin: Plugin;
  beforeAll(() => {
    plugin = start({
      routes: [route("chat", ["gpt-*"], ["a", "b"]), route("one", ["o3"], ["c"])],
      aliases: [
        { name: "fast", model: "gpt-mini" },
        { name: "gpt-old", model: "o3" },
        { name: "lost", model: "nowhere" },
      ],
    });
  });

  test("has its model's route and plan", () => {
    const stream = send(plugin, { body: { model: "fast" } });
    expect(stepsOf(stream)).toEqual(["a as gpt-mini", "b as gpt-mini"]);
    expect(stateOf(stream, "route")).toBe("chat");
    expect(stream.sentUpstream.text).toBe('{"model":"fast"}');
    expect(stream.sentUpstream.header("x-weir-planned")).toBe("gpt-mini");
  });

  test("goes before a model of its name, and makes a plan where there is one target", () => {
    expect(stepsOf(send(plugin, { body: { model: "gpt-old" } }))).toEqual(["c as o3"]);
  });

  test("may stand in a path", () => {
    expect(stepsOf(send(plugin, { path: "/v1beta/models/fast:generateContent" }))).toEqual([
      "a as gpt-mini",
      "b as gpt-mini",
    ]);
  });

  test.each<[string, string, boolean]>([
    ["fast", "fast", true],
    ["fa*", "fast", true],
    ["gpt-*", "fast", false],
    ["o3", "gpt-old", false],
    ["gpt-*", "gpt-old", true],
  ])("is what a key with %s must allow: %s %o", (models, model, isAllowed) => {
    const stream = send(plugin, { body: { model }, state: { models } });
    if (isAllowed) stepsOf(stream);
    else expect(errorOf(stream)).toMatchObject({ status: "404", code: "model_not_found" });
  });

  test("leaves others as they are, without a plan of their own", () => {
    const stream = send(plugin, { body: { model: "o3" }, state: { models: "x" } });
    expect(stepsOf(stream)).toEqual(["c"]);
    expect(stream.sentUpstream.header("x-weir-planned")).toBeUndefined();
  });

  test("that leads nowhere is no model", () => {
    expect(errorOf(send(plugin, { body: { model: "lost" } }))).toMatchObject({ status: "404", param: "model" });
    const messages = send(plugin, { path: "/v1/messages", body: { model: "lost" } });
    expect(JSON.parse(messages.sentDownstream.text)).toMatchObject({ error: { type: "not_found_error" } });
  });
});

describe("provider/model", () => {
  let plugin: Plugin;
  beforeAll(() => {
    plugin = start({
      providerNames: true,
      routes: [
        route("chat", ["gpt-*"], ["openai/a.0a", "openai/b.0a", "azure.0b"]),
        route("slash", ["meta/llama", "azure/x"], ["local.0c"]),
        route("any", ["*"], ["local.0c"], { fallbacks: [{ cluster: "claude.0d" }] }),
        route("behind", ["*"], ["secret.0e"]),
      ],
      aliases: [{ name: "cheap", model: "azure/gpt-mini" }],
    });
  });

  test.each<[string, string[]]>([
    ["openai/gpt-4", ["openai/a.0a as gpt-4", "openai/b.0a as gpt-4"]],
    ["OpenAI/gpt-4", ["openai/a.0a as gpt-4", "openai/b.0a as gpt-4"]],
    ["openai/b/gpt-4", ["openai/b.0a as gpt-4"]],
    ["azure/gpt-4", ["azure.0b as gpt-4"]],
    ["claude/gpt-4", ["claude.0d as gpt-4"]],
    ["cheap", ["azure.0b as gpt-mini"]],
    // Names with a slash of which no provider is one.
    ["meta/llama", ["local.0c"]],
    ["azure/x", ["local.0c"]],
    ["meta/other", ["local.0c", "claude.0d"]],
    ["openai/", ["local.0c", "claude.0d"]],
    ["/gpt-4", ["local.0c", "claude.0d"]],
  ])("%s", (model, steps) => {
    expect(stepsOf(send(plugin, { body: { model } }))).toEqual(steps);
  });

  test("does not reach behind a route that serves everything", () => {
    expect(stepsOf(send(plugin, { body: { model: "secret/m" } }))).toEqual(["local.0c", "claude.0d"]);
  });

  test("is allowed to who may use the model, or the name as it is", () => {
    const allowed = (models: string) => send(plugin, { body: { model: "azure/gpt-4" }, state: { models } });
    expect(stepsOf(allowed("gpt-4"))).toEqual(["azure.0b as gpt-4"]);
    expect(stepsOf(allowed("azure/*"))).toEqual(["azure.0b as gpt-4"]);
    expect(errorOf(allowed("gpt-5\nopenai/*"))).toMatchObject({ status: "404", code: "model_not_found" });
    const cheap = send(plugin, { body: { model: "cheap" }, state: { models: "gpt-*" } });
    expect(errorOf(cheap)).toMatchObject({ status: "404" });
  });

  test("keeps to the routes of the key", () => {
    const stream = send(plugin, { body: { model: "azure/gpt-4" }, state: { routes: "any" } });
    expect(stepsOf(stream)).toEqual(["local.0c", "claude.0d"]);
  });

  test("is a model's name where nobody has switched it on", () => {
    const off = start({ routes: [route("chat", ["gpt-*"], ["openai.0a"]), route("any", ["*"], ["local.0c"])] });
    expect(stepsOf(send(off, { body: { model: "openai/gpt-4" } }))).toEqual(["local.0c"]);
  });
});

test.each<[string, object, string]>([
  ["an alias without a model", { aliases: [{ name: "a" }] }, "aliases[0].model must be a text that is not empty"],
  ["auto without a model", { auto: { rules: [] } }, "auto.model must be a text that is not empty"],
  ["a broken expression", { auto: { model: "m", rules: [{ matches: "(", model: "x" }] } }, "auto.rules[0].matches"],
  [
    "a body's field without a path",
    { routes: [route("r", ["*"], ["a"], { match: { pathPrefixes: ["/v1"], body: [{ path: [], value: "x" }] } })] },
    "routes[0].match.body[0].path",
  ],
])("%s is refused", (_what, configuration, problem) => {
  const routes = [route("r", ["*"], ["a"])];
  expect(() => start({ routes, ...configuration })).toThrow();
  expect(host.logs.map(({ message }) => message).join("\n")).toContain(problem);
});
