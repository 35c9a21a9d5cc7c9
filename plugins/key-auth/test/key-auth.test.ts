// Key authentication on the Node host: who is let through as whom, who is turned away, and what neither learns.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import {
  bearer,
  configuration,
  expectPassed,
  expectRefused,
  hashOf,
  sendTo,
  startMs,
  stateOf,
  type Request,
} from "./request.ts";

let module: { bytes: Uint8Array<ArrayBuffer> };
let host: WasmHost;
let plugin: Plugin;
beforeAll(async () => void (module = await buildPlugin("key-auth")));
beforeEach(async () => {
  host = await WasmHost.load(module, { startMs });
  plugin = host.startPlugin({ configuration });
});

const send = (request: Request): HttpStream => sendTo(plugin, request);

describe("a key is taken", () => {
  test.each<[string, Request]>([
    ["as a bearer token", { headers: bearer("wk-ci") }],
    ["whatever the case of the scheme, and the spaces", { headers: [["authorization", "bEARER   wk-ci "]] }],
    ["from x-api-key", { headers: [["x-api-key", "wk-ci"]] }],
    ["from x-goog-api-key", { headers: [["x-goog-api-key", "wk-ci"]] }],
    ["from api-key", { headers: [["api-key", "wk-ci"]] }],
    ["from a header that the configuration names", { headers: [["x-team-key", "wk-ci"]] }],
    ["with a scheme from such a header", { headers: [["x-team-key", "Bearer wk-ci"]] }],
    ["from the parameter that it names", { path: "/v1/chat/completions?access=wk-ci" }],
    ["from an escaped one", { path: "/v1/chat/completions?%61ccess=wk%2Dci" }],
    ["from Gemini's parameter", { path: "/v1beta/models/gemini-pro:generateContent?key=wk-ci" }],
    [
      "where another scheme stands beside it",
      {
        headers: [
          ["authorization", "Basic eDp5"],
          ["x-api-key", "wk-ci"],
        ],
      },
    ],
    ["where two places have the same", { headers: [...bearer("wk-ci"), ["x-api-key", "wk-ci"]] }],
    [
      "where a place is empty",
      {
        headers: [
          ["authorization", "Bearer "],
          ["x-api-key", ""],
          ["api-key", "wk-ci"],
        ],
      },
    ],
  ])("%s", (_what, request) => {
    const stream = send(request);
    expectPassed(stream, "search");
    expect(stateOf(stream)).toEqual({
      consumer: "search",
      key: "ci",
      organization: "acme",
      team: "search-team",
      user: "ada@acme.example",
    });
    expect(stream.sentUpstream.header(":path")).not.toContain("wk");
  });

  test.each([
    ["/v1/responses/r?access=wk-ci", "/v1/responses/r"],
    ["/v1/responses/r?a=1&access=wk-ci&b=2", "/v1/responses/r?a=1&b=2"],
    ["/v1/responses/r?access=wk-ci&&a", "/v1/responses/r?&a"],
    ["/v1/responses/r?access=wk-ci&access=wk-ci", "/v1/responses/r"],
    ["/v1/models/m:countTokens?alt=sse&key=wk-ci", "/v1/models/m:countTokens?alt=sse"],
    ["/v1/models/m:countTokens?key=wk-ci&alt=sse", "/v1/models/m:countTokens?alt=sse"],
  ])("and is taken out of the query: %s", (path, left) => {
    expect(send({ path }).sentUpstream.header(":path")).toBe(left);
  });

  test("and what is no key of ours stays in the query", () => {
    const path = "/v1/responses/r?key=1&accesses=2&a=%26access%3Dx&access";
    expect(send({ path, headers: bearer("wk-ci") }).sentUpstream.header(":path")).toBe(path);
  });
});

test("whatever a client sends under the gateway's own names is removed", () => {
  const forged: [string, string][] = [
    ["x-weir-consumer", "billing"],
    ["x-weir-consumer", "root"],
    ["x-weir-models", "*"],
    ["x-weir-", "x"],
  ];
  expectPassed(send({ headers: [...forged, ...bearer("wk-ci")] }), "search");
});

