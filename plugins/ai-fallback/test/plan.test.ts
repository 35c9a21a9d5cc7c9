// ai-fallback on the Node host: the plans it makes.
import { beforeEach, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";

const module = await buildPlugin("ai-fallback");
let host: WasmHost;
beforeEach(async () => {
  host = await WasmHost.load(module);
});

function start(plan: object): Plugin {
  const route = { name: "r", match: { pathPrefixes: ["/v1", "/v1beta"] }, models: ["*"], ...plan };
  return host.startPlugin({ configuration: { routes: [route] } });
}

interface Request {
  path?: string;
  headers?: Record<string, string>;
  body?: object;
}

function send(plugin: Plugin, { path = "/v1/chat/completions", headers = {}, body = {} }: Request = {}): HttpStream {
  return plugin
    .openStream()
    .sendRequest(
      [
        [":method", "POST"],
        [":path", path],
        [":authority", "gateway"],
        ["content-type", "application/json"],
        ...Object.entries(headers),
      ],
      JSON.stringify({ model: "m", ...body }),
    );
}

interface Plan {
  targets: { cluster: string; model?: string; isCooling?: boolean }[];
  statuses: string[];
  emptyAnswer: boolean;
  contentFilter: boolean;
  deadlineNanos?: number;
}

const stateOf = (stream: HttpStream, name: string): string =>
  Buffer.from(stream.filterState.get(`wasm.weir.${name}`) ?? "").toString();
const planOf = (stream: HttpStream): Plan => JSON.parse(stateOf(stream, "plan")) as Plan;
const orderOf = (stream: HttpStream): string[] => planOf(stream).targets.map(({ cluster }) => cluster);
const firstOf = (stream: HttpStream): string => stateOf(stream, "target");
const rest = (cluster: string, until: bigint, more = ""): void => {
  host.sharedData.set("", `weir.cooldown.${cluster}`, Buffer.from(`${until}${more}`), 0);
};
const inSeconds = (seconds: number): bigint => host.clock.nowNanos + BigInt(Math.round(seconds * 1e9));

function countFirsts(plugin: Plugin, times: number, request?: (i: number) => Request): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < times; i++) {
    const first = firstOf(send(plugin, request?.(i)));
    counts[first] = (counts[first] ?? 0) + 1;
  }
  return counts;
}

const three = [
  { cluster: "a", weight: 70 },
  { cluster: "b", weight: 10, model: "b-model" },
  { cluster: "c", weight: 20 },
];

test("one target without any wishes has no plan", () => {
  const stream = send(start({ targets: [{ cluster: "a" }] }));
  expect(firstOf(stream)).toBe("a");
  expect([...stream.filterState.keys()].sort()).toEqual(["wasm.weir.route", "wasm.weir.target"]);
  expect(stream.sentUpstream.headers?.map(([name]) => name)).not.toContain("x-weir-planned");
  expect(stream.sentUpstream.header("x-envoy-max-retries")).toBeUndefined();
});

test("a target that cannot serve what is asked for has no place in the plan, unless none can", () => {
  const route = {
    match: { pathPrefixes: ["/v1"] },
    models: ["*"],
    targets: [
      { cluster: "a", weight: 1000 },
      { cluster: "b", weight: 1 },
    ],
    fallbacks: [{ cluster: "c" }, { cluster: "unknown" }],
  };
  const surfaces = { a: ["chat/completions", "not/known"], b: ["chat/completions", "embeddings"], c: ["embeddings"] };
  const plugin = host.startPlugin({ configuration: { surfaces, routes: [{ name: "r", ...route }] } });
  expect(orderOf(send(plugin))).toContain("a");
  expect(orderOf(send(plugin))).not.toContain("c");
  expect(orderOf(send(plugin, { path: "/v1/embeddings" }))).toEqual(["b", "c", "unknown"]);
  const without = { ...route, fallbacks: [] };
  const strict = host.startPlugin({ configuration: { surfaces, routes: [{ name: "r", ...without }] } });
  expect(orderOf(send(strict, { path: "/v1/rerank" })).sort()).toEqual(["a", "b"]);
});

test("a plan names all targets, what is a reason to go on, and how often the router may", () => {
  const plugin = start({
    targets: [{ cluster: "a" }],
    fallbacks: [{ cluster: "b", model: "b-model" }, { cluster: "a" }],
    totalTimeoutMs: 1500,
    fallbackOn: { statuses: ["404", "5xx"], emptyAnswer: false, contentFilter: true },
    lastResort: { cluster: "last" },
  });
  const stream = send(plugin);
  expect(planOf(stream)).toEqual({
    targets: [{ cluster: "a" }, { cluster: "b", model: "b-model" }, { cluster: "last" }],
    statuses: ["404", "5xx"],
    emptyAnswer: false,
    contentFilter: true,
    deadlineNanos: Number(inSeconds(1.5)),
  });
  expect(stream.sentUpstream.header("x-envoy-max-retries")).toBe("2");
  expect(stream.sentUpstream.header("x-weir-planned")).toBe("1");
});

