// ai-fallback on the Node host: which route a request takes, and what is refused.
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";

const route = (name: string, models: string[], match: object = {}): object => ({
  name,
  match: { hosts: [], pathPrefixes: ["/v1", "/v1beta"], headers: [], ...match },
  models,
  targets: [{ cluster: name }],
});

const configuration = {
  bodyBytesMax: 1024,
  routes: [
    route("by-header", ["gpt-*"], { headers: [{ name: "x-tier", value: "gold" }] }),
    route("by-host", ["gpt-*"], { hosts: ["one.example", "*.wild.example"] }),
    route("by-query", ["gpt-*"], { query: [{ name: "tier", value: "gold" }] }),
    route("by-cookie", ["gpt-*"], { cookies: [{ name: "tier", value: "gold" }] }),
    route("by-path", ["gpt-*"], { pathPrefixes: ["/other/v1"] }),
    route("exact", ["gpt-4", "o3"]),
    route("prefix", ["gpt-*"]),
    route("never", ["gpt-4o"]),
  ],
};

let host: WasmHost;
let plugin: Plugin;
beforeAll(async () => {
  host = await WasmHost.load(await buildPlugin("ai-fallback"));
  plugin = host.startPlugin({ configuration });
});

interface Request {
  method?: string;
  path?: string;
  authority?: string;
  headers?: [string, string][];
  body?: string;
  /** The routes that the caller may use, as a plugin in front has told it. */
  allowed?: string;
  /** Who the caller is, likewise. */
  consumer?: string;
}

function send({ method = "POST", path = "/v1/chat/completions", authority = "gateway", ...more }: Request): HttpStream {
  const headers: [string, string][] = [
    [":method", method],
    [":path", path],
    [":authority", authority],
    ...(more.headers ?? [["content-type", "application/json"]]),
  ];
  const filterState = new Map<string, Uint8Array>();
  if (more.consumer) filterState.set("wasm.weir.consumer", Buffer.from(more.consumer));
  if (more.allowed) filterState.set("wasm.weir.routes", Buffer.from(more.allowed));
  return plugin.openStream({ bufferLimit: 65_536, filterState }).sendRequest(headers, more.body);
}

const model = (name: string): string => JSON.stringify({ messages: [{ model: "decoy" }], model: name });
const state = (stream: HttpStream, name: string): string =>
  Buffer.from(stream.filterState.get(`wasm.weir.${name}`) ?? "").toString();
const target = (stream: HttpStream): string => state(stream, "target");
const gold: [string, string][] = [
  ["content-type", "application/json"],
  ["x-tier", "gold"],
];

describe("the first route that fits", () => {
  test.each<[string, Request]>([
    ["exact", { body: model("gpt-4") }],
    ["exact", { body: model("o3") }],
    ["prefix", { body: model("gpt-4o") }],
    ["prefix", { body: model("gpt-") }],
    ["by-header", { body: model("gpt-4"), headers: gold }],
    ["by-host", { body: model("gpt-4"), authority: "one.example:8080" }],
    ["by-host", { body: model("gpt-4"), authority: "ONE.example" }],
    ["by-host", { body: model("gpt-4"), authority: "a.b.wild.example" }],
    ["exact", { body: model("gpt-4"), authority: "wild.example" }],
    ["exact", { body: model("gpt-4"), authority: "[::1]:80" }],
    ["by-query", { body: model("gpt-4"), path: "/v1/chat/completions?a=1&tier=gold" }],
    ["exact", { body: model("gpt-4"), path: "/v1/chat/completions?tier=golden&x=tier=gold" }],
    [
      "by-cookie",
      {
        body: model("gpt-4"),
        headers: [
          ["content-type", "application/json"],
          ["cookie", "a=1; tier=gold"],
        ],
      },
    ],
    [
      "exact",
      {
        body: model("gpt-4"),
        headers: [
          ["content-type", "application/json"],
          ["cookie", "tier=gold2"],
        ],
      },
    ],
    ["by-path", { body: model("gpt-4"), path: "/other/v1/embeddings?x" }],
    ["by-header", { method: "GET", path: "/v1/responses/resp_1", headers: gold }],
    ["exact", { method: "GET", path: "/v1/responses/resp_1", headers: [] }],
    ["exact", { path: "/v1/responses/resp_1/cancel", body: "{}" }],
    ["prefix", { path: "/v1beta/models/gpt-4o:generateContent", body: "{}" }],
    ["prefix", { path: "/v1/models/gpt-4o:streamGenerateContent?alt=sse", body: "{}" }],
    ["exact", { path: "/v1beta/models/%67pt-4:countTokens", body: '{"model":"gpt-4o"}' }],
    ["prefix", { path: "/v1/messages", body: model("gpt-4o") }],
    ["exact", { path: "/v1/messages/count_tokens", body: model("o3") }],
  ])("%s: %o", (name, request) => {
    const stream = send(request);
    expect(stream.localReply).toBeNull();
    expect(target(stream)).toBe(name);
    expect(state(stream, "route")).toBe(name);
    expect(stream.routeCacheCleared).toBe(true);
    expect(stream.sentUpstream.text).toBe(request.body ?? "");
    expect(stream.sentUpstream.ended).toBe(true);
  });

  test("is found by the model of a form", () => {
    const body = '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\ngpt-4\r\n--b--\r\n';
    const headers: [string, string][] = [["content-type", "multipart/form-data; boundary=b"]];
    expect(target(send({ path: "/v1/audio/transcriptions", headers, body }))).toBe("exact");
  });

  test("is found wherever the body is cut", () => {
    const body = model("gpt-4");
    for (let cut = 0; cut <= body.length; cut++) {
      const stream = plugin.openStream().requestHeaders([
        [":method", "POST"],
        [":path", "/v1/chat/completions"],
        [":authority", "gateway"],
        ["content-type", "application/json"],
      ]);
      stream.requestBody(body.slice(0, cut));
      stream.requestBody(body.slice(cut), { endOfStream: cut % 2 === 0 });
      if (cut % 2) stream.requestTrailers([["x-end", "1"]]);
      expect(target(stream)).toBe("exact");
      expect(stream.sentUpstream.text).toBe(body);
    }
  });
});

