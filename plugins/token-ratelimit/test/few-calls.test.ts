// How few calls the service that counts is asked and told by: what comes while one is on its way goes with the next.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { GlobalService, responseOf } from "./global-service.ts";
import { answer, chatBody, expectLimited, expectPassed, limit, send, startMs, stateOf, window } from "./request.ts";

let module: { bytes: Uint8Array<ArrayBuffer> };
let host: WasmHost;
let plugin: Plugin;
let service: GlobalService;
const where = { cluster: "limits", domain: "weir", timeoutMs: 50 };
const bounded = { body: chatBody("Hello", { max_tokens: 100 }) };
const real = { input_tokens: 7, output_tokens: 20 };
const many = limit("many", [window("totalTokens", 1_000_000)]);

beforeAll(async () => void (module = await buildPlugin("token-ratelimit")));
beforeEach(async () => {
  service = new GlobalService(() => host.clock.nowMs);
  host = await WasmHost.load(module, { startMs, grpcClusters: { limits: service.take } });
  start([many]);
});

function start(limits: object[], more: object = {}): void {
  plugin = host.startPlugin({ configuration: { service: { ...where, ...more }, limits } });
}

const left = (): number | undefined => service.remaining("many")[0];
const sizes = (from: number): number[] => service.sizes(from);
const sendMany = (count: number) => Array.from({ length: count }, () => send(plugin, bounded));

/** Keeps the next call waiting, until it is let go. */
function hold(): () => void {
  let reply = (): void => undefined;
  service.behaviour = (call, take) => {
    service.behaviour = null;
    reply = () => call.send(take());
  };
  return () => {
    reply();
    host.clock.advance(0);
  };
}

describe("while a call is on its way", () => {
  test("what is asked and what was used waits for it, and goes as one", () => {
    const done = sendMany(3);
    const from = service.requests.length;
    const go = hold();
    const first = send(plugin, bounded);
    const others = sendMany(4);
    for (const stream of done) answer(stream, real);
    expect(sizes(from)).toEqual([1]);
    for (const { sentUpstream } of others) expect(sentUpstream.headers).toBeNull();
    go();
    expect(sizes(from)).toEqual([1, 7]);
    for (const stream of [first, ...others]) expectPassed(answer(stream, real));
    expect(service.openCount).toBe(0);
    expect(left()).toBe(1_000_000 - 8 * 27);
  });

  test("each of those that share one is let through or refused by itself", () => {
    start([limit("many", [window("requests", 3, "day", "calendar")])]);
    const go = hold();
    const streams = sendMany(5);
    go();
    expect(sizes(0)).toEqual([1, 4]);
    for (const stream of streams.slice(0, 3)) expectPassed(stream);
    for (const stream of streams.slice(3)) expectLimited(stream);
  });

  test("that takes long nothing more waits for it", () => {
    const go = hold();
    const streams = sendMany(2);
    host.clock.advance(3);
    streams.push(...sendMany(1));
    expect(sizes(0)).toEqual([1, 2]);
    for (const stream of streams.slice(1)) expectPassed(stream);
    go();
    expectPassed(streams[0]!);
  });

  test("that only tells what was used, no request waits for it", () => {
    const [first] = sendMany(1);
    const go = hold();
    answer(first!, real);
    expectPassed(sendMany(1)[0]!);
    expect(sizes(0)).toEqual([1, 1, 1]);
    go();
    expect(service.openCount).toBe(1);
  });

  test("and fails, each is told of it", () => {
    let lose = (): void => undefined;
    service.behaviour = (call) => {
      service.behaviour = (next) => next.close(14, "Redis cannot be asked");
      lose = () => call.close(14, "Redis cannot be asked");
    };
    start([{ ...many, onStoreFailure: "closed" }]);
    const streams = sendMany(3);
    lose();
    host.clock.advance(0);
    for (const { localReply } of streams) expect(localReply?.status).toBe(503);
    service.behaviour = null;
    host.clock.advance(20_000);
    expect(service.openCount).toBe(0);
    expect(left()).toBe(1_000_000);
  });

  test("many are sent in as many calls as they need", () => {
    const go = hold();
    const streams = sendMany(140);
    go();
    expect(sizes(0).reduce((sum, size) => sum + size)).toBe(140);
    expect(Math.max(...sizes(0))).toBe(64);
    for (const stream of streams) expectPassed(answer(stream, real));
    host.clock.advance(1000);
    expect(left()).toBe(1_000_000 - 140 * 27);
  });

  test("of several what could not be done is told again, and what makes no sense is not", () => {
    const done = sendMany(3);
    const from = service.requests.length;
    const go = hold();
    sendMany(1);
    for (const stream of done) answer(stream, real);
    service.behaviour = (call, take) => {
      take();
      service.behaviour = null;
      call.send(responseOf(true, ["0", "14", "3"]));
    };
    go();
    expect(sizes(from)).toEqual([1, 3]);
    host.clock.advance(20_000);
    expect(sizes(from)).toEqual([1, 3, 1]);
    expect(service.aside(from + 2)[1]).toBe("again");
    expect(left()! + Number(stateOf(done[0]!)["reserved_tokens"])).toBe(1_000_000 - 3 * 27);
  });

  test.each<[string, NonNullable<GlobalService["behaviour"]>]>([
    ["refuses several", (call) => call.close(3, "The request has a counter with two leases")],
    ["takes several for one", (call) => call.send(responseOf(true, "[[1,1,1,9,9,0,1]]"))],
  ])("at a service of before, which %s, they are told one by one", (_what, old) => {
    const done = sendMany(3);
    const go = hold();
    sendMany(1);
    for (const stream of done) answer(stream, real);
    const from = service.requests.length;
    service.behaviour = (call) => {
      service.behaviour = null;
      old(call, () => new Uint8Array());
    };
    go();
    host.clock.advance(20_000);
    expect(sizes(from)).toEqual([3, 1, 1, 1]);
    expect(service.openCount).toBe(1);
    const next = hold();
    const streams = sendMany(3);
    expect(sizes(from)).toEqual([3, 1, 1, 1, 1, 1, 1]);
    next();
    for (const stream of streams) expectPassed(stream);
  });

  test("and the configuration goes, the next one tells what waited", () => {
    const [first] = sendMany(1);
    hold();
    const waiting = sendMany(1);
    answer(first!, real);
    waiting[0]!.disconnect();
    const old = plugin;
    start([many], { timeoutMs: 51 });
    old.stop();
    host.clock.advance(20_000);
    expect(service.openCount).toBe(0);
    expect(left()).toBe(1_000_000 - 27);
  });
});
