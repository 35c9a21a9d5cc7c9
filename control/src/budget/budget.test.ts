// Budgets on both databases: exact sums, periods that end, budgets that are raised, and webhooks that are told once.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ingest } from "../ledger/ingest.ts";
import { line, models, plainCost } from "../ledger/test/lines.ts";
import type { Budget, SpentBudget, Webhook } from "../model/budgets.ts";
import { Secret } from "../model/secret.ts";
import { openStore, type Store } from "../store/store.ts";
import { TestPostgres, whyNoPostgres } from "../store/test/postgres.ts";
import { BudgetKeeper } from "./keeper.ts";
import { periodAt } from "./period.ts";
import { readSpending } from "./spending.ts";
import { Receiver, webhookSecret } from "./test/receiver.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-budgets-"));
const withoutPostgres = whyNoPostgres();
let postgres: TestPostgres | null = null;
beforeAll(async () => void (postgres = withoutPostgres ? null : await TestPostgres.start()), 60_000);
afterAll(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const budget = (given: Partial<Budget>): Budget => ({
  ...{
    name: "b",
    match: [],
    unit: "cost",
    limit: Number(plainCost) * 10,
    period: "month",
    soft: false,
    cheaperModel: null,
    alerts: [80, 100],
  },
  ...given,
});
const each = (...by: Budget["match"][number]["by"][]): Budget["match"] => by.map((by) => ({ by, value: null }));

test.each<[Budget["period"], string, string, string | null]>([
  ["day", "2026-11-25T23:59:59.999Z", "2026-11-25", "2026-11-26"],
  ["week", "2026-11-29T23:59:59.999Z", "2026-11-23", "2026-11-30"],
  ["week", "2026-11-30T00:00:00.000Z", "2026-11-30", "2026-12-07"],
  ["month", "2026-12-31T23:59:59.999Z", "2026-12-01", "2027-01-01"],
  ["month", "2028-02-29T12:00:00.000Z", "2028-02-01", "2028-03-01"],
  ["total", "2026-11-25T00:00:00.000Z", "1970-01-01", null],
])("a %s at %s", (period, now, from, until) => {
  const date = (time: number | null) => (time === null ? null : new Date(time).toISOString().slice(0, 10));
  const found = periodAt(Date.parse(now), period);
  expect([date(found.from), date(found.until)]).toEqual([from, until]);
});

let databases = 0;

// Without PostgreSQL the tests of the store say so.
describe.each(withoutPostgres ? (["sqlite"] as const) : (["sqlite", "postgres"] as const))("%s", (kind) => {
  let database = "";
  let store: Store;
  let receiver: Receiver;
  let webhooks: Webhook[];
  let budgets: Budget[] = [];
  let now = Date.parse("2026-11-25T12:00:00Z");
  let position = 0;
  const keepers: BudgetKeeper[] = [];
  const said: string[] = [];

  beforeEach(async () => {
    database = kind === "sqlite" ? join(folder, `${++databases}.db`) : await postgres!.database(`b${++databases}`);
    store = await openStore({ database });
    receiver = await Receiver.start();
    webhooks = [
      {
        name: "ops",
        url: new Secret(receiver.url, { kind: "literal" }),
        secret: new Secret(webhookSecret, { kind: "literal" }),
      },
    ];
    now = Date.parse("2026-11-25T12:00:00Z");
    position = 0;
    said.length = 0;
  });
  afterEach(async () => {
    for (const keeper of keepers.splice(0)) await keeper.stop();
    await receiver.stop();
    await store.close();
  });

  /** As many requests as Envoy has logged. */
  async function record(count: number, given: Record<string, unknown> = {}): Promise<void> {
    const timestamp = new Date(now).toISOString();
    const lines = Array.from({ length: count }, (_, n) => line(`${position}-${n}`, { timestamp, ...given }));
    await ingest(store, { fingerprint: "f", path: "/log", from: position, to: ++position, lines }, models);
  }

  async function keep(...given: Budget[]): Promise<{ keeper: BudgetKeeper; spent: () => string[] }> {
    budgets = given;
    const onTrouble = (message: string): void => void said.push(message);
    const onRecovery = onTrouble;
    const lists = { budgets: () => budgets, webhooks: () => webhooks };
    const keeper = new BudgetKeeper({ database, ...lists, onTrouble, onRecovery, now: () => now, pollMs: 10 });
    keepers.push(keeper);
    await keeper.start();
    return { keeper, spent: () => keeper.spent.flatMap(({ values }) => values.map((value) => value.join(" "))) };
  }

  test("who has spent exactly so much has nothing left, to the nano-dollar", async () => {
    const budgets = [budget({ match: each("team"), limit: Number(plainCost) * 3 })];
    await record(2);
    await record(3, { "weir.team": "ads" });
    await record(5, { "weir.team": "" });
    const { keeper } = await keep(...budgets);
    const expected: SpentBudget[] = [{ name: "b", by: ["team"], untilMs: Date.UTC(2026, 11), values: [["ads"]] }];
    expect(keeper.spent).toEqual(expected);
    const sums = (await readSpending(store, budgets[0]!, now)).map(({ values, spent }) => [...values, spent]);
    expect(sums.sort()).toEqual([
      ["ads", plainCost * 3n],
      ["search", plainCost * 2n],
    ]);
  });

  test.each<[string, Partial<Budget>, string[]]>([
    ["of everybody", { limit: Number(plainCost) * 4 }, [""]],
    ["that somebody else has", { match: [{ by: "consumer", value: "acme" }], limit: Number(plainCost) * 2 }, ["acme"]],
    [
      "of keys, by consumer",
      { match: each("consumer", "key"), limit: Number(plainCost) * 2 },
      ["acme acme/main", "beta other"],
    ],
    ["in tokens", { match: each("consumer"), unit: "totalTokens", limit: 2400 }, ["acme", "beta"]],
    ["in output", { match: each("consumer"), unit: "outputTokens", limit: 401 }, []],
    ["of models", { match: each("model"), unit: "inputTokens", limit: 4000 }, ["known"]],
    ["that is soft", { soft: true, limit: 1 }, []],
  ])("budgets %s", async (_what, given, expected) => {
    await record(2);
    await record(2, { "weir.consumer": "beta", "weir.key": "other" });
    expect((await keep(budget(given))).spent()).toEqual(expected);
  });

  test("a period that ends lifts it, and so does a higher limit", async () => {
    const { spent } = await keep(budget({ name: "day", period: "day" }), budget({ name: "all", period: "total" }));
    await record(10);
    await vi.waitFor(() => expect(spent()).toHaveLength(2));
    now += 12 * 3_600_000;
    await vi.waitFor(() => expect(spent()).toHaveLength(1));
    budgets = budgets.map((one) => ({ ...one, limit: one.limit + 1 }));
    await vi.waitFor(() => expect(spent()).toHaveLength(0));
    await record(1);
    await vi.waitFor(() => expect(spent()).toHaveLength(1));
  });

  test("webhooks are told once for each threshold, limit and period", async () => {
    await keep(budget({ match: each("team") }));
    await record(8);
    await vi.waitFor(() => expect(receiver.told).toEqual(["80 search"]));
    await record(1);
    await record(1);
    await vi.waitFor(() => expect(receiver.told).toEqual(["80 search", "100 search"]));
    expect(receiver.received[1]!.message).toEqual({
      type: "budget.threshold_reached",
      timestamp: "2026-11-25T12:00:00.000Z",
      data: {
        ...{ budget: "b", match: { team: "search" }, unit: "cost", limit: "0.03", spent: "0.03", percent: 100 },
        ...{ hard: true, period: { from: "2026-11-01T00:00:00.000Z", until: "2026-12-01T00:00:00.000Z" } },
      },
    });
    budgets = budgets.map((one) => ({ ...one, limit: one.limit + 3_000_000 }));
    await vi.waitFor(() => expect(receiver.told.slice(2)).toEqual(["80 search"]));
    now += 30 * 24 * 3_600_000;
    await record(9);
    await vi.waitFor(() => expect(receiver.told.slice(3)).toEqual(["80 search"]));
    expect(new Set(receiver.attempts.map(([id]) => id)).size).toBe(receiver.attempts.length);
  });

  test("a receiver that fails is asked again later, with the same message, also by the next Weir", async () => {
    receiver.status = 0;
    await record(8);
    const { keeper } = await keep(budget({}));
    await vi.waitFor(() => expect(said.join()).toContain("Webhook ops did not take an alert"));
    receiver.status = 503;
    now += 5_000;
    await vi.waitFor(() => expect(receiver.attempts).toHaveLength(2));
    await vi.waitFor(() => expect(said.join()).toContain("it answered 503"));
    await keeper.stop();
    receiver.status = 200;
    await keep(budget({}));
    expect(receiver.received).toHaveLength(0);
    now += 30_000;
    await vi.waitFor(() => expect(receiver.told).toEqual(["80"]));
    const third = await keep(budget({}));
    await third.keeper.stop();
    now += 24 * 3_600_000;
    await keep(budget({}));
    expect(new Set(receiver.attempts.map(([id]) => id)).size).toBe(1);
    expect(receiver.attempts.map(([, status]) => status)).toEqual([0, 503, 200]);
    expect(said.join()).not.toMatch(/in-the-url|whsec/);
  });

  test("two who share the database tell once", async () => {
    const both = await Promise.all([keep(budget({ match: each("team") })), keep(budget({ match: each("team") }))]);
    for (const team of ["a", "b", "c", "d"]) await record(10, { "weir.team": team });
    await vi.waitFor(() => expect(receiver.received).toHaveLength(8));
    await Promise.all(both.map(({ keeper }) => keeper.stop()));
    expect(receiver.attempts).toHaveLength(8);
  });

  test("who wants no more is told no more", async () => {
    receiver.status = 410;
    await record(8);
    await keep(budget({}));
    await vi.waitFor(() => expect(said.join()).toContain("it answered 410. This alert is given up"));
    now += 24 * 3_600_000;
    await record(2);
    await vi.waitFor(() => expect(receiver.attempts).toHaveLength(2));
  });
});

test("without its database nothing changes, and it is said", async () => {
  const database = join(folder, "gone", "as-a-file", "ledger.db");
  const blocked = join(folder, "gone");
  writeFileSync(blocked, "");
  const said: string[] = [];
  const keeper = new BudgetKeeper({
    ...{ database, budgets: () => [budget({})], webhooks: () => [], pollMs: 10 },
    onTrouble: (message) => said.push(message),
    onRecovery: (message) => said.push(message),
  });
  await keeper.start();
  expect(keeper.spent).toEqual([]);
  expect(said.join()).toContain("Budgets cannot be read from the ledger");
  rmSync(blocked);
  await vi.waitFor(() => expect(said.join()).toContain("Budgets are kept again"));
  await keeper.stop();
});
