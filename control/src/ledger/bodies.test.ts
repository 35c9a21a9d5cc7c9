// Recorded prompts and answers in both databases: listed without their texts, found by any of their ids, forgotten
// alone.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore, type Store } from "../store/store.ts";
import { TestPostgres, whyNoPostgres } from "../store/test/postgres.ts";
import { deleteBody, findBody, listBodies, type BodyQuery } from "./bodies.ts";
import { ingest } from "./ingest.ts";
import { line, models } from "./test/lines.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-bodies-"));
const withoutPostgres = whyNoPostgres();
let postgres: TestPostgres | null = null;
const stores: Partial<Record<"sqlite" | "postgres", Store>> = {};

const lines = [
  line("1", { timestamp: "2026-11-01T00:00:00.000Z" }),
  line("2", { timestamp: "2026-11-02T00:00:00.000Z", "weir.consumer": "beta", "gen_ai.response.id": "chatcmpl-2" }),
  line("3", { timestamp: "2026-11-03T00:00:00.000Z", "request.id": "client-1", "weir.prompt": "", "weir.route": "o" }),
  line("4", { timestamp: "2026-11-04T00:00:00.000Z", "weir.prompt": "", "weir.answer": "" }),
];

beforeAll(async () => {
  stores.sqlite = await openStore({ database: join(folder, "ledger.db") });
  if (!withoutPostgres) {
    postgres = await TestPostgres.start();
    stores.postgres = await openStore({ database: await postgres.database("bodies") });
  }
  for (const store of Object.values(stores))
    await ingest(store, { fingerprint: "f", path: "/log", from: 0, to: 1, lines }, models);
}, 60_000);
afterAll(async () => {
  for (const store of Object.values(stores)) await store.close();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const november = { from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 11, 1), limit: 10 };

// Without PostgreSQL the tests of the store say so.
describe.each(withoutPostgres ? (["sqlite"] as const) : (["sqlite", "postgres"] as const))("%s", (kind) => {
  test.each<[string, Partial<BodyQuery>, string[]]>([
    ["all, the newest first", {}, ["3", "2", "1"]],
    ["some", { limit: 2 }, ["3", "2"]],
    ["of a time", { from: Date.UTC(2026, 10, 2), to: Date.UTC(2026, 10, 3) }, ["2"]],
    ["of a consumer", { consumer: "beta" }, ["2"]],
    ["of a route", { route: "o" }, ["3"]],
    ["of a name that is SQL", { consumer: "' or 1=1 --" }, []],
  ])("%s", async (...[, given, expected]) => {
    const found = await listBodies(stores[kind]!, { ...november, ...given });
    expect(found.map(({ id }) => id)).toEqual(expected);
    expect(JSON.stringify(found)).not.toMatch(/Hello|"Hi"/);
  });

  test("one is found by each of its ids, the newest of several", async () => {
    const ids = ["2", "client-2", "chatcmpl-2", "client-1", "4", "nothing", ""];
    const found = [];
    for (const id of ids) found.push((await findBody(stores[kind]!, id))?.id ?? null);
    expect(found).toEqual(["2", "2", "2", "3", null, null, null]);
    expect(await findBody(stores[kind]!, "2")).toMatchObject({
      at: Date.UTC(2026, 10, 2),
      consumer: "beta",
      prompt: '{"messages":[{"role":"user","content":"Hello, [email]"}]}',
      answer: '[{"text":"Hi"}]',
      promptTruncated: false,
      answerTruncated: true,
      redacted: ["emails"],
    });
  });

  test("one is forgotten, and its request is not", async () => {
    const { db } = stores[kind]!;
    await deleteBody(db, "1");
    expect(await findBody(stores[kind]!, "1")).toBeNull();
    expect(await db.selectFrom("requests").select("id").where("id", "=", "1").execute()).toHaveLength(1);
    expect((await listBodies(stores[kind]!, november)).map(({ id }) => id)).toEqual(["3", "2"]);
  });
});
