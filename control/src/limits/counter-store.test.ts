// The counters in a real Redis, held against the cases that the plugin is held against, and against the reference on
// random ones.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cases, type Case, type Step } from "../../../plugins/token-ratelimit/test/cases.ts";
import {
  ReferenceCounter,
  type Amounts,
  type CounterWindow,
  type Reservation,
} from "../../../plugins/token-ratelimit/test/reference-counter.ts";
import { seededRandom } from "../../../sdk/test/random.ts";
import { limitAlgorithms, limitPeriods, limitUnits } from "../model/limits.ts";
import { CounterStore, type CounterOperation, type CounterState } from "./counter-store.ts";
import { Redis, redisBinary } from "./test/redis.ts";

let redis: Redis;
let store: CounterStore;

describe.skipIf(redisBinary === null)("counters in Redis", () => {
  beforeAll(async () => {
    redis = await Redis.start();
    store = new CounterStore({ url: redis.url, timeoutMs: 5000 });
    await store.connect();
  });
  afterAll(async () => {
    store?.close();
    await redis?.remove();
  });

  test.each(cases)("case: $name", async (one) => {
    const kept = new Map<string, Reservation>();
    for (const step of one.steps) {
      const state = await take(one, step, kept);
      expect(state.windows.map(({ remaining }) => remaining)).toEqual(step.remaining);
      expect(state.windows.map(({ resetMs }) => resetMs)).toEqual(step.resetMs);
    }
  });

  test("what the reference says, for random limits, amounts and clocks", { timeout: 60_000 }, async () => {
    const random = seededRandom("limits in redis");
    for (let round = 0; round < 60; round++) await compare(`random ${round}`, (below) => random.below(below));
  });

  test("of several counters all are changed, or none", async () => {
    const windows = [windowOf(10)];
    const operation = (key: string, amount: number, shadow = false): CounterOperation => ({
      key,
      kind: "reserve",
      leases: true,
      shadow,
      windows: windows.map((window) => ({ ...window, amount })),
    });
    const remaining = async (): Promise<number[]> =>
      (await store.run(["a", "b"].map((key) => ({ ...operation(key, 1), kind: "ask" })))).map(
        ({ windows: [window] }) => window!.remaining,
      );
    expect((await store.run([operation("a", 6), operation("b", 10)])).every((state) => state.letsThrough)).toBe(true);
    const [a, b] = await store.run([operation("a", 4), operation("b", 1)]);
    expect([a?.letsThrough, b?.letsThrough]).toEqual([true, false]);
    expect(await remaining()).toEqual([4, 0]);
    await store.run([operation("a", 4), operation("b", 1, true)]);
    expect(await remaining()).toEqual([0, 0]);
  });

  test("200 at once on a small limit let through what it has room for", async () => {
    const stores = await Promise.all(
      [1, 2].map(async () => {
        const other = new CounterStore({ url: redis.url, timeoutMs: 5000 });
        await other.connect();
        return other;
      }),
    );
    const windows = [{ ...windowOf(1000), amount: 70 }];
    const states = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        stores[i % 2]!.run([{ key: "race", kind: "reserve", leases: true, windows }]),
      ),
    );
    expect(states.filter(([state]) => state?.letsThrough)).toHaveLength(14);
    for (const other of stores) other.close();
  });

  test("a counter that nobody asks for is forgotten", async () => {
    const { createClient } = await import("@redis/client");
    const client = await createClient({ url: redis.url }).connect();
    await store.run([{ key: "ttl", kind: "reserve", windows: [{ ...windowOf(10), amount: 1 }] }]);
    const ttl = await client.pTTL("ttl");
    client.destroy();
    expect(ttl).toBeGreaterThan(30 * 60_000);
    expect(ttl).toBeLessThan(33 * 60_000);
  });
});

const windowOf = (limit: number): CounterWindow => ({
  unit: "totalTokens",
  period: "minute",
  algorithm: "slidingWindow",
  limit,
});

function windowsOf(windows: CounterWindow[], amountOf: (window: CounterWindow) => number): CounterOperation["windows"] {
  return windows.map((window) => ({ ...window, amount: amountOf(window) }));
}

