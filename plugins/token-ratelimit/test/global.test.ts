// Limits that a service counts: what it is asked, what becomes of its answers, and what where there is none.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { GlobalService, isOfLimit, responseOf } from "./global-service.ts";
import {
  answer,
  chatBody,
  expectLimited,
  expectPassed,
  limit,
  open,
  rateOf,
  send,
  startMs,
  stateOf,
  window,
} from "./request.ts";

let module: { bytes: Uint8Array<ArrayBuffer> };
let host: WasmHost;
let plugin: Plugin;
let service: GlobalService;
const where = { cluster: "limits", domain: "weir", timeoutMs: 50, token: "fake-token" };
const tokens = limit("tokens", [window("totalTokens", 1000)]);
const requests = limit("requests", [window("requests", 2, "day", "calendar"), window("concurrentRequests", 9)], {
  match: [{ by: "consumer", match: "each" }],
});

beforeAll(async () => void (module = await buildPlugin("token-ratelimit")));
beforeEach(async () => {
  service = new GlobalService(() => host.clock.nowMs);
  host = await WasmHost.load(module, { startMs, grpcClusters: { limits: service.take } });
  start([requests, tokens]);
});

function start(limits: object[], more: object = {}): void {
  plugin = host.startPlugin({ configuration: { service: { ...where, ...more }, limits } });
}

const known = { consumer: "ada" };
const bounded = { known, body: chatBody("Hello", { max_tokens: 100 }) };

/** What was asked, a line for each descriptor of a limit. */
function lines(number: number): string[] {
  const descriptors = service.requests[number]?.descriptors ?? [];
  return descriptors.filter(isOfLimit).map(({ entries, hitsAddend, isNegativeHits }) => {
    const fields = entries.map(({ key, value }) => `${key}=${value}`).join(" ");
    return `${fields} ${isNegativeHits ? "-" : "+"}${hitsAddend}`;
  });
}

const aside = (number: number): (string | undefined)[] => service.aside(number);

test("one call asks for all windows, one settles them", () => {
  const stream = send(plugin, bounded);
  expectPassed(stream);
  expect(service.requests).toHaveLength(1);
  expect(service.requests[0]?.domain).toBe("weir");
  expect(service.calls[0]).toMatchObject({
    cluster: "limits",
    service: "envoy.service.ratelimit.v3.RateLimitService",
    method: "ShouldRateLimit",
    metadata: expect.arrayContaining([["authorization", "Bearer fake-token"]]),
  });
  const reserved = Number(stateOf(stream)["reserved_tokens"]);
  const counter = Buffer.from("ada").toString("base64");
  expect(lines(0)).toEqual([
    `limit=requests window=requests/day/calendar max=2 counter=${counter} lease=new +1`,
    `limit=requests window=concurrentRequests max=9 counter=${counter} lease=new +1`,
    `limit=tokens window=totalTokens/minute/slidingWindow max=1000 lease=new +${reserved}`,
  ]);
  answer(stream, { input_tokens: 7, output_tokens: 20 });
  expect(rateOf(stream, "requests")).toBe("2 1 12h0m0s");
  expect(rateOf(stream, "tokens").split(" ").slice(0, 2)).toEqual(["1000", String(1000 - reserved)]);
  const lease = `lease=${startMs}:${startMs}`;
  expect(lines(1)).toEqual([
    `limit=requests window=requests/day/calendar max=2 counter=${counter} ${lease}:1 +0`,
    `limit=requests window=concurrentRequests max=9 counter=${counter} ${lease}:1 +0`,
    `limit=tokens window=totalTokens/minute/slidingWindow max=1000 ${lease}:${reserved} -${reserved - 27}`,
  ]);
  const next = answer(send(plugin, bounded), { input_tokens: 7, output_tokens: 20 });
  expect(rateOf(next, "tokens").split(" ")[1]).toBe(String(1000 - 27 - reserved));
});

test("what does not fit is refused, and nothing is settled for it", () => {
  for (let i = 0; i < 2; i++) answer(send(plugin, bounded));
  const before = service.requests.length;
  const refused = send(plugin, bounded);
  expectLimited(refused);
  expect(stateOf(refused)["limits"]).toBe('["requests"]');
  expect(refused.sentDownstream.header("retry-after")).toBe("43200");
  expect(refused.sentDownstream.text).toContain("The limit requests of 2 requests per day is reached: 0 left, 1 asked");
  expect(service.requests).toHaveLength(before + 1);
  expectPassed(send(plugin, { ...bounded, known: { consumer: "bob" } }));
});

