// What is kept of counters: which of two is the newer, page by page, and how a counter reads at some moment.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WasmCounter } from "../../../plugins/token-ratelimit/test/wasm-counter.ts";
import type { CounterWindow } from "../../../plugins/token-ratelimit/test/reference-counter.ts";
import { randomFrom } from "../../../e2e/ledger/random.ts";
import { decodeBucket, encodeBucket } from "./bucket.ts";
import { decodeCounter, underWay, usedOf } from "./counter.ts";
import { CounterService } from "./counter-service.ts";
import { counterStatus } from "./counter-status.ts";
import { KeptCounters } from "./kept-counters.ts";
import type { Limit } from "../model/limits.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-counters-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const now = Date.UTC(2026, 8, 1, 12);
const hourMs = 3_600_000;
let number = 0;
const open: KeptCounters[] = [];
afterEach(() => {
  for (const counters of open.splice(0)) counters.close();
});

function kept(path = join(folder, `counters-${number++}.db`)): KeptCounters {
  const counters = new KeptCounters(path);
  open.push(counters);
  return counters;
}

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
/** A counter that was last used at `last`, told apart by `mark`. */
const counterOf = (last: number, mark: number): Buffer => Buffer.from([...varint(last), mark]);

function shard(key: string, names: Record<string, Buffer>, version = 1) {
  const entries = Object.entries(names).map(([name, counter]) => ({
    endsAt: now + hourMs,
    name: Buffer.from(name),
    counter,
  }));
  return { key: Buffer.from(key), value: encodeBucket(entries), version };
}

const marksOf = (counters: KeptCounters, envoy = "a"): Record<string, number> =>
  Object.fromEntries(
    counters
      .list(now)
      .filter((one) => one.envoy === envoy)
      .map(({ name, counter }) => [Buffer.from(name).toString(), counter.at(-1)!]),
  );

describe("kept counters", () => {
  test("are the newest, in whatever order they come", () => {
    const counters = kept();
    const life = counters.begin("a", now);
    const save = (last: number, version: number, mark: number, of = life): boolean =>
      counters.save("a", of, [shard("weir.limit.l", { x: counterOf(last, mark) }, version)], now);
    expect(save(now, 5, 1)).toBe(true);
    save(now, 4, 2);
    expect(marksOf(counters)).toEqual({ x: 1 });
    save(now, 6, 3);
    expect(marksOf(counters)).toEqual({ x: 3 });
    // Versions begin anew some time: what counts is the counter's own time.
    save(now + 1, 1, 4);
    save(now, 9, 5);
    expect(marksOf(counters)).toEqual({ x: 4 });
    const next = counters.begin("a", now);
    expect(next).toBeGreaterThan(life);
    // What the former process has sent comes too late; the clock of the new one may be behind.
    save(now + 9, 9, 6, life);
    expect(marksOf(counters)).toEqual({ x: 4 });
    save(now - hourMs, 1, 7, next);
    expect(marksOf(counters)).toEqual({ x: 7 });
  });

  test("are each Envoy's own", () => {
    const counters = kept();
    for (const [mark, envoy] of ["a", "b"].entries()) {
      counters.save(envoy, counters.begin(envoy, now), [shard("weir.limit.l", { x: counterOf(now, mark) })], now);
    }
    expect([marksOf(counters, "a"), marksOf(counters, "b")]).toEqual([{ x: 0 }, { x: 1 }]);
    expect(counters.page("a", "").shards).toHaveLength(1);
  });

  test("are wanted whole of a life that is not known", () => {
    const counters = kept();
    expect(counters.save("a", now, [shard("weir.limit.l", { x: counterOf(now, 1) })], now)).toBe(false);
    expect(counters.save("a", now, [], now)).toBe(true);
    expect(marksOf(counters)).toEqual({ x: 1 });
  });

  test("are given back page by page, each value whole", () => {
    const counters = kept();
    const life = counters.begin("a", now);
    const all = Array.from({ length: 40 }, (_, i) =>
      shard(`weir.limit.l/${i}`, {
        x: Buffer.concat([counterOf(now, 1), Buffer.alloc(9000, i)]),
        y: counterOf(now, i),
      }),
    );
    counters.save("a", life, all, now);
    const given = new Map<string, Uint8Array>();
    let pages = 0;
    for (let after = "", more = true; more; pages++) {
      const { shards, next } = counters.page("a", after);
      for (const { key, value } of shards) given.set(Buffer.from(key).toString(), value);
      more = next !== "";
      after = next;
    }
    expect(pages).toBe(2);
    expect(given.size).toBe(40);
    for (const { key, value } of all) expect(given.get(key.toString())).toEqual(value);
  });

  test("outlive a process, and what says nothing any more does not", () => {
    const path = join(folder, "restarted.db");
    const first = new KeptCounters(path);
    first.save("a", first.begin("a", now), [shard("weir.limit.l", { x: counterOf(now, 1) })], now);
    first.close();
    const second = kept(path);
    expect(marksOf(second)).toEqual({ x: 1 });
    expect(second.list(now + 2 * hourMs)).toEqual([]);
    second.begin("a", now + 48 * hourMs);
    expect(second.page("a", "").shards).toEqual([]);
  });
});

