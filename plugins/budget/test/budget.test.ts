// The budget plugin on the Node host: who is refused, how each client is told, and what the targets' plugin learns.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";

const startMs = Date.UTC(2026, 10, 25);
let module: { bytes: Uint8Array<ArrayBuffer> };
let host: WasmHost;
beforeAll(async () => void (module = await buildPlugin("budget")));
beforeEach(async () => void (host = await WasmHost.load(module, { startMs })));

interface Request {
  path?: string;
  method?: string;
  /** What key-auth has found out. */
  known?: Record<string, string>;
  tags?: string;
}

function send(
  budgets: object[],
  { path = "/v1/chat/completions", method = "POST", known = {}, tags }: Request,
): HttpStream {
  const filterState = new Map<string, Uint8Array>();
  for (const [name, value] of Object.entries(known)) filterState.set(`wasm.weir.${name}`, Buffer.from(value));
  const plugin = host.startPlugin({ configuration: { budgets } });
  const headers: [string, string][] = [
    [":method", method],
    [":path", path],
    [":authority", "gateway"],
    ...(tags === undefined ? [] : [["weir-tags", tags] as [string, string]]),
  ];
  return plugin.openStream({ filterState }).sendRequest(headers, method === "POST" ? "{}" : undefined);
}

const teams = { name: "teams", by: ["team"], untilMs: startMs + 90_500, spent: [{ values: ["search"] }] };
const everybody = { name: "all", by: [], spent: [{ values: [] }] };

describe("refused", () => {
  test("is who has spent it, until it begins anew", () => {
    const stream = send([teams], { known: { team: "search" } });
    expect(stream.localReply).toMatchObject({ status: 429, details: "weir_insufficient_quota" });
    expect(stream.sentUpstream.headers).toBeNull();
    expect(stream.sentDownstream.header("retry-after")).toBe("91");
    expect(stream.sentDownstream.header("x-should-retry")).toBe("false");
    host.advance(90_500);
    expect(send([teams], { known: { team: "search" } }).localReply).toBeNull();
  });

  test("is everybody where it is everybody's", () => {
    const stream = send([everybody], {});
    expect(stream.localReply).toMatchObject({ status: 429 });
    expect(stream.sentDownstream.header("retry-after")).toBeUndefined();
  });

  test("is who has all of several values, and nobody with some of them", () => {
    const both = { name: "both", by: ["organization", "user"], spent: [{ values: ["acme", "ada"] }] };
    expect(send([both], { known: { organization: "acme", user: "ada" } }).localReply).not.toBeNull();
    expect(send([both], { known: { organization: "acme", user: "bob" } }).localReply).toBeNull();
    expect(send([both], { known: { organization: "acmeada" } }).localReply).toBeNull();
  });

  test.each([
    ["batch", true],
    [" other,batch ", true],
    ["other, ,batch,", true],
    ["batches", false],
    ["", false],
    [undefined, false],
  ])("is who tags a request with what is spent: %s", (tags, isRefused) => {
    const tagged = { name: "tags", by: ["team", "tag"], spent: [{ values: ["search", "batch"] }] };
    const request = tags === undefined ? {} : { tags };
    expect(send([tagged], { ...request, known: { team: "search" } }).localReply !== null).toBe(isRefused);
    expect(send([tagged], { ...request, known: { team: "ads" } }).localReply).toBeNull();
  });

  test.each([
    ["/v1/chat/completions", { error: { type: "insufficient_quota", code: "insufficient_quota" } }],
    ["/v1/messages", { type: "error", error: { type: "rate_limit_error" } }],
    ["/v1beta/models/gemini-2.5-pro:generateContent", { error: { code: 429, status: "RESOURCE_EXHAUSTED" } }],
  ])("%s in its client's own words", (path, error) => {
    const stream = send([everybody], { path });
    expect(stream.localReply?.status).toBe(429);
    const body = JSON.parse(Buffer.from(stream.localReply!.body).toString()) as object;
    expect(body).toMatchObject(error);
    expect(JSON.stringify(body)).toContain("the budget all is spent");
  });
});

describe("let through", () => {
  test.each<[string, Request]>([
    ["somebody else", { known: { team: "ads" } }],
    ["nobody in particular", {}],
    ["what only reads", { method: "GET", path: "/v1/responses/resp_1", known: { team: "search" } }],
    ["the list of models", { method: "GET", path: "/v1/models", known: { team: "search" } }],
  ])("%s", (_who, request) => {
    const stream = send([teams], request);
    expect(stream.localReply).toBeNull();
    expect(stream.filterState.has("wasm.weir.spent_models")).toBe(false);
  });

  test("whose models are spent, which the targets' plugin is told", () => {
    const models = { name: "models", by: ["team"], untilMs: 7, spent: [{ values: ["search"], models: "old" }] };
    const left = {
      name: "costly",
      by: ["team"],
      untilMs: startMs + 1,
      spent: [{ values: ["search"], models: "a\nb c" }],
    };
    const forever = { name: "never", by: [], spent: [{ values: [], models: "c" }] };
    const stream = send([models, left, forever], { known: { team: "search" } });
    expect(stream.localReply).toBeNull();
    const told = Buffer.from(stream.filterState.get("wasm.weir.spent_models")!).toString();
    expect(told).toBe(`${startMs + 1} costly a\n${startMs + 1} costly b c\n-1 never c`);
  });
});

test.each<[string, object]>([
  ["no list", {}],
  ["no name", { budgets: [{ by: [], spent: [] }] }],
  ["an unknown field", { budgets: [{ name: "n", by: ["model"], spent: [] }] }],
  ["values that are not there", { budgets: [{ name: "n", by: ["team"], spent: [{ values: [] }] }] }],
  ["a wrong time", { budgets: [{ name: "n", by: [], untilMs: -5, spent: [] }] }],
])("a configuration with %s is refused", (_what, configuration) => {
  expect(() => host.startPlugin({ configuration })).toThrow();
});