test("a client cannot choose the target, nor set any header of the gateway's or of its router's", () => {
  const headers: [string, string][] = [
    ["content-type", "application/json"],
    ["x-weir-planned", "1"],
    ["x-weir-anything", "x"],
    ["x-weir-anything", "x"],
    ["x-envoy-max-retries", "9"],
    ["x-envoy-retry-on", "5xx"],
    ["x-envoy-retriable-status-codes", "200"],
    ["x-envoy-upstream-rq-per-try-timeout-ms", "1"],
    ["x-envoy-hedge-on-per-try-timeout", "true"],
    ["x-envoy-external-address", "10.0.0.1"],
  ];
  const stream = send({ headers, body: model("gpt-4") });
  const names = stream.sentUpstream.headers?.map(([name]) => name);
  expect(names).toEqual([":method", ":path", ":authority", "content-type", "x-envoy-external-address"]);
  expect(target(stream)).toBe("exact");
});

test("the caller's name stays only where it is what a plugin in front has found", () => {
  const named = (name: string, found?: string): string | undefined => {
    const headers: [string, string][] = [
      ["content-type", "application/json"],
      ["x-weir-consumer", name],
    ];
    return send({ headers, body: model("gpt-4"), ...(found && { consumer: found }) }).sentUpstream.header(
      "x-weir-consumer",
    );
  };
  expect(named("search", "search")).toBe("search");
  expect(named("search", "billing")).toBeUndefined();
  expect(named("search")).toBeUndefined();
});

test("a route that the caller may not use is as good as absent", () => {
  expect(target(send({ body: model("gpt-4"), allowed: "exact\nnever" }))).toBe("exact");
  expect(target(send({ body: model("gpt-4"), allowed: "prefix" }))).toBe("prefix");
  expect(target(send({ body: model("gpt-4o"), allowed: "exact\nnever" }))).toBe("never");
  const refused = send({ body: model("o3"), allowed: "prefix\nexac" });
  expect(refused.sentDownstream.text).toBe(
    send({ body: model("llama") }).sentDownstream.text.replaceAll("llama", "o3"),
  );
});

describe("refuses", () => {
  test.each<[string, number, string, Request]>([
    ["a model that no route serves", 404, "model_not_found", { body: model("llama") }],
    ["one that another path serves", 404, "model_not_found", { path: "/v2/embeddings", body: model("gpt-4") }],
    [
      "one below a path that only begins alike",
      404,
      "model_not_found",
      { path: "/v10/embeddings", body: model("gpt-4") },
    ],
    ["a request without a model", 400, "missing_required_parameter", { body: "{}" }],
    ["a model that is no text", 400, "invalid_type", { body: '{"model":1}' }],
    ["two models", 400, "repeated_parameter", { body: '{"model":"gpt-4","model":"o3"}' }],
    ["a body that is not JSON", 400, "invalid_json", { body: "{" }],
    ["no body", 400, "invalid_json", {}],
    ["a body of another type", 415, "unsupported_content_type", { headers: [], body: "{}" }],
    ["a large body", 413, "request_too_large", { body: model("x".repeat(1024)) }],
    ["an unknown path", 404, "unknown_url", { path: "/v1/nothing", body: model("gpt-4") }],
    ["a wrong method", 404, "unknown_url", { method: "PUT", body: model("gpt-4") }],
  ])("%s", (_what, status, code, request) => {
    const stream = send(request);
    expect(stream.localReply).toMatchObject({ status, details: `weir_${code}` });
    expect(JSON.parse(stream.sentDownstream.text)).toMatchObject({ error: { type: "invalid_request_error", code } });
    expect(stream.sentDownstream.header("content-type")).toBe("application/json");
    expect(stream.sentUpstream.headers).toBeNull();
  });
});