test("what is not said has the documented default", () => {
  const { statuses, emptyAnswer, contentFilter } = planOf(send(start({ targets: three })));
  expect({ statuses, emptyAnswer, contentFilter }).toEqual({
    statuses: ["408", "409", "429", "5xx", "529"],
    emptyAnswer: true,
    contentFilter: false,
  });
});

test("the chosen one comes first, then the others by weight, then the fallbacks; each once", () => {
  const plugin = start({
    targets: [...three, { cluster: "z", weight: 0 }],
    fallbacks: [{ cluster: "b", model: "b-model" }, { cluster: "b" }, { cluster: "f" }],
  });
  const orders = new Set(Array.from({ length: 200 }, () => orderOf(send(plugin)).join(" ")));
  expect([...orders].sort()).toEqual(["a c b z b f", "b a c z b f", "c a b z b f"]);
});

describe("traffic is spread", () => {
  test("by weight, at random", () => {
    const counts = countFirsts(start({ targets: [...three, { cluster: "z", weight: 0 }] }), 2000);
    expect(counts["a"]).toBeGreaterThan(1300);
    expect(counts["a"]).toBeLessThan(1500);
    expect(counts["b"]).toBeGreaterThan(140);
    expect(counts["b"]).toBeLessThan(260);
    expect(counts).not.toHaveProperty("z");
  });

  test("in turn, exactly by weight, and evenly", () => {
    const plugin = start({
      targets: [
        { cluster: "a", weight: 3 },
        { cluster: "b", weight: 1 },
        { cluster: "c", weight: 2 },
      ],
      balance: "roundRobin",
    });
    const firsts = Array.from({ length: 12 }, () => firstOf(send(plugin))).join("");
    expect(firsts).toMatch(/^(.{6})\1$/);
    expect([...firsts].sort().join("")).toBe("aaaaaabbcccc");
    expect(firsts).not.toMatch(/aaa/);
  });

  test("to the only fallback where no target takes traffic", () => {
    expect(orderOf(send(start({ targets: [{ cluster: "z", weight: 0 }], fallbacks: [{ cluster: "f" }] })))).toEqual([
      "z",
      "f",
    ]);
  });
});

describe("targets that rest", () => {
  const plan = { targets: three, fallbacks: [{ cluster: "f" }], lastResort: { cluster: "last" } };

  test("come behind the others, the soonest ready first, before the last resort", () => {
    const plugin = start(plan);
    rest("a", inSeconds(60));
    rest("c", inSeconds(3), " 0123456789abcdef");
    const stream = send(plugin);
    expect(orderOf(stream)).toEqual(["b", "f", "c", "a", "last"]);
    expect(planOf(stream).targets.map(({ isCooling }) => isCooling ?? false)).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
    host.advance(3001);
    expect(new Set(Array.from({ length: 50 }, () => firstOf(send(plugin))))).toEqual(new Set(["b", "c"]));
    host.advance(60_000);
    expect(countFirsts(plugin, 50)["a"]).toBeGreaterThan(20);
  });

  test("leave their share to the others by weight", () => {
    rest("a", inSeconds(60));
    const counts = countFirsts(start(plan), 900);
    expect(counts["c"]).toBeGreaterThan(500);
    expect(counts["b"]).toBeGreaterThan(200);
  });

  test("are tried all the same where there is nothing else", () => {
    for (const name of ["a", "b", "c", "f"]) rest(name, inSeconds(60));
    expect(orderOf(send(start(plan)))).toHaveLength(5);
  });

  test("do not trip over what is no time", () => {
    rest("a", 0n, "nonsense");
    expect(orderOf(send(start({ targets: [{ cluster: "a" }], fallbacks: [{ cluster: "b" }] })))).toEqual(["a", "b"]);
  });
});

