// Counters that outlive their Envoy, on the Node host: what is sent to who keeps them, what is taken up at the start,
// and what becomes of requests meanwhile.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { counterStatus, type CounterStatus } from "../../../control/src/counters/counter-status.ts";
import type { Limit } from "../../../control/src/model/limits.ts";
import { CounterKeeper } from "./counter-keeper.ts";
import {
  answer,
  chatBody,
  expectLimited,
  expectPassed,
  limit,
  rateOf,
  send,
  startMs,
  stateOf,
  window,
} from "./request.ts";

let module: { bytes: Uint8Array<ArrayBuffer> };
let host: WasmHost;
let keeper: CounterKeeper;
let clockMs = startMs;

beforeAll(async () => void (module = await buildPlugin("token-ratelimit")));
beforeEach(() => {
  clockMs = startMs;
  keeper = new CounterKeeper(() => host.clock.nowMs);
});

const each = (...windows: object[]): object =>
  limit("each", windows as never, { match: [{ by: "consumer", match: "each" }] });
const known = (consumer: string) => ({ known: { consumer } });
const tokens = { body: chatBody("Hello", { max_tokens: 100 }) };

/** An Envoy that begins anew, at the time when the one before has ended. */
async function start(limits: object[], workers = 2): Promise<Plugin> {
  if (host) clockMs = host.clock.nowMs;
  host = await WasmHost.load(module, { startMs: clockMs, workers, grpcClusters: { "weir.xds": keeper.take } });
  return host.startPlugin({ configuration: { keeper: "weir.xds", limits } });
}

/** As `start`, and its counters are taken up. */
async function startTaken(limits: object[], workers = 2): Promise<Plugin> {
  const plugin = await start(limits, workers);
  host.advance(100);
  return plugin;
}

describe("an Envoy that begins anew", () => {
  test("goes on with what was counted, of each value and each window", async () => {
    const limits = [
      each(window("requests", 3, "hour"), window("totalTokens", 1000, "day", "calendar")),
      limit("all", [window("inputTokens", 500, "hour", "tokenBucket")]),
    ];
    const before = await startTaken(limits);
    for (const worker of [0, 1])
      answer(send(before, { ...known("ada"), ...tokens, worker }), { input_tokens: 20, output_tokens: 30 });
    answer(send(before, { ...known("bob"), ...tokens }), { input_tokens: 20, output_tokens: 30 });
    const last = answer(send(before, { ...known("ada"), ...tokens }), { input_tokens: 20, output_tokens: 30 });
    host.advance(1000);
    const after = await startTaken(limits);
    expectLimited(send(after, { ...known("ada"), ...tokens }));
    const bob = answer(send(after, { ...known("bob"), ...tokens }), { input_tokens: 0, output_tokens: 0 });
    expect(rateOf(last, "requests").split(" ")[1]).toBe("0");
    expect(rateOf(bob, "requests").split(" ")[1]).toBe("1");
    const reserved = Number(stateOf(bob)["reserved_tokens"]);
    // Input: four times 20, of which a little has passed; total: 50.
    expect(rateOf(bob, "tokens").split(" ")[0]).toBe("500");
    expect(reserved).toBeGreaterThan(100);
  });

  test("asks once for all workers, page by page, and has requests wait for it", async () => {
    keeper.isHanging = true;
    const plugin = await start([each(window("requests", 1))]);
    const early = [0, 1].map((worker) => send(plugin, { ...known("ada"), worker }));
    host.advance(500);
    expect(keeper.callsOf("Restore")).toHaveLength(1);
    for (const stream of early) expect([stream.localReply, stream.sentUpstream.headers]).toEqual([null, null]);
    keeper.isHanging = false;
    keeper.answer(0);
    host.advance(100);
    expectPassed(early[0]!);
    expectLimited(early[1]!);
  });

  test("takes a client that leaves meanwhile for none", async () => {
    keeper.isHanging = true;
    const plugin = await start([each(window("requests", 1))]);
    send(plugin, known("ada")).disconnect();
    host.advance(300);
    keeper.answer(0);
    host.advance(100);
    expectPassed(send(plugin, known("ada")));
  });

  test("adds what it has counted before an answer that is late", async () => {
    const limits = [each(window("requests", 3, "hour"), window("totalTokens", 10_000, "day", "calendar"))];
    const before = await startTaken(limits);
    answer(send(before, { ...known("ada"), ...tokens }), { input_tokens: 20, output_tokens: 30 });
    host.advance(1000);
    keeper.isHanging = true;
    const after = await start(limits);
    host.advance(50);
    const waited = send(after, { ...known("ada"), ...tokens });
    host.advance(1500);
    expectPassed(waited);
    const open = send(after, { ...known("ada"), ...tokens });
    expectPassed(open);
    keeper.isHanging = false;
    const asked = keeper.calls.findLastIndex(({ method }) => method === "Restore");
    keeper.answer(asked);
    host.advance(1000);
    expectLimited(send(after, { ...known("ada"), ...tokens }));
    // Requests of before the answer are settled as any other.
    for (const stream of [waited, open]) answer(stream, { input_tokens: 1, output_tokens: 2 });
    host.advance(2000);
    expect(usedOf(limits[0]!)).toEqual([3, 56]);
  });

  test("goes on without an answer, and asks again", async () => {
    keeper.isGone = true;
    const plugin = await start([each(window("requests", 2))]);
    host.advance(1500);
    expectPassed(send(plugin, known("ada")));
    host.advance(5000);
    expect(keeper.callsOf("Save")).toEqual([]);
    keeper.isGone = false;
    host.advance(10_000);
    expect(usedOf(each(window("requests", 2)))).toEqual([1]);
  });

  test("has the tokens of requests that ended with the one before set aside for as long as a lease, but no request", async () => {
    const limits = [each(window("totalTokens", 150, "day", "calendar"), window("concurrentRequests", 1))];
    const before = await startTaken(limits);
    expectPassed(send(before, { ...known("ada"), ...tokens }));
    host.advance(1000);
    const after = await startTaken(limits);
    const refused = send(after, { ...known("ada"), ...tokens });
    expectLimited(refused);
    expect(refused.localReply?.body.toString()).toContain("totalTokens");
    host.advance(32 * 60_000);
    expectPassed(send(after, { ...known("ada"), ...tokens }));
  });
});

