// ai-fallback on the Node host: routes by caller and body, models under other names, and what bodies wish for.
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";

let host: WasmHost;
beforeAll(async () => {
  host = await WasmHost.load(await buildPlugin("ai-fallback"));
});

interface Request {
  path?: string;
  headers?: Record<string, string>;
  body?: object | string;
  /** Filter state that plugins in front have set. */
  state?: Record<string, string>;
}

const start = (configuration: object): Plugin => host.startPlugin({ configuration });

function route(name: string, models: string[], clusters: string[], more: object = {}): object {
  const targets = clusters.map((cluster, index) => ({ cluster, weight: index === 0 ? 1 : 0 }));
  return { name, models, targets, match: { pathPrefixes: ["/v1", "/v1beta"] }, ...more };
}

function send(plugin: Plugin, { path = "/v1/chat/completions", headers = {}, body = {}, state = {} }: Request) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const given: Record<string, string> = { ":method": "POST", ":path": path, ":authority": "gateway" };
  given["content-type"] = "application/json";
  given["content-length"] = String(Buffer.byteLength(text));
  const filterState = new Map(
    Object.entries(state).map(([name, value]): [string, Uint8Array] => [`wasm.weir.${name}`, Buffer.from(value)]),
  );
  return plugin.openStream({ filterState }).sendRequest(Object.entries({ ...given, ...headers }), text);
}

const stateOf = (stream: HttpStream, name: string): string =>
  Buffer.from(stream.filterState.get(`wasm.weir.${name}`) ?? "").toString();

interface Step {
  cluster: string;
  asked?: string;
}

/** `openai as gpt-4.1`: the plan's steps, or the one target where there is no plan. */
function stepsOf(stream: HttpStream): string[] {
  expect(stream.localReply && stream.sentDownstream.text).toBeNull();
  const plan = stateOf(stream, "plan");
  if (plan === "") return [stateOf(stream, "target")];
  const { targets } = JSON.parse(plan) as { targets: Step[] };
  expect(stateOf(stream, "target")).toBe(targets[0]!.cluster);
  return targets.map(({ cluster, asked }) => (asked === undefined ? cluster : `${cluster} as ${asked}`));
}

function errorOf(stream: HttpStream): { status: string; code?: string; param?: string; message: string } {
  const { error } = JSON.parse(stream.sentDownstream.text) as { error: { message: string } };
  return { ...error, status: stream.sentDownstream.header(":status")! };
}

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