test("a limit in shadow fires and refuses nothing", () => {
  start([limit("shadow", [window("requests", 1)], { shadow: true })]);
  for (let i = 0; i < 2; i++) expectPassed(answer(send(plugin, { known })));
  const fired = answer(send(plugin, { known }));
  expectPassed(fired);
  expect(stateOf(fired)["limits"]).toBe('["shadow"]');
});

test("a request waits for the answer, whatever else arrives", () => {
  let reply: (() => void) | null = null;
  service.behaviour = (call, bytes) => void (reply ??= () => call.send(bytes()));
  const headers: [string, string][] = [
    [":method", "POST"],
    [":path", "/v1/chat/completions"],
    ["content-type", "application/json"],
  ];
  const stream = open(plugin, { known }).requestHeaders(headers);
  stream.requestBody(JSON.stringify(bounded.body), { endOfStream: true });
  expect(stream.sentUpstream.headers).toBeNull();
  reply!();
  host.clock.advance(0);
  expectPassed(stream);
  expect(stream.sentUpstream.text).toContain("Hello");
});

describe("where there is no answer", () => {
  const failing = (onStoreFailure?: string): object => ({ ...limit("l", [window("requests", 1)]), onStoreFailure });
  const failures: [string, NonNullable<GlobalService["behaviour"]>][] = [
    ["an error", (call) => call.close(14, "Redis cannot be asked")],
    ["one in time", () => undefined],
    ["one that is understood", (call) => call.send("\u0012\u0007garbage")],
    ["one with all rows", (call) => call.send(responseOf(true, "[]"))],
    ["one with all numbers", (call) => call.send(responseOf(true, "[[1,1,1]]"))],
    ["one that is JSON", (call) => call.send(responseOf(true, "[[1,"))],
  ];

  function ask() {
    const stream = send(plugin, { known });
    host.clock.advance(60);
    return stream;
  }

  test.each(failures)("not %s: it is counted here, let through, or refused", (_what, behaviour) => {
    service.behaviour = behaviour;
    start([failing()]);
    expectPassed(ask());
    expectLimited(ask());
    start([failing("open")]);
    for (let i = 0; i < 3; i++) expectPassed(ask());
    start([failing("closed")]);
    const refused = ask();
    expect(refused.localReply).toMatchObject({ status: 503, details: "weir_limit_store_unreachable" });
    expect(refused.sentDownstream.text).toContain("The limit l cannot be counted");
  });

  test("nor a service: the same", () => {
    start([failing()], { cluster: "nowhere" });
    expectPassed(send(plugin, { known }));
    expectLimited(send(plugin, { known }));
    start([{ ...failing("closed"), shadow: true }], { cluster: "nowhere" });
    expectPassed(send(plugin, { known }));
  });
});

test("whoever leaves before the answer takes nothing", () => {
  let reply: (() => void) | null = null;
  service.behaviour = (call, bytes) => void (reply ??= () => call.send(bytes()));
  const stream = send(plugin, bounded);
  stream.disconnect();
  service.behaviour = null;
  reply!();
  expect(service.openCount).toBe(1);
  host.clock.advance(1_000);
  expect(aside(1)).toEqual([aside(0)[0], "undo"]);
  expect(service.openCount).toBe(0);
  for (let i = 0; i < 2; i++) expectPassed(send(plugin, bounded));
});