test.each<[string, unknown]>([
  ["the configuration is not valid JSON at byte 0", ""],
  ["the configuration must be an object", []],
  ["routes must be a list", {}],
  ["bodyBytesMax must be a whole number from 1 to 2147483647", { bodyBytesMax: -1, routes: [] }],
  ["routes[0] must be an object", { routes: [7] }],
  ["routes[0].targets must be a list of at least one target", { routes: [{ ...route("a", ["*"]), targets: [] }] }],
  [
    "routes[0].targets[0].cluster must be a text that is not empty",
    { routes: [{ ...route("a", ["*"]), targets: [{}] }] },
  ],
  [
    "routes[0].targets[1].weight must be a whole number from 0 to 2147483647",
    { routes: [{ ...route("a", ["*"]), targets: [{ cluster: "a" }, { cluster: "b", weight: -1 }] }] },
  ],
  [
    "routes[0].balance must be one of weighted, roundRobin, leastBusy, fastest, cheapest",
    { routes: [{ ...route("a", ["*"]), balance: "best" }] },
  ],
  [
    "routes[0].affinity.by must be one of header, cookie, promptCacheKey, conversation",
    { routes: [{ ...route("a", ["*"]), affinity: { by: "moon", name: "x" } }] },
  ],
  [
    "routes[0].affinity.name must be a text that is not empty",
    { routes: [{ ...route("a", ["*"]), affinity: { by: "header" } }] },
  ],
  [
    "routes[0].fallbackOn.statuses[1] must be a status as 429, or a class of them as 5xx",
    { routes: [{ ...route("a", ["*"]), fallbackOn: { statuses: ["5xx", "2xx"] } }] },
  ],
  ["routes[0].lastResort must be an object", { routes: [{ ...route("a", ["*"]), lastResort: "Sorry" }] }],
  ["routes[1].models must be a list of at least one model", { routes: [route("a", ["*"]), route("b", [])] }],
  [
    "routes[0].match.pathPrefixes must be a list of at least one path",
    { routes: [{ targets: [{ cluster: "a" }], models: ["*"] }] },
  ],
  ["routes[0].models[1] must be a text that is not empty", { routes: [route("a", ["x", ""])] }],
  ["routes[0].match.hosts must be a list", { routes: [route("a", ["*"], { hosts: "x" })] }],
  [
    "routes[0].match.headers[0].name must be a text that is not empty",
    { routes: [route("a", ["*"], { headers: [{}] })] },
  ],
])("names what is wrong in its configuration: %s", (problem, value) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  expect(() => host.startPlugin({ configuration: text })).toThrow(`ai-fallback: ${problem}`);
});

test("a route is for the ways in that it names, and for the gateway's own listener where it names none", () => {
  const doors = (name: string, own: string[]): object => ({ ...route(name, ["*"]), doors: own });
  const routes = [doors("rule", ["HTTPRoute/a/b/0"]), doors("both", ["own", "Gateway/a/b/c"]), route("own", ["*"])];
  const mine = host.startPlugin({ configuration: { routes } });
  const taken = (door?: string): string => {
    const properties = door ? { xds: { route_metadata: { filter_metadata: { weir: { door } } } } } : {};
    const stream = mine.openStream({ properties }).sendRequest(
      [
        [":method", "POST"],
        [":path", "/v1/chat/completions"],
        [":authority", "gateway"],
        ["content-type", "application/json"],
      ],
      model("gpt-4"),
    );
    return stream.localReply ? "nothing" : state(stream, "route");
  };
  expect(taken()).toBe("both");
  expect(taken("HTTPRoute/a/b/0")).toBe("rule");
  expect(taken("Gateway/a/b/c")).toBe("both");
  expect(taken("HTTPRoute/a/b/1")).toBe("nothing");
});
