// Attempts of one request share its headers as the last attempt left them, and its filter state; the body is new.
import { beforeAll, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { loadHost, openAttempt } from "./exchange.ts";

const target = (name: string, more: object = {}) => ({
  provider: name,
  authority: `${name}.example`,
  basePath: `/${name}`,
  ...more,
});

const configuration = {
  targets: {
    a: target("a", {
      paths: { "chat/completions": "/elsewhere" },
      credential: { header: "authorization", prefix: "Bearer ", value: "fake-key-a" },
      headers: [
        { name: "x-only-a", value: "a" },
        { name: "x-client", value: "replaced by a" },
      ],
      modelMapping: [{ match: "exact", pattern: "m", model: "a-much-longer-model" }],
    }),
    b: target("b", { credential: { header: "x-key-b", value: "fake-key-b" } }),
    c: target("c", { credential: { header: "api-key", value: "fake-key-c" }, authority: "" }),
    q: target("q", { dialect: "dashscope", surfaces: [] }),
  },
};

const body = '{"model":"m"}';
const client: [string, string][] = [
  [":method", "POST"],
  [":path", "/v1/chat/completions?q"],
  [":authority", "gateway.example"],
  ["content-type", "application/json"],
  ["content-length", String(body.length)],
  ["authorization", "Bearer fake-client-key"],
  ["x-client", "own"],
];

let plugin: Plugin;
beforeAll(async () => {
  plugin = (await loadHost()).startPlugin({ configuration });
});

/** One attempt after the other, as Envoy's router makes them. */
function attempt(targets: string[], withCount: boolean, asked = body): HttpStream[] {
  const filterState = new Map<string, Uint8Array>();
  let headers = client;
  return targets.map((name, i) => {
    const stream = openAttempt(plugin, name, filterState);
    const count: [string, string][] = withCount ? [["x-envoy-attempt-count", String(i + 1)]] : [];
    stream.sendRequest([...headers, ...count], asked);
    headers = stream.sentUpstream.headers ?? [];
    return stream;
  });
}

function sent(stream: HttpStream): Record<string, string> {
  return Object.fromEntries(stream.sentUpstream.headers ?? []);
}

test.each([true, false])("each attempt is made of the client's own headers (attempt count: %s)", (withCount) => {
  const [a, b, c, again] = attempt(["a", "b", "c", "a"], withCount);
  expect(sent(a!)).toEqual({
    ":method": "POST",
    ":path": "/elsewhere?q",
    ":authority": "a.example",
    "content-type": "application/json",
    "content-length": String(a!.sentUpstream.text.length),
    authorization: "Bearer fake-key-a",
    "x-only-a": "a",
    "x-client": "replaced by a",
  });
  expect(sent(b!)).toEqual({
    ":method": "POST",
    ":path": "/b/chat/completions?q",
    ":authority": "b.example",
    "content-type": "application/json",
    "content-length": String(body.length),
    "x-key-b": "fake-key-b",
    "x-client": "own",
  });
  expect(sent(c!)).toEqual({
    ":method": "POST",
    ":path": "/c/chat/completions?q",
    ":authority": "gateway.example",
    "content-type": "application/json",
    "content-length": String(body.length),
    "api-key": "fake-key-c",
    "x-client": "own",
  });
  expect(sent(again!)).toEqual(sent(a!));
  expect([a, b, c, again].map((stream) => JSON.parse(stream!.sentUpstream.text).model)).toEqual([
    "a-much-longer-model",
    "m",
    "m",
    "a-much-longer-model",
  ]);
});

test("the client's credential is kept nowhere", () => {
  const [stream] = attempt(["a"], true);
  const state = [...stream!.filterState.values()].map((value) => Buffer.from(value).toString()).join();
  expect(state).toContain("/v1/chat/completions?q");
  expect(state).not.toContain("fake-client-key");
  expect(state).not.toContain("fake-key-a");
});

test("what an earlier attempt learned is overwritten by the later one", () => {
  const [, b] = attempt(["a", "b"], true);
  expect(Buffer.from(b!.filterState.get("wasm.weir.provider") ?? "").toString()).toBe("b");
});

test("a header that asks one provider for a stream reaches no other", () => {
  const asked = '{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}';
  const [first, second] = attempt(["q", "b"], true, asked);
  expect(sent(first!)).toMatchObject({ "x-dashscope-sse": "enable" });
  expect(sent(second!)).not.toHaveProperty(["x-dashscope-sse"]);
});