describe("affinity", () => {
  const even = ["a", "b", "c", "d"].map((cluster) => ({ cluster }));
  const chat = (messages: object[], more: object = {}): Request => ({ body: { messages, ...more } });
  const system = { role: "system", content: "Be brief" };
  const user = (content: string): object => ({ role: "user", content });
  const answer = { role: "assistant", content: "Hi" };

  test.each<[string, object, (key: string) => Request]>([
    ["a header", { by: "header", name: "x-session" }, (key) => ({ headers: { "x-session": key } })],
    ["a cookie", { by: "cookie", name: "sid" }, (key) => ({ headers: { cookie: `a=1; sid=${key}; b=sid=2` } })],
    ["a prompt cache key", { by: "promptCacheKey" }, (key) => ({ body: { prompt_cache_key: key } })],
    [
      "a conversation's id",
      { by: "conversation" },
      (key) => ({ body: { conversation: key, input: String(Math.random()) } }),
    ],
    ["a conversation's beginning", { by: "conversation" }, (key) => chat([system, user(key)])],
    [
      "a path's model too",
      { by: "conversation" },
      (key) => ({
        path: "/v1beta/models/m:generateContent",
        body: { contents: [{ role: "user", parts: [{ text: key }] }] },
      }),
    ],
  ])("by %s keeps requests together and spreads the keys", (_what, affinity, request) => {
    const plugin = start({ targets: even, affinity });
    const firsts = Array.from({ length: 40 }, (_, i) => {
      const same = new Set([1, 2, 3].map(() => firstOf(send(plugin, request(`key-${i}`)))));
      expect(same.size).toBe(1);
      return [...same][0];
    });
    expect(new Set(firsts).size).toBe(4);
  });

  test("by conversation lasts through its turns", () => {
    const plugin = start({ targets: even, affinity: { by: "conversation" } });
    for (let i = 0; i < 20; i++) {
      const first = firstOf(send(plugin, chat([system, user(`${i}`)])));
      const later = firstOf(send(plugin, chat([system, user(`${i}`), answer, user("More")], { temperature: 1 })));
      expect(later).toBe(first);
    }
  });

  test("is at random where a request has no key", () => {
    const plugin = start({ targets: even, affinity: { by: "header", name: "x-session" } });
    expect(Object.keys(countFirsts(plugin, 200))).toHaveLength(4);
  });

  test("follows the weights", () => {
    const plugin = start({ targets: three, affinity: { by: "header", name: "x-session" } });
    const counts = countFirsts(plugin, 2000, (i) => ({ headers: { "x-session": `s${i}` } }));
    expect(counts["a"]).toBeGreaterThan(1250);
    expect(counts["a"]).toBeLessThan(1550);
  });

  test("moves only the keys of a target that rests", () => {
    const plugin = start({ targets: even, affinity: { by: "header", name: "x-session" } });
    const request = (i: number): Request => ({ headers: { "x-session": `s${i}` } });
    const before = Array.from({ length: 100 }, (_, i) => firstOf(send(plugin, request(i))));
    rest("b", inSeconds(60));
    const during = Array.from({ length: 100 }, (_, i) => firstOf(send(plugin, request(i))));
    before.forEach((first, i) => {
      if (first === "b") expect(during[i]).not.toBe("b");
      else expect(during[i]).toBe(first);
    });
    expect(new Set(during.filter((_, i) => before[i] === "b")).size).toBe(3);
  });
});

describe("Envoy's own answer on a planned request", () => {
  const plan = { targets: [{ cluster: "a" }], fallbacks: [{ cluster: "b" }] };

  test("is replaced by the best error that attempts have met with", () => {
    const stream = send(start(plan));
    stream.filterState.set("wasm.weir.error", Buffer.from('429 7 {"error":{"message":"Slow down, please"}}'));
    stream.upstreamReset();
    expect(stream.sentDownstream.header(":status")).toBe("429");
    expect(stream.sentDownstream.header("retry-after")).toBe("7");
    expect(stream.sentDownstream.text).toBe('{"error":{"message":"Slow down, please"}}');
    expect(stream.responseCodeDetails).toBe("weir_all_targets_failed");
  });

  test("has the client's form where there was no answer at all", () => {
    const plugin = start(plan);
    expect(JSON.parse(send(plugin).upstreamReset().sentDownstream.text)).toMatchObject({
      error: { message: "No provider could be reached", code: "providers_unreachable" },
    });
    const messages = send(plugin, { path: "/v1/messages" }).upstreamReset();
    expect(JSON.parse(messages.sentDownstream.text)).toMatchObject({ type: "error" });
  });

  test("stays where there is no plan, and so does a provider's", () => {
    const stream = send(start({ targets: [{ cluster: "a" }] })).upstreamReset();
    expect(stream.sentDownstream.text).toMatch(/^upstream connect error/);
    const answered = send(start(plan)).sendResponse([[":status", "503"]], "Down");
    expect(answered.sentDownstream.text).toBe("Down");
  });
});

test("a stream that has failed ends uncleanly", () => {
  const stream = send(start({ targets: [{ cluster: "a" }], fallbacks: [{ cluster: "b" }] }));
  stream.responseHeaders([[":status", "200"]]);
  stream.responseBody("data: x\n\n");
  stream.responseTrailers([["x-weir-failure", "cut"]]);
  expect(stream.sentDownstream.text).toBe("data: x\n\n");
  expect(stream.sentDownstream.ended).toBe(false);
  expect(stream.sentDownstream.reset).not.toBeNull();
});
