// Usage by any dimension and period, on both databases, and how it is printed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore, type Store } from "../store/store.ts";
import { TestPostgres, whyNoPostgres } from "../store/test/postgres.ts";
import { formatUsage, formatUsd } from "./format-usage.ts";
import { ingest } from "./ingest.ts";
import { queryUsage, usageProblem, type UsageQuery } from "./query.ts";
import { line, models } from "./test/lines.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-usage-"));
const withoutPostgres = whyNoPostgres();
let postgres: TestPostgres | null = null;
const stores: Partial<Record<"sqlite" | "postgres", Store>> = {};

const lines = [
  line("1", { timestamp: "2026-10-31T23:59:59.999Z" }),
  line("2", { timestamp: "2026-11-01T00:00:00.000Z", "weir.consumer": "beta, inc" }),
  line("3", {
    timestamp: "2026-11-01T05:10:00.000Z",
    "http.response.status_code": 503,
    "gen_ai.usage.input_tokens": "",
  }),
  line("4", {
    timestamp: "2026-11-02T05:10:00.000Z",
    "weir.provider_model": "=unknown()",
    "gen_ai.response.model": "",
  }),
  line("5", { timestamp: "2026-11-02T06:10:00.000Z", "weir.usage_source": "estimated" }),
];

/** Messages to MCP servers, a year before: nothing else counts there. */
const messages = [
  message("m1", { "gen_ai.tool.name": "search", "http.request.body.size": 100, "http.response.body.size": 5000 }),
  message("m2", { "gen_ai.tool.name": "search", "weir.mcp_error": "tool", "http.request.body.size": 150 }),
  message("m3", { "gen_ai.tool.name": "made up", "weir.mcp_error": "-32602", "weir.consumer": "beta, inc" }),
  message("m4", { "mcp.method.name": "tools/list", "weir.mcp_server": "wiki", "http.response.body.size": 70 }),
  line("m5", { timestamp: "2025-11-02T10:10:00.000Z" }),
];

function message(id: string, given: Record<string, unknown>): string {
  const call = { "weir.mcp_server": "issues", "mcp.method.name": "tools/call", "weir.surface": "" };
  const untold = Object.fromEntries(
    ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "weir.provider_model", "gen_ai.request.model"].map(
      (name) => [name, ""],
    ),
  );
  return line(id, { timestamp: "2025-11-02T09:10:00.000Z", ...untold, ...call, ...given });
}