describe("is turned away:", () => {
  test.each<[string, Request, number, string]>([
    ["no key", {}, 401, "weir_missing_api_key"],
    ["another scheme alone", { headers: [["authorization", "Basic d2stY2k="]] }, 401, "weir_missing_api_key"],
    ["a bare authorization", { headers: [["authorization", "wk-ci"]] }, 401, "weir_missing_api_key"],
    ["an unknown key", { headers: bearer("wk-other") }, 401, "weir_invalid_api_key"],
    ["the hash of a key", { headers: bearer(hashOf("wk-ci")) }, 401, "weir_invalid_api_key"],
    ["a key with something behind it", { headers: bearer("wk-ci,wk-old") }, 401, "weir_invalid_api_key"],
    ["a very long key", { headers: bearer("x".repeat(50_000)) }, 401, "weir_invalid_api_key"],
    ["bytes that are no text", { headers: bearer("\u00ff\u00fe\u0080") }, 401, "weir_invalid_api_key"],
    ["a disabled key", { headers: bearer("wk-off") }, 401, "weir_disabled_api_key"],
    [
      "different keys, both of them good",
      { headers: [...bearer("wk-ci"), ["x-api-key", "wk-small"]] },
      401,
      "weir_different_api_keys",
    ],
    [
      "different keys in one header",
      {
        headers: [
          ["x-api-key", "wk-ci"],
          ["x-api-key", "wk-small"],
        ],
      },
      401,
      "weir_different_api_keys",
    ],
    [
      "different keys in header and query",
      { path: "/v1/chat/completions?access=wk-small", headers: bearer("wk-ci") },
      401,
      "weir_different_api_keys",
    ],
    ["another network", { headers: bearer("wk-office"), address: "203.0.113.1:1" }, 403, "weir_address_not_allowed"],
    ["another route", { headers: bearer("wk-route"), route: { routes: "images" } }, 404, "weir_route_not_allowed"],
    ["no route at all", { headers: bearer("wk-route"), route: {} }, 404, "weir_route_not_allowed"],
  ])("%s", (_what, request, status, details) => expectRefused(send(request), status, details));

  test("an expired key, from the millisecond on", () => {
    host.advance(4999);
    expectPassed(send({ headers: bearer("wk-old") }), "search");
    host.advance(1);
    expectRefused(send({ headers: bearer("wk-old") }), 401, "weir_expired_api_key");
  });

  test("and cannot tell an unknown key from one that may not be used", () => {
    host.advance(10_000);
    const answers = ["wk-none", "wk-off", "wk-old"].map((key) => send({ headers: bearer(key) }).sentDownstream);
    expect(new Set(answers.map(({ headers, text }) => JSON.stringify([headers, text]))).size).toBe(1);
  });

  test("but the log tells whose key it was", () => {
    expect(stateOf(send({ headers: bearer("wk-off") }))).toEqual({ consumer: "billing", key: "off" });
  });

  test("with the places of different keys and never the keys", () => {
    const { text } = send({ headers: [...bearer("wk-ci"), ["x-api-key", "wk-small"]] }).sentDownstream;
    expect(text).toContain("authorization, x-api-key");
    expect(text).not.toContain("wk-");
  });

  test.each<[string, Request, object]>([
    ["OpenAI", {}, { error: { type: "invalid_request_error", code: "missing_api_key" } }],
    ["Anthropic", { path: "/v1/messages" }, { type: "error", error: { type: "authentication_error" } }],
    ["Gemini", { path: "/v1beta/models/m:generateContent" }, { error: { code: 401, status: "UNAUTHENTICATED" } }],
    [
      "Anthropic, as the route says",
      { method: "GET", path: "/v1/models", route: { client: "anthropic" } },
      { error: { type: "authentication_error" } },
    ],
  ])("in the form of %s", (_api, request, body) => {
    const { sentDownstream } = send(request);
    expect(JSON.parse(sentDownstream.text)).toMatchObject(body);
    expect(sentDownstream.header("www-authenticate")).toBe("Bearer");
    expect(sentDownstream.header("content-type")).toBe("application/json");
  });
});