describe("auto", () => {
  const image = "data:image/png;base64,iVBORw0KGgo=";
  const tool = { type: "function", function: { name: "look_up", parameters: { type: "object" } } };
  let plugin: Plugin;
  beforeAll(() => {
    plugin = start({
      routes: [route("all", ["*"], ["a"])],
      auto: {
        model: "default",
        rules: [
          { images: true, tools: false, model: "vision" },
          { tools: true, model: "tools" },
          { matches: "(?i)\\b(sql|python)\\b", tokensMax: 200, model: "code" },
          { tokensMin: 100, model: "long" },
        ],
      },
    });
  });
  const chosen = (request: Request): string => stepsOf(send(plugin, request))[0]!.replace("a as ", "");
  const chat = (content: unknown, more: object = {}) => ({
    body: { model: "auto", messages: [{ role: "user", content }], ...more },
  });

  test.each<[string, string, Request]>([
    ["a plain question", "default", chat("Hello")],
    ["a word in any case", "code", chat("Write some SQL")],
    ["a part of a word", "default", chat("mysqlx")],
    ["a long text", "long", chat("word ".repeat(80))],
    ["399 bytes are 100 tokens", "long", chat("x".repeat(397))],
    ["396 bytes are 99", "default", chat("x".repeat(396))],
    ["a word in a very long text", "long", chat(`sql ${"word ".repeat(300)}`)],
    ["tools", "tools", chat("Write SQL", { tools: [tool] })],
    ["no tools in the list", "code", chat("Write SQL", { tools: [] })],
    ["functions", "tools", chat("x", { functions: [tool.function] })],
    [
      "an image",
      "vision",
      chat([
        { type: "text", text: "sql" },
        { type: "image_url", image_url: { url: image } },
      ]),
    ],
    ["an image and tools", "tools", chat([{ type: "image_url", image_url: { url: image } }], { tools: [tool] })],
    [
      "what was said before",
      "default",
      {
        body: {
          model: "auto",
          messages: [
            { role: "user", content: "sql" },
            { role: "assistant", content: "sql" },
            { role: "user", content: "Thanks" },
          ],
        },
      },
    ],
    [
      "the user, not who answers",
      "code",
      {
        body: {
          model: "auto",
          messages: [
            { role: "user", content: [{ type: "text", text: "python" }] },
            { role: "assistant", content: "Hm" },
          ],
        },
      },
    ],
    ["completions", "code", { path: "/v1/completions", body: { model: "auto", prompt: "sql" } }],
    ["completions of a list", "code", { path: "/v1/completions", body: { model: "auto", prompt: ["a", "sql"] } }],
    ["responses with a text", "code", { path: "/v1/responses", body: { model: "auto", input: "sql" } }],
    [
      "responses with messages",
      "vision",
      {
        path: "/v1/responses",
        body: {
          model: "auto",
          input: [
            {
              role: "user",
              content: [
                { type: "input_text", text: "Look" },
                { type: "input_image", image_url: image },
              ],
            },
          ],
        },
      },
    ],
    [
      "responses after a call",
      "code",
      {
        path: "/v1/responses",
        body: {
          model: "auto",
          instructions: "Be brief",
          input: [
            { type: "message", role: "user", content: "sql?" },
            { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
            { type: "function_call_output", call_id: "c", output: "done" },
          ],
        },
      },
    ],
    [
      "Anthropic's messages",
      "code",
      {
        path: "/v1/messages",
        body: {
          model: "auto",
          max_tokens: 9,
          system: [{ type: "text", text: "Be brief" }],
          messages: [{ role: "user", content: [{ type: "text", text: "SQL, please" }] }],
        },
      },
    ],
    [
      "Anthropic's results of tools, which are not what the user says",
      "code",
      {
        path: "/v1/messages",
        body: {
          model: "auto",
          messages: [
            { role: "user", content: "python" },
            { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
            { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "nothing" }] },
          ],
        },
      },
    ],
    [
      "an image in the result of a tool",
      "vision",
      {
        path: "/v1/messages",
        body: {
          model: "auto",
          messages: [
            {
              role: "user",
              content: [
                {
                  type: "tool_result",
                  tool_use_id: "t",
                  content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "aaaa" } }],
                },
              ],
            },
          ],
        },
      },
    ],
    [
      "Gemini's contents",
      "code",
      { path: "/v1beta/models/auto:generateContent", body: { contents: [{ parts: [{ text: "sql" }] }] } },
    ],
    [
      "Gemini's images",
      "vision",
      {
        path: "/v1beta/models/auto:streamGenerateContent",
        body: { contents: [{ role: "user", parts: [{ inlineData: { mimeType: "image/png", data: "aaaa" } }] }] },
      },
    ],
    [
      "Gemini's tools",
      "tools",
      {
        path: "/v1beta/models/auto:generateContent",
        body: { contents: [], tools: [{ functionDeclarations: [{ name: "f" }] }] },
      },
    ],
    ["a body without a conversation", "default", { body: { model: "auto", messages: null, tools: "x" } }],
  ])("%s: %s", (_what, model, request) => {
    expect(chosen(request)).toBe(model);
  });

  test("is what a key must allow", () => {
    expect(errorOf(send(plugin, { ...chat("x"), state: { models: "default" } }))).toMatchObject({ status: "404" });
    expect(stepsOf(send(plugin, { ...chat("x"), state: { models: "auto" } }))).toEqual(["a as default"]);
  });

  test("is a name like any other without rules", () => {
    expect(stepsOf(send(start({ routes: [route("all", ["*"], ["a"])] }), chat("x")))).toEqual(["a"]);
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
    ["a speed", { provider: { sort: "throughput" } }, { param: "provider.sort" }],
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
