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

describe("tags in a body's metadata", () => {
  interface Tagged {
    metadata: unknown;
    names?: string[];
    own?: string;
    path?: string;
    type?: string;
    budgets?: object[];
    more?: object;
  }
  const ask = ({ metadata, own, path = "/v1/chat/completions", type = "application/json", ...given }: Tagged) => {
    const { names = ["customer", "user_id"], budgets = [], more = {} } = given;
    const plugin = host.startPlugin({ configuration: { budgets, metadataTags: names, bodyBytesMax: 10_000 } });
    const headers: [string, string][] = [
      ...([
        [":method", "POST"],
        [":path", path],
        [":authority", "gateway"],
        ["content-type", type],
      ] as [string, string][]),
      ...(own === undefined ? [] : [["weir-tags", own] as [string, string]]),
    ];
    const body = typeof metadata === "string" ? metadata : JSON.stringify({ model: "m", metadata, ...more });
    return plugin.openStream({ bufferLimit: 1_000_000 }).sendRequest(headers, body);
  };
  const tagsOf = (tagged: Tagged): string | undefined => {
    const stream = ask(tagged);
    expect(stream.localReply).toBeNull();
    expect(stream.sentUpstream.ended).toBe(true);
    return stream.sentUpstream.header("weir-tags") ?? undefined;
  };

  test("are those that are named, in front of the client's own", () => {
    const metadata = { customer: "acme", other: "secret", user_id: "u-1" };
    expect(tagsOf({ metadata })).toBe("customer:acme,user_id:u-1");
    expect(tagsOf({ metadata, own: "nightly, web" })).toBe("customer:acme,user_id:u-1,nightly, web");
    expect(tagsOf({ metadata: { user_id: "u-2" }, path: "/v1/messages" })).toBe("user_id:u-2");
    expect(tagsOf({ metadata: { customer: 42, user_id: true } })).toBe("customer:42,user_id:true");
  });

  test.each<[string, unknown]>([
    ["an object", { customer: { name: "acme" } }],
    ["a list", { customer: ["acme"] }],
    ["nothing", { customer: null }],
    ["empty", { customer: "" }],
    ["no object", "acme"],
    ["not there", undefined],
    ["no JSON", '{"metadata": {"customer": '],
    ["nested too deeply", `{"metadata":${"[".repeat(2000)}${"]".repeat(2000)}}`],
  ])("that are %s are none", (_what, metadata) => {
    expect(tagsOf({ metadata, own: "web" })).toBe("web");
  });

  test("are cut between characters, and end neither a tag nor a header", () => {
    expect(tagsOf({ metadata: { customer: "a,b\r\nx: y\u0000" } })).toBe("customer:a_b__x: y_");
    const cut = tagsOf({ metadata: { customer: "é".repeat(100) } })!;
    expect(cut).toBe(`customer:${"é".repeat(27)}`);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(64);
  });

  test("are as many as a header has room for", () => {
    const names = Array.from({ length: 10 }, (_, i) => `name${i}`);
    const metadata = Object.fromEntries(names.map((name) => [name, "v".repeat(100)]));
    const tags = tagsOf({ metadata, names, own: "web" })!;
    expect(tags.length).toBeLessThanOrEqual(512);
    expect(tags.split(",").map((tag) => tag.length)).toEqual([64, 64, 64, 64, 64, 64, 64, 3]);
    expect(tagsOf({ metadata: { customer: "acme" }, own: "x".repeat(600) })).toBe("customer:acme");
  });

  test("are not looked for in what is too long, or no JSON", () => {
    expect(tagsOf({ metadata: { customer: "acme" }, more: { x: "y".repeat(20_000) } })).toBeUndefined();
    expect(tagsOf({ metadata: { customer: "acme" }, type: "multipart/form-data; boundary=x" })).toBeUndefined();
  });

  test("are what budgets go by", () => {
    const budgets = [{ name: "acme", by: ["tag"], spent: [{ values: ["customer:acme"] }] }];
    expect(ask({ metadata: { customer: "acme" }, budgets }).localReply).toMatchObject({ status: 429 });
    expect(ask({ metadata: { customer: "other" }, budgets }).localReply).toBeNull();
  });
});

describe("a budget that names a cheaper model", () => {
  const moving = { ...teams, cheaperModel: "mini" };
  const stateOf = (stream: HttpStream, name: string) =>
    Buffer.from(stream.filterState.get(`wasm.weir.${name}`) ?? "").toString();
  const known = { team: "search" };

  test("lets chats through, and tells where they go", () => {
    const stream = send([moving], { known });
    expect(stream.localReply).toBeNull();
    expect(stateOf(stream, "spent_cheaper")).toBe(`${moving.untilMs} teams mini`);
    expect(stateOf(stream, "spent_models")).toBe("");
    expect(send([moving], { known, path: "/v1/embeddings" }).localReply).toMatchObject({ status: 429 });
    expect(send([moving, everybody], { known }).localReply).toMatchObject({ status: 429 });
  });

  test("tells for which models, where it is for some", () => {
    const budget = { ...moving, untilMs: undefined, spent: [{ values: ["search"], models: "gpt-4.1\no3" }] };
    const stream = send([budget], { known });
    expect(stateOf(stream, "spent_cheaper")).toBe("-1 teams mini gpt-4.1\n-1 teams mini o3");
    expect(stateOf(stream, "spent_models")).toBe("-1 teams gpt-4.1\n-1 teams o3");
    expect(stateOf(send([budget], { known, path: "/v1/embeddings" }), "spent_cheaper")).toBe("");
  });
});
