// The service through gRPC, on a real Redis that is stopped, frozen and started again.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Secret } from "../model/secret.ts";
import { CounterStore } from "./counter-store.ts";
import { LimitService } from "./limit-service.ts";
import { CutLine } from "../../../envoy/test/cut-line.ts";
import { callerOf, leaseOf, type Answer, type Caller, type Window } from "./test/ask.ts";
import { Redis, redisBinary } from "./test/redis.ts";

const minute = "totalTokens/minute/slidingWindow";
const ok = 1;
const overLimit = 2;
let number = 0;

describe.skipIf(redisBinary === null)("weir limits", () => {
  let redis: Redis;
  let stops: (() => unknown)[] = [];
  let limit: string;
  beforeAll(async () => void (redis = await Redis.start()));
  afterAll(() => redis?.remove());
  beforeEach(() => void (limit = `limit-${number++}`));
  afterEach(async () => {
    for (const stop of stops) await stop();
    stops = [];
  });

  async function startService(options: { timeoutMs?: number; token?: string } = {}): Promise<LimitService> {
    const { timeoutMs = 2000, token } = options;
    const store = new CounterStore({ url: redis.url, timeoutMs });
    await store.connect();
    const secret = token === undefined ? null : new Secret(token, { kind: "literal" });
    const service = new LimitService(store, { token: secret });
    await service.listen();
    stops.push(
      () => service.close(),
      () => store.close(),
    );
    return service;
  }
  const start = async (options: { timeoutMs?: number } = {}): Promise<Caller> =>
    callerOf((await startService(options)).port);
  const tokens = (hits: number, more: Partial<Window> = {}): Window => ({
    limit,
    window: minute,
    max: 100,
    hits,
    ...more,
  });
  const left = async ({ ask }: Caller, more: Partial<Window> = {}): Promise<number | undefined> =>
    (await ask(tokens(0, more))).statuses[0]?.limitRemaining;

  test("is asked, reserves, settles and gives back", async () => {
    const caller = await start();
    const { ask } = caller;
    expect(await ask(tokens(0))).toMatchObject({ overallCode: ok, statuses: [{ code: ok, limitRemaining: 100 }] });
    const first = await ask(tokens(80, { lease: "new" }));
    expect(first).toMatchObject({ overallCode: ok, statuses: [{ limitRemaining: 20 }] });
    expect(first.statuses[0]?.durationUntilReset?.seconds).toBeGreaterThan(59n);
    const refused = await ask(tokens(21, { lease: "new" }));
    expect(refused).toMatchObject({ overallCode: overLimit, statuses: [{ code: overLimit, limitRemaining: 20 }] });
    expect(refused.rows[0]?.[5]).toBeGreaterThan(59_000);
    await ask(tokens(-55, { lease: leaseOf(first, 80) }));
    expect(await left(caller)).toBe(75);
    const second = await ask(tokens(70, { lease: "new" }));
    await ask(tokens(40, { lease: leaseOf(second, 70) }));
    expect(await left(caller)).toBe(0);
    expect((await ask(tokens(1))).overallCode).toBe(overLimit);
  });

  test("takes several limits and windows as one", async () => {
    const { ask } = await start();
    const other = `${limit}-other`;
    const windows = (total: number, requests: number): Window[] => [
      tokens(total, { lease: "new" }),
      tokens(1, { lease: "new", window: "requests/day/calendar", max: 2 }),
      { limit: other, counter: "a", window: "concurrentRequests", max: requests, hits: 1, lease: "new" },
    ];
    expect((await ask(...windows(50, 1))).overallCode).toBe(ok);
    const refused = await ask(...windows(10, 1));
    expect(refused.statuses.map(({ code }) => code)).toEqual([ok, ok, overLimit]);
    expect(refused.statuses.map(({ limitRemaining }) => limitRemaining)).toEqual([50, 1, 0]);
    expect((await ask(...windows(10, 2))).overallCode).toBe(ok);
  });

  test("counts in shadow, and refuses nothing", async () => {
    const { ask } = await start();
    await ask(tokens(90, { shadow: true, lease: "new" }));
    const answer = await ask(tokens(90, { shadow: true, lease: "new" }));
    expect(answer).toMatchObject({ overallCode: ok, statuses: [{ code: ok, limitRemaining: 0 }] });
    expect(answer.rows[0]?.[0]).toBe(0);
  });

  test("has exact numbers where the protocol's end", async () => {
    const { ask } = await start();
    const answer = await ask(
      tokens(1_000_000_000_001, { window: "totalTokens/month/calendar", max: 9_000_000_000_000_000 }),
    );
    expect(answer.statuses[0]?.limitRemaining).toBe(2 ** 32 - 1);
    expect(answer.rows[0]?.[3]).toBe(8_998_999_999_999_999);
  });

  test("lets descriptors of others through, and takes the protocol's default of one hit", async () => {
    const { raw, ask } = await start();
    const foreign = { entries: [{ key: "remote_address", value: "192.0.2.7" }] };
    expect(await raw({ domain: "test", descriptors: [foreign] })).toMatchObject({
      overallCode: ok,
      statuses: [{ code: ok }],
    });
    const { hits: _hits, ...one } = tokens(0);
    expect((await ask(one)).statuses[0]?.limitRemaining).toBe(99);
  });

  test.each<[string, Partial<Window>]>([
    ["a window of no known unit", { window: "tokens/minute/slidingWindow" }],
    ["a window that is not", { window: "requests/minute" }],
    ["concurrentRequests in a period", { window: "concurrentRequests/minute/slidingWindow" }],
    ["a window without a max", { max: -1 }],
    ["a window without a max", { max: 1e16 }],
    ["a lease that is none", { lease: "yesterday" }],
    ["given back without a lease", { hits: -1 }],
    ["hits beyond the largest limit", { hits: 9_000_000_000_000_002 }],
  ])("says what is malformed: %s", async (message, more) => {
    const { ask } = await start();
    await expect(ask(tokens(1, more))).rejects.toThrow(message);
  });

  describe("a request with a name", () => {
    const reserved = (hits = 60): Window => tokens(hits, { lease: "new" });
    const id = (): string => `${limit}-r`;

    test("is settled once, however often it is told", async () => {
      const caller = await start();
      const first = await caller.once({ reservation: id() }, reserved());
      const real = tokens(-50, { lease: leaseOf(first, 60) });
      await caller.once({ reservation: id() }, real);
      for (let i = 0; i < 3; i++) await caller.once({ reservation: id(), attempt: "again" }, real);
      expect(await left(caller)).toBe(90);
    });

    test("is settled by what is told again, where the first has not arrived; that one is then too late", async () => {
      const caller = await start();
      const first = await caller.once({ reservation: id() }, reserved());
      const real = tokens(-50, { lease: leaseOf(first, 60) });
      await caller.once({ reservation: id(), attempt: "again" }, real);
      expect(await left(caller)).toBe(90);
      await caller.once({ reservation: id() }, real);
      await caller.once({ reservation: id(), attempt: "again" }, real);
      expect(await left(caller)).toBe(90);
    });

    test("asked for twice it is reserved once, and is what it was", async () => {
      const caller = await start();
      const first = await caller.once({ reservation: id() }, reserved());
      await sleep(20);
      const second = await caller.once({ reservation: id() }, reserved());
      expect(second.overallCode).toBe(ok);
      expect(second.rows[0]!.slice(0, 3)).toEqual(first.rows[0]!.slice(0, 3));
      expect(await left(caller)).toBe(40);
    });

    test("is as if it had never been, once it is undone: before and after it arrives", async () => {
      const caller = await start();
      const requests = { window: "requests/day/calendar", max: 5, hits: 1, lease: "new" };
      const windows = [reserved(), { ...tokens(1), ...requests }];
      const used = async (): Promise<(number | undefined)[]> =>
        (await caller.ask(tokens(0), tokens(0, { window: requests.window, max: 5 }))).statuses.map(
          ({ limitRemaining }) => limitRemaining,
        );
      await caller.once({ reservation: id() }, ...windows);
      expect(await used()).toEqual([40, 4]);
      for (let i = 0; i < 2; i++) await caller.once({ reservation: id(), attempt: "undo" }, ...windows);
      expect(await used()).toEqual([100, 5]);
      await caller.once({ reservation: id() }, ...windows);
      await caller.once({ reservation: "never-made", attempt: "undo" }, ...windows);
      expect(await used()).toEqual([100, 5]);
    });

    test("that Redis knows nothing of is counted by what is told first, and by nothing that is told again", async () => {
      const caller = await start();
      const real = (hits: number): Window => tokens(hits - 60, { lease: `${Date.now()}:${Date.now()}:60` });
      await caller.once({ reservation: id() }, real(10));
      await caller.once({ reservation: id(), attempt: "again" }, real(10));
      expect(await left(caller)).toBe(90);
    });

    test("refused it leaves nothing behind", async () => {
      const caller = await start();
      expect((await caller.once({ reservation: id() }, reserved(101))).overallCode).toBe(overLimit);
      const next = await caller.once({ reservation: id() }, reserved(100));
      await caller.once({ reservation: id() }, tokens(-100, { lease: leaseOf(next, 100) }));
      expect(await left(caller)).toBe(100);
    });

    test("is forgotten an hour after it was made, and when it is settled", async () => {
      const { createClient } = await import("@redis/client");
      const client = await createClient({ url: redis.url }).connect();
      const caller = await start();
      const first = await caller.once({ reservation: id() }, reserved());
      const key = `{weir:test}:open:${id()}`;
      expect(await client.pTTL(key)).toBeGreaterThan(59 * 60_000);
      await caller.once({ reservation: id() }, tokens(0, { lease: leaseOf(first, 60) }));
      expect(await client.exists(key)).toBe(0);
      client.destroy();
    });

    test.each<[string, { reservation: string; attempt?: string }, Partial<Window>]>([
      ["a reservation without a name of its own", { reservation: "a b" }, { lease: "new" }],
      ["an attempt that is none", { reservation: "a", attempt: "third" }, { lease: "new" }],
      ["a reservation that is not made", { reservation: "a" }, {}],
      ["an attempt again at what it is not for", { reservation: "a", attempt: "again" }, { lease: "new" }],
      ["an attempt undo at what it is not for", { reservation: "a", attempt: "undo" }, { lease: "1:1:1" }],
    ])("is refused where it is malformed: %s", async (message, attempt, more) => {
      const caller = await start();
      await expect(caller.once(attempt as never, tokens(1, more))).rejects.toThrow(message);
    });
  });

  describe("several requests that come as one", () => {
    const reserved = (hits: number): Window => tokens(hits, { lease: "new" });
    const id = (number: number): { reservation: string } => ({ reservation: `${limit}-${number}` });
    /** Whether it was let through; or the code. */
    const firstOf = (answer: number[][] | number): number => (typeof answer === "number" ? answer : answer[0]![0]!);

    test("are done one behind the other, each by itself", async () => {
      const caller = await start();
      const first = await caller.once(id(1), reserved(90));
      const settled = tokens(-60, { lease: leaseOf(first, 90) });
      const answers = await caller.all(
        [id(2), reserved(20)],
        [id(1), settled],
        [id(3), reserved(20)],
        [{ ...id(1), attempt: "again" }, settled],
        [{ ...id(3), attempt: "undo" }, reserved(20)],
      );
      expect(answers.map(firstOf)).toEqual([0, 0, 1, 0, 1]);
      expect(await left(caller)).toBe(70);
    });

    test("do not fail with the one among them that is malformed", async () => {
      const caller = await start();
      const malformed: [{ reservation: string; attempt: "again" }, Window] = [
        { ...id(1), attempt: "again" },
        reserved(1),
      ];
      const answers = await caller.all([id(2), reserved(20)], malformed, [id(3), reserved(30)]);
      expect(answers.map(firstOf)).toEqual([1, 3, 1]);
      expect(await left(caller)).toBe(50);
      await expect(caller.all(malformed, malformed)).rejects.toThrow("an attempt again at what it is not for");
    });

    test("are no more than a service takes at once", async () => {
      const caller = await start();
      const many = Array.from({ length: 257 }, (_, i): [{ reservation: string }, Window] => [id(i), reserved(1)]);
      await expect(caller.all(...many)).rejects.toThrow("more than 256 reservations");
      const answers = await caller.all(...many.slice(0, 256));
      expect(answers.map(firstOf).filter((first) => first === 1)).toHaveLength(100);
    });

    test("and find no Redis: it says so", { timeout: 30_000 }, async () => {
      const caller = await start({ timeoutMs: 200 });
      const first = await caller.once(id(1), reserved(90));
      redis.freeze();
      try {
        const settled = tokens(-60, { lease: leaseOf(first, 90) });
        await expect(caller.all([id(1), settled], [id(2), reserved(20)])).rejects.toThrow(/within 200 ms/);
      } finally {
        redis.thaw();
      }
      await vi.waitFor(async () => expect(await left(caller)).toBe(70), { timeout: 5000, interval: 50 });
    });
  });

  test("two of them, one Redis, 200 at once: what there is room for, and all of it comes back", async () => {
    const callers = [await start(), await start()];
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => callers[i % 2]!.ask(tokens(7, { lease: "new" }))),
    );
    const letThrough = answers.filter(({ overallCode }) => overallCode === ok);
    expect(letThrough).toHaveLength(14);
    await Promise.all(letThrough.map((answer, i) => callers[i % 2]!.ask(tokens(-7, { lease: leaseOf(answer, 7) }))));
    expect(await left(callers[0]!)).toBe(100);
  });

  test("one of two is gone: the other one goes on with the same counters", async () => {
    const [gone, stays] = [await startService(), await start()];
    await callerOf(gone.port).ask(tokens(60, { lease: "new" }));
    await gone.close();
    await expect(callerOf(gone.port, { timeoutMs: 500 }).ask(tokens(1))).rejects.toThrow();
    expect(await left(stays)).toBe(40);
  });

  test("Redis is down: it says so at once; Redis is there again: it goes on", { timeout: 30_000 }, async () => {
    const caller = await start();
    await caller.ask(tokens(60, { lease: "new" }));
    await redis.stop();
    await vi.waitFor(() => expect(caller.ask(tokens(1))).rejects.toThrow(/unavailable/), { timeout: 3000 });
    const startedAt = performance.now();
    await expect(caller.ask(tokens(1))).rejects.toThrow(/unavailable/);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    await redis.start();
    await vi.waitFor(async () => expect(await left(caller)).toBe(40), { timeout: 10_000, interval: 100 });
  });

  test("Redis is slow: it is not waited for, and what it does later is given back", { timeout: 30_000 }, async () => {
    const caller = await start({ timeoutMs: 200 });
    expect(await left(caller)).toBe(100);
    redis.freeze();
    try {
      const startedAt = performance.now();
      await expect(caller.ask(tokens(60, { lease: "new" }))).rejects.toThrow(/within 200 ms/);
      expect(performance.now() - startedAt).toBeLessThan(1500);
    } finally {
      redis.thaw();
    }
    await vi.waitFor(async () => expect(await left(caller)).toBe(100), { timeout: 5000, interval: 50 });
    expect((await caller.ask(tokens(100, { lease: "new" }))).overallCode).toBe(ok);
  });

  test("who has left before the answer keeps nothing", { timeout: 30_000 }, async () => {
    const service = await startService({ timeoutMs: 5000 });
    redis.freeze();
    const asked = callerOf(service.port, { timeoutMs: 100 }).ask(tokens(60, { lease: "new" }));
    await expect(asked).rejects.toThrow(/deadline/);
    await sleep(100);
    redis.thaw();
    await vi.waitFor(async () => expect(await left(callerOf(service.port))).toBe(100), { timeout: 5000, interval: 50 });
  });

  test("the line to Redis is cut, before and after it has done it: told again, all is counted once", async () => {
    const line = await CutLine.to(redis.url);
    stops.push(() => line.close());
    const store = new CounterStore({ url: line.url, timeoutMs: 2000 });
    await store.connect();
    const service = new LimitService(store, { token: null });
    await service.listen();
    stops.push(
      () => service.close(),
      () => store.close(),
    );
    const caller = callerOf(service.port);
    const straight = await start();
    // The script is there, or the first cut would be at the answer that it is not.
    await caller.ask(tokens(0));
    for (const [number, cut] of (["request", "answer", "answer", "request"] as const).entries()) {
      const attempt = { reservation: `${limit}-${number}` };
      line.cutAt(cut);
      await expect(caller.once(attempt, tokens(7, { lease: "new" }))).rejects.toThrow(/unavailable/);
      await vi.waitFor(() => caller.once({ ...attempt, attempt: "undo" }, tokens(7, { lease: "new" })));
      expect(await left(straight)).toBe(100 - 3 * number);
      const name = { reservation: `${limit}-${number}-next` };
      const made = await caller.once(name, tokens(7, { lease: "new" }));
      const real = tokens(-4, { lease: leaseOf(made, 7) });
      line.cutAt(cut);
      await expect(caller.once(name, real)).rejects.toThrow(/unavailable/);
      await vi.waitFor(() => caller.once({ ...name, attempt: "again" }, real));
      expect(await left(straight)).toBe(100 - 3 * (number + 1));
    }
    expect(line.cuts).toBe(8);
  });

  test("only whoever has the token is let in", async () => {
    const { port } = await startService({ token: "fake-token-of-the-limits" });
    await expect(callerOf(port).ask(tokens(1))).rejects.toThrow(/unauthenticated/);
    const answer: Answer = await callerOf(port, { token: "fake-token-of-the-limits" }).ask(tokens(1));
    expect(answer.overallCode).toBe(ok);
  });
});