test("a file that cannot be used is told once, and counters are kept as long as the process lives", () => {
  const path = join(folder, "file");
  writeFileSync(path, "");
  const troubles: string[] = [];
  const service = new CounterService({ path: join(path, "counters.db"), onTrouble: (text) => troubles.push(text) });
  expect(service.list()).toEqual([]);
  expect(service.list()).toEqual([]);
  service.close();
  expect(troubles).toHaveLength(1);
  expect(troubles[0]).toContain("do not outlive this process");
});

test("malformed bytes are read to an end", () => {
  const random = randomFrom(7);
  for (let i = 0; i < 2000; i++) {
    const bytes = Uint8Array.from({ length: random.below(40) }, () => random.below(256));
    for (const { counter } of decodeBucket(bytes)) underWay(decodeCounter(counter));
    usedOf(decodeCounter(bytes), { unit: "requests", limit: 5, period: "hour", algorithm: "slidingWindow" }, now);
  }
});

describe("a counter reads as the plugin would read it", () => {
  let plugin: WasmCounter;
  beforeAll(async () => void (plugin = await WasmCounter.load()));

  const windows: CounterWindow[] = [
    { unit: "requests", limit: 1000, period: "minute", algorithm: "slidingWindow" },
    { unit: "totalTokens", limit: 100_000, period: "day", algorithm: "calendar" },
    { unit: "inputTokens", limit: 9000, period: "hour", algorithm: "tokenBucket" },
    { unit: "outputTokens", limit: 70_000, period: "hour", algorithm: "slidingWindow" },
    { unit: "concurrentRequests", limit: 1000, period: null, algorithm: null },
  ];

  test.each(Array.from({ length: 30 }, (_, seed) => seed))("seed %i", (seed) => {
    const random = randomFrom(seed);
    plugin.begin(windows);
    let time = now;
    const open: number[] = [];
    for (let step = 0; step < 60; step++) {
      time += random.pick([0, 1, 700, 40_000, 400_000, 2_000_000]) - (random.below(20) === 0 ? 5_000_000 : 0);
      const amounts = {
        totalTokens: random.below(900),
        inputTokens: random.below(400),
        outputTokens: random.below(500),
      };
      if (random.below(3) > 0) open.push(plugin.reserve(amounts, time, true)!);
      else if (open.length > 0) plugin.settle(open.splice(random.below(open.length), 1)[0]!, amounts, time);
    }
    const counter = decodeCounter(plugin.bytes());
    for (const later of [0, 900, 70_000, 1_700_000, 3_600_000, 40_000_000]) {
      const used = windows.map((window) => usedOf(counter, window, time + later));
      const remaining = windows.map((window, i) => window.limit - Math.min(window.limit, used[i]!));
      expect(remaining, `after ${later} ms`).toEqual(windows.map((_, i) => plugin.remaining(i, time + later)));
    }
  });
});

test("values of several names are told apart, and those that no longer have a limit are left out", () => {
  const each = (by: "consumer" | "header", name = "") => ({ by, name, match: "each" as const, pattern: "" });
  const limits = [
    { name: "l", match: [each("consumer"), each("header", "x-case")], windows: [] },
    { name: "one", match: [], windows: [] },
  ] as unknown as Limit[];
  const counters = kept();
  const digest = Buffer.alloc(32, 0xf7).toString("latin1");
  counters.save(
    "a",
    counters.begin("a", now),
    [
      shard("weir.limit.l/3", { "ada\0b": counterOf(now, 0) }),
      shard("weir.limit.one", { "": counterOf(now, 0) }),
      shard("weir.limit.gone", { "": counterOf(now, 0) }),
      shard("weir.limit.one/4", { [digest]: counterOf(now, 0) }),
    ],
    now,
  );
  expect(counterStatus(limits, () => counters.list(now), now)).toMatchObject([
    { limit: "l", values: { consumer: "ada", "header x-case": "b" } },
    { limit: "one", values: {} },
  ]);
});