function statusOf(written: object): CounterStatus[] {
  const { name, match = [], windows } = written as Limit;
  const conditions = match.map((condition) => ({ ...condition, name: "", pattern: "" }));
  const limits = [{ name, match: conditions, windows } as unknown as Limit];
  return counterStatus(limits, () => keeper.service.list(), host.clock.nowMs);
}

/** What is kept of the limit's one counter, by its windows. */
function usedOf(written: object): number[] {
  const status = statusOf(written);
  expect(status).toHaveLength(1);
  return status[0]!.windows.map(({ used }) => used);
}

describe("what is kept", () => {
  const limits = [each(window("requests", 100, "hour"))];

  test("is sent within a second, once, and only where it has changed", async () => {
    const plugin = await startTaken(limits, 1);
    answer(send(plugin, known("ada")));
    host.advance(1000);
    expect(usedOf(limits[0]!)).toEqual([1]);
    const count = keeper.callsOf("Save").length;
    host.advance(30_000);
    expect(keeper.callsOf("Save")).toHaveLength(count);
  });

  test("is sent again where it did not arrive", async () => {
    const plugin = await startTaken(limits, 1);
    keeper.isGone = true;
    answer(send(plugin, known("ada")));
    host.advance(5000);
    keeper.isGone = false;
    host.advance(2000);
    expect(usedOf(limits[0]!)).toEqual([1]);
  });

  test("is sent whole to a control plane that has lost it", async () => {
    const plugin = await startTaken(limits, 1);
    for (const consumer of ["ada", "bob", "eve"]) answer(send(plugin, known(consumer)));
    host.advance(2000);
    keeper.service.close();
    answer(send(plugin, known("ada")));
    host.advance(3000);
    expect(keeper.service.list()).toHaveLength(3);
  });

  test.each(["ada", "grace"])("is told by a new configuration, of requests of a former one: %s", async (consumer) => {
    const quiet = await startTaken(limits, 1);
    const former = host.startPlugin({ configuration: { limits } });
    const stream = send(former, known(consumer));
    host.advance(1000);
    host.startPlugin({ configuration: { keeper: "weir.xds", limits: [each(window("requests", 99, "hour"))] } });
    quiet.stop();
    answer(stream);
    host.advance(1000);
    expect(statusOf(limits[0]!)).toMatchObject([{ underWay: 0 }]);
  });
});