beforeAll(async () => {
  stores.sqlite = await openStore({ database: join(folder, "ledger.db") });
  if (!withoutPostgres) {
    postgres = await TestPostgres.start();
    stores.postgres = await openStore({ database: await postgres.database("usage") });
  }
  for (const store of Object.values(stores)) {
    await ingest(store, { fingerprint: "f", path: "/log", from: 0, to: 1, lines: [...lines, ...messages] }, models);
  }
}, 60_000);
afterAll(async () => {
  for (const store of Object.values(stores)) await store.close();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const query = (given: Partial<UsageQuery> = {}): UsageQuery => ({
  ...{ by: [], bucket: null, where: {}, from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 11, 1) },
  ...given,
});

// Without PostgreSQL the tests of the store say so.
describe.each(withoutPostgres ? (["sqlite"] as const) : (["sqlite", "postgres"] as const))("%s", (kind) => {
  async function usage(given: Partial<UsageQuery>): Promise<string[]> {
    const rows = await queryUsage(stores[kind]!, query(given));
    return rows.map(({ period, at, sums }) => {
      const time = period === null ? [] : [new Date(period).toISOString().slice(0, 13)];
      return [...time, ...Object.values(at), sums.requests, sums.input_tokens, formatUsd(sums.cost_nano_usd)].join(" ");
    });
  }

  test.each<[string, Partial<UsageQuery>, string[]]>([
    ["all together", {}, ["5 4000 0.0106"]],
    ["by consumer", { by: ["consumer"] }, ["acme 4 3000 0.0076", "beta, inc 1 1000 0.003"]],
    ["by two", { by: ["model", "team"] }, ["known search 4 3000 0.0106", "=unknown() search 1 1000 0.00"]],
    ["by month", { bucket: "month" }, ["2026-10-01T00 1 1000 0.003", "2026-11-01T00 4 3000 0.0076"]],
    [
      "by day",
      { bucket: "day", where: { consumer: "acme" } },
      ["2026-10-31T00 1 1000 0.003", "2026-11-01T00 1 0 0.0016", "2026-11-02T00 2 2000 0.003"],
    ],
    [
      "by hour",
      { bucket: "hour", from: Date.UTC(2026, 10, 2) },
      ["2026-11-02T05 1 1000 0.00", "2026-11-02T06 1 1000 0.003"],
    ],
    ["from an hour of a day on", { from: Date.UTC(2026, 10, 2, 6, 30) }, ["1 1000 0.003"]],
    ["until the first moment of a day", { to: Date.UTC(2026, 10, 1) }, ["1 1000 0.003"]],
    ["of nobody", { where: { consumer: "nobody" } }, []],
    ["of a name that is SQL", { where: { consumer: "' or 1=1 --" } }, []],
  ])("%s", async (...[, given, expected]) => {
    expect(await usage(given)).toEqual(expected);
  });
});

const yearBefore = { from: Date.UTC(2025, 10, 1), to: Date.UTC(2025, 11, 1) };

describe.each(withoutPostgres ? (["sqlite"] as const) : (["sqlite", "postgres"] as const))("messages, %s", (kind) => {
  test.each<[string, Partial<UsageQuery>, string[]]>([
    [
      "by server and tool",
      { by: ["server", "tool"] },
      ["issues search 2 1 250 5000", "issues  1 1 0 0", "wiki  1 0 0 70"],
    ],
    ["by method", { by: ["method"], bucket: "hour" }, ["tools/call 3 2 250 5000", "tools/list 1 0 0 70"]],
    ["of one consumer", { by: ["tool"], where: { consumer: "beta, inc" } }, [" 1 1 0 0"]],
    ["of one server", { by: ["consumer"], where: { server: "issues" } }, ["acme 2 1 250 5000", "beta, inc 1 1 0 0"]],
    ["all, with what is none", {}, ["5 2 250 5070"]],
  ])("%s", async (...[, given, expected]) => {
    const rows = await queryUsage(stores[kind]!, query({ ...yearBefore, ...given }));
    const told = rows.map(({ at, sums }) =>
      [...Object.values(at), sums.requests, sums.failures, sums.request_bytes, sums.response_bytes].join(" "),
    );
    expect(told).toEqual(expected);
  });
});

test("a table of messages has bytes in place of tokens", async () => {
  const asked = query({ ...yearBefore, by: ["server", "tool"] });
  expect(formatUsage(await queryUsage(stores.sqlite!, asked), asked, "table")).toBe(
    [
      "SERVER  TOOL    REQUESTS  FAILURES  RECEIVED   SENT",
      "issues  search         2         1       250  5,000",
      "issues  -              1         1         0      0",
      "wiki    -              1         0         0     70",
    ].join("\n"),
  );
});

test("tags and tools have sums of their own", () => {
  expect(usageProblem(["tag", "tool"])).toBe("server, method, tool cannot be told by tag");
  expect(usageProblem(["tag", "model"])).toBeNull();
  expect(usageProblem(["server", "model"])).toBeNull();
});

test("a table tells what failed, what was estimated, and that a sum is not the whole cost", async () => {
  const asked = query({ by: ["model"] });
  expect(formatUsage(await queryUsage(stores.sqlite!, asked), asked, "table")).toBe(
    [
      "MODEL       REQUESTS  FAILURES  ESTIMATED  UNPRICED  INPUT  CACHED  OUTPUT      COST",
      "known              4         1          1         0  3,000   1,600     800   $0.0106",
      "=unknown()         1         0          0         1  1,000     400     200  $0.00 +?",
    ].join("\n"),
  );
});

test("CSV holds no formula, and every digit", async () => {
  const asked = query({ by: ["model", "consumer"], bucket: "month" });
  const [head, ...rows] = formatUsage(await queryUsage(stores.sqlite!, asked), asked, "csv").split("\r\n");
  expect(head).toBe(
    "period,model,consumer,requests,failures,estimated,unpriced,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,cacheWriteHourTokens,reasoningTokens,audioInputTokens,audioOutputTokens,requestBytes,responseBytes,costUsd",
  );
  expect(rows).toContain("2026-11-01T00:00:00.000Z,'=unknown(),acme,1,0,0,1,1000,200,400,0,0,0,0,0,0,0,0.00");
  expect(rows).toContain('2026-11-01T00:00:00.000Z,known,"beta, inc",1,0,0,0,1000,200,400,0,0,0,0,0,0,0,0.003');
});

test("JSON says for which time it is", async () => {
  const asked = query();
  const json = JSON.parse(formatUsage(await queryUsage(stores.sqlite!, asked), asked, "json")) as object;
  expect(json).toMatchObject({
    from: "2026-10-01T00:00:00.000Z",
    rows: [{ requests: 5, inputTokens: 4000, costUsd: "0.0106" }],
  });
});

test.each([
  [0n, "0.00"],
  [1n, "0.000000001"],
  [1_500_000_000n, "1.50"],
  [2n ** 63n - 1n, "9223372036.854775807"],
])("%s nano-dollars are %s", (nanos, text) => {
  expect(formatUsd(nanos)).toBe(text);
});