describe("what a key may use", () => {
  test("is told to the plugins behind", () => {
    expect(stateOf(send({ headers: bearer("wk-small") }))).toMatchObject({ models: "gpt-*\no3" });
    expect(stateOf(send({ headers: bearer("wk-route") }))).toMatchObject({ routes: "chat\nbatch" });
    expect(Object.keys(stateOf(send({ headers: bearer("wk-ci") })))).not.toContain("models");
  });

  test("is passed where one of the routes that may serve the request is the key's", () => {
    expectPassed(send({ headers: bearer("wk-route"), route: { routes: "images\nbatch" } }), "billing");
  });

  const list = JSON.stringify([
    { id: "gpt-4o", routes: "chat", entry: { id: "gpt-4o", object: "model" } },
    { id: "claude", routes: "images", entry: { id: "claude", object: "model" } },
    { id: "o3", routes: "images\nbatch", entry: { id: "o3", object: "model" } },
  ]);
  const lists = (key: string, route: object = {}): HttpStream => {
    const metadata = { routes: "chat\nimages\nbatch", list, ...route };
    return send({ method: "GET", path: "/v1/models", headers: bearer(key), route: metadata });
  };

  test("is all that the lists of models hold", () => {
    const ids = (key: string) => (JSON.parse(lists(key).sentDownstream.text) as { data: { id: string }[] }).data;
    expect(ids("wk-small").map(({ id }) => id)).toEqual(["gpt-4o", "o3"]);
    expect(ids("wk-route").map(({ id }) => id)).toEqual(["gpt-4o", "o3"]);
    expectPassed(lists("wk-ci"), "search");
  });

  test.each([
    ["openai", { object: "list", data: [{ id: "gpt-4o" }, { id: "o3" }] }],
    ["anthropic", { data: [{ id: "gpt-4o" }, { id: "o3" }], has_more: false, first_id: "gpt-4o", last_id: "o3" }],
    ["gemini", { models: [{ id: "gpt-4o" }, { id: "o3" }] }],
  ])("in the form of %s", (client, body) => {
    expect(JSON.parse(lists("wk-small", { client }).sentDownstream.text)).toMatchObject(body);
  });

  test("though it be nothing", () => {
    const none = lists("wk-small", { client: "anthropic", list: "[]" }).sentDownstream.text;
    expect(JSON.parse(none)).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });

  describe("where it depends on who calls", () => {
    const some = JSON.stringify([
      { id: "all", routes: "chat", callers: [{ route: "images", consumers: "nobody" }], entry: { id: "all" } },
      {
        id: "canary",
        routes: "",
        callers: [{ route: "images", organizations: "ac*", teams: "x\nsearch-team" }],
        entry: { id: "canary" },
      },
      { id: "other", routes: "", callers: [{ route: "batch", consumers: "billing" }], entry: { id: "other" } },
    ]);
    const ids = (key: string) =>
      (JSON.parse(lists(key, { list: some, callers: "1" }).sentDownstream.text) as { data: { id: string }[] }).data;

    test("shows what is for such a caller", () => {
      expect(ids("wk-ci").map(({ id }) => id)).toEqual(["all", "canary"]);
      expect(ids("wk-route").map(({ id }) => id)).toEqual(["all", "other"]);
      expect(ids("wk-small")).toEqual([]);
    });

    test("tells of one model likewise", () => {
      const list = JSON.stringify([(JSON.parse(some) as unknown[])[1]]);
      const route = { routes: "chat", model: "canary", list, callers: "1" };
      const one = (key: string) => send({ method: "GET", path: "/v1/models/canary", headers: bearer(key), route });
      expectPassed(one("wk-ci"), "search");
      expectRefused(one("wk-route"), 404, "weir_model_not_allowed");
    });
  });

  test("is told of one model like of one that is not there", () => {
    const one = (model: string) =>
      send({
        method: "GET",
        path: `/v1/models/${model}`,
        headers: bearer("wk-small"),
        route: { routes: "chat", model },
      });
    expectPassed(one("gpt-4o"), "billing");
    expectRefused(one("claude"), 404, "weir_model_not_allowed");
    expect(JSON.parse(one("claude").sentDownstream.text)).toEqual({
      error: {
        message: "This gateway lists no such model",
        type: "invalid_request_error",
        param: "model",
        code: "model_not_found",
      },
    });
  });
});

test("memory is flat", () => {
  const sendMany = (count: number): number => {
    for (let i = 0; i < count; i++) {
      const stream = send({ headers: bearer(i % 2 ? "wk-office" : "wk-none") });
      if (!stream.isOver) stream.disconnect();
    }
    return plugin.root().vm.memory.buffer.byteLength;
  };
  const before = sendMany(2000);
  expect(sendMany(20_000)).toBe(before);
});

test("a key that is wrong is never said to be", () => {
  for (const token of ["wk-ci", "wk-off", "wk-other"]) send({ headers: bearer(token) });
  expect(host.messages().join("\n")).not.toContain("wk-");
});