function settlement(key: string, windows: CounterWindow[], { time, wall, amounts }: Reservation, real: Amounts) {
  const realOf = (unit: CounterWindow["unit"]): number =>
    real[unit] ?? (unit === "requests" ? (amounts.requests ?? 0) : 0);
  return {
    key,
    kind: "settle" as const,
    time,
    wall,
    windows: windows.map((window) => ({
      ...window,
      amount: realOf(window.unit),
      reserved: amounts[window.unit] ?? 0,
    })),
  };
}

async function take({ name, windows, from, shadow }: Case, step: Step, kept: Map<string, Reservation>) {
  const now = Date.parse(from) + step.at;
  if (!step.reserve) {
    const real = step.settle ? step.real! : { requests: 0 };
    const [state] = await store.run([settlement(name, windows, kept.get(step.settle ?? step.release!)!, real)], {
      now,
    });
    return state!;
  }
  const amounts = windowsOf(windows, ({ unit }) => Math.max(1, step.reserve![unit] ?? 1));
  const operation = { key: name, kind: "reserve" as const, leases: true, shadow: shadow ?? false, windows: amounts };
  const [state] = await store.run([operation], { now });
  expect(state!.letsThrough).toBe(step.allowed);
  if (!state!.letsThrough) {
    const waits = state!.windows.map(({ retryMs }) => retryMs);
    expect(waits.includes(null) ? null : Math.max(...(waits as number[]))).toBe(step.retryMs);
  }
  const { time, wall } = state!;
  const asked = Object.fromEntries(amounts.map(({ unit, amount }) => [unit, amount]));
  if (state!.letsThrough || shadow) kept.set(step.as!, { time, wall, amounts: asked });
  return state!;
}

type Below = (below: number) => number;

function randomWindows(below: Below): CounterWindow[] {
  const windows = Array.from({ length: 1 + below(3) }, (): CounterWindow => {
    const unit = limitUnits[below(limitUnits.length)]!;
    const limit = below(8) === 0 ? below(3) : 1 + below(2000);
    if (unit === "concurrentRequests") return { unit, period: null, algorithm: null, limit };
    const [period, algorithm] = [limitPeriods[below(6)]!, limitAlgorithms[below(3)]!];
    return { unit, period, algorithm, limit };
  });
  const ids = windows.map(({ unit, period, algorithm }) => `${unit} ${period} ${algorithm}`);
  return windows.filter((_, i) => ids.indexOf(ids[i]!) === i);
}

/** One counter here and there, step by step. */
async function compare(key: string, below: Below): Promise<void> {
  const reference = new ReferenceCounter();
  const windows = randomWindows(below);
  const open: Reservation[] = [];
  let now = Date.UTC(2024 + below(5), below(12), 1 + below(28)) + below(86_400_000);
  for (let step = 0; step < 40; step++) {
    now += [below(50), below(5000), below(120_000), below(86_400_000 * 3), -below(5000), -below(86_400_000)][below(6)]!;
    let state: CounterState | undefined;
    if (below(3) > 0 || open.length === 0) {
      const asked = Object.fromEntries(windows.map(({ unit }) => [unit, 1 + below(300)]));
      const amounts = windowsOf(windows, ({ unit }) => asked[unit]!);
      const reservation = reference.reserve(windows, asked, now);
      [state] = await store.run([{ key, kind: "reserve", leases: true, windows: amounts }], { now });
      expect(state?.letsThrough, `${key}, step ${step}`).toBe(reservation !== null);
      if (reservation) {
        expect([state?.time, state?.wall]).toEqual([reservation.time, reservation.wall]);
        open.push(reservation);
      }
    } else {
      const [reservation] = open.splice(below(open.length), 1);
      const real = below(5) === 0 ? { requests: 0 } : Object.fromEntries(windows.map(({ unit }) => [unit, below(400)]));
      reference.settle(windows, reservation!, real, now);
      [state] = await store.run([settlement(key, windows, reservation!, real)], { now });
    }
    const seen = windows.map((window) => [reference.remaining(window, now), reference.resetMs(window, now)]);
    expect(
      state?.windows.map(({ remaining, resetMs }) => [remaining, resetMs]),
      `${key}, step ${step}`,
    ).toEqual(seen);
  }
}