describe("a settlement that is not answered", () => {
  const real = { input_tokens: 7, output_tokens: 20 };
  const lose = (call: { close(code: number, text: string): void }): void => call.close(14, "Redis cannot be asked");
  /** One that the service has taken, but whose answer is lost. */
  const loseAnswer: NonNullable<GlobalService["behaviour"]> = (call, take) => {
    take();
    lose(call);
  };

  test("is told again until it is, ever more seldom, and counts once", () => {
    const stream = send(plugin, bounded);
    const [reservation] = aside(0);
    expect(reservation).toMatch(/^\d{10,20}$/);
    service.behaviour = lose;
    answer(stream, real);
    const timesMs: number[] = [];
    for (let ms = 0; ms < 40_000; ms += 500) {
      const before = service.requests.length;
      host.clock.advance(500);
      if (service.requests.length > before) timesMs.push(ms + 500);
    }
    expect(timesMs).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000]);
    expect(service.openCount).toBe(1);
    service.behaviour = null;
    host.clock.advance(20_000);
    expect(aside(1)).toEqual([reservation, undefined]);
    expect(aside(2)).toEqual([reservation, "again"]);
    expect(lines(2)).toEqual(lines(1));
    expect(service.openCount).toBe(0);
    expect(service.remaining("requests", "ada")).toEqual([1, 9]);
    const last = service.requests.length;
    host.clock.advance(120_000);
    expect(service.requests).toHaveLength(last);
  });

  test("counts once also where only its answer is lost", () => {
    const stream = send(plugin, bounded);
    service.behaviour = loseAnswer;
    answer(stream, real);
    host.clock.advance(5_000);
    service.behaviour = null;
    host.clock.advance(20_000);
    expect(service.remaining("tokens")).toEqual([1000 - 27]);
    expect(service.remaining("requests", "ada")).toEqual([1, 9]);
  });

  test("is told by the next configuration, where its own has gone", () => {
    const stream = send(plugin, bounded);
    service.behaviour = lose;
    answer(stream, real);
    const old = plugin;
    start([requests, tokens], { timeoutMs: 51 });
    old.stop();
    service.behaviour = null;
    host.clock.advance(5_000);
    expect(service.remaining("tokens")).toEqual([1000 - 27]);
  });

  test("is given up after half an hour", () => {
    const stream = send(plugin, bounded);
    service.behaviour = lose;
    answer(stream, real);
    host.clock.advance(31 * 60_000);
    service.behaviour = null;
    const last = service.requests.length;
    host.clock.advance(120_000);
    expect(service.requests).toHaveLength(last);
  });

  test("is not told again where it makes no sense", () => {
    const stream = send(plugin, bounded);
    service.behaviour = (call) => call.close(3, "The request has an attempt that is none");
    answer(stream, real);
    host.clock.advance(60_000);
    expect(service.requests).toHaveLength(2);
  });

  test("waits with as many others as there is room for", () => {
    service.behaviour = loseAnswer;
    start([limit("many", [window("totalTokens", 1_000_000)])]);
    for (let i = 0; i < 1030; i++) answer(send(plugin, bounded), real);
    service.behaviour = null;
    host.clock.advance(60_000);
    expect(service.openCount).toBe(1030 - 1024);
    expect(host.logs.filter(({ message }) => message.includes("than can be kept"))).toHaveLength(1);
  });

  test("of what was asked for without an answer all is given back", () => {
    service.behaviour = loseAnswer;
    expectPassed(answer(send(plugin, bounded), real));
    expect(service.openCount).toBe(1);
    service.behaviour = null;
    host.clock.advance(2_000);
    expect(aside(1)).toEqual([aside(0)[0], "undo"]);
    expect(service.openCount).toBe(0);
    expect(service.remaining("requests", "ada")).toEqual([2, 9]);
    expect(service.remaining("tokens")).toEqual([1000]);
  });
});

test("whoever leaves before the answer takes nothing, also where that comes later than the undoing", () => {
  let reply: (() => void) | null = null;
  service.behaviour = (call, bytes) => void (reply ??= () => call.send(bytes()));
  const stream = send(plugin, bounded);
  stream.disconnect();
  service.behaviour = null;
  host.clock.advance(1_000);
  expect(aside(1)[1]).toBe("undo");
  reply!();
  expect(service.remaining("requests", "ada")).toEqual([2, 9]);
});

test("memory is flat, also where no answer comes", () => {
  start([limit("many", [window("requests", 1_000_000), window("concurrentRequests", 9)]), tokens]);
  const sendMany = (count: number): number => {
    for (let i = 0; i < count; i++) {
      service.behaviour = i % 3 === 0 ? () => undefined : null;
      const stream = send(plugin, { known: { consumer: `c${i % 7}` } });
      host.clock.advance(i % 3 === 0 ? 60 : 20_000);
      if (!stream.isOver) answer(stream, { input_tokens: 1, output_tokens: 1 });
      service.requests.length = service.calls.length = host.grpcCalls.length = 0;
    }
    return plugin.root().vm.memory.buffer.byteLength;
  };
  const before = sendMany(2000);
  expect(sendMany(6000)).toBe(before);
});

test.each<[string, object]>([
  ["service must be an object", { service: 1 }],
  ["service.cluster must be a text that is not empty", { service: { domain: "d" } }],
  ["service.domain must be a text that is not empty", { service: { cluster: "c" } }],
  ["service.timeoutMs must be a whole number from 1 to 2147483647", { service: { ...where, timeoutMs: 0 } }],
  ["limits[0].onStoreFailure must be a known word", { limits: [{ ...tokens, onStoreFailure: "maybe" }] }],
])("names what is wrong in its configuration: %s", (problem, more) => {
  const configuration = { service: where, limits: [tokens], ...more };
  expect(() => host.startPlugin({ configuration })).toThrow(`token-ratelimit: ${problem}`);
});
