// Each request once, whatever happens: the ledger killed, the writer killed, files renamed and copied, two readers, the
// database locked, gone, deleted or full. On SQLite and PostgreSQL alike. LEDGER_SEED repeats a run.
import { spawn, type ChildProcess } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi, type TestContext } from "vitest";
import { loadSqlite } from "../store/sqlite.ts";
import { openStore, type Store } from "../store/store.ts";
import { TestPostgres, whyNoPostgres } from "../store/test/postgres.ts";
import { ingest, positionOf } from "./ingest.ts";
import { Ledger, type LedgerOptions } from "./ledger.ts";
import { LedgerTail } from "./tail.ts";
import { deleteOld } from "./retention.ts";
import { expectConsistent, recorded } from "./test/check.ts";
import { line, models, plainLine } from "./test/lines.ts";
import { LogWriter } from "./test/writer.ts";

const seed = Number(process.env["LEDGER_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const base = mkdtempSync(join(tmpdir(), "weir-ledger-"));
const withoutPostgres = whyNoPostgres();
let postgres: TestPostgres | null = null;
let folder = "";
let names = 0;

beforeAll(async () => {
  if (!withoutPostgres) postgres = await TestPostgres.start();
}, 60_000);
afterAll(async () => {
  await postgres?.stop();
  rmSync(base, { recursive: true, force: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(base, "case-"));
});

const log = (): string => join(folder, "requests.jsonl");

function optionsOf(database: string, given: Partial<LedgerOptions> = {}): LedgerOptions {
  const retention = () => ({ requestsMs: 0, hoursMs: 0, daysMs: 0, bodiesMs: 0 });
  return {
    database,
    log: log(),
    models: () => models,
    retention,
    pollMs: 10,
    settleMs: 50,
    rotateBytes: 20_000,
    ...given,
  };
}

async function withStore<T>(database: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ database });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Waits until so many requests are recorded, and then for what should not follow. */
async function settled(database: string, count: number): Promise<void> {
  await withStore(database, async (store) => {
    await vi.waitFor(async () => expect((await recorded(store)).length).toBe(count), { timeout: 20_000, interval: 50 });
    await pause(100);
    await expectConsistent(store, count);
  });
}

function startChild(database: string, shell = ""): ChildProcess {
  const script = join(import.meta.dirname, "test", "ledger-child.ts");
  const command = `${shell} exec "$0" "$@"`;
  return spawn("/bin/sh", ["-c", command, process.execPath, script, database, log()], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function exited(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once("exit", resolve));
}

describe.each(["sqlite", "postgres"] as const)("%s", (kind) => {
  async function newDatabase({ skip }: TestContext): Promise<string> {
    if (kind === "postgres" && withoutPostgres) skip(withoutPostgres);
    return kind === "sqlite" ? join(folder, "ledger.db") : postgres!.database(`ledger_${names++}`);
  }

  test("the same lines under another name, or again, are nothing new", async (context) => {
    const database = await newDatabase(context);
    const writer = new LogWriter(log(), "a");
    writer.write(30);
    copyFileSync(log(), join(folder, "copy.jsonl"));
    await withStore(database, async (store) => {
      for (const path of [log(), log(), join(folder, "copy.jsonl")]) {
        await new LedgerTail({ path, models: () => models }).run(store);
        await expectConsistent(store, 30);
      }
      writer.write(5);
      await new LedgerTail({ path: log(), models: () => models }).run(store);
      await expectConsistent(store, 35);
    });
  });

  test("what was said is forgotten before the rest, or with it", async (context) => {
    const database = await newDatabase(context);
    const started = Date.parse(String(plainLine["timestamp"]));
    new LogWriter(log(), "a").write(20);
    await withStore(database, async (store) => {
      await new LedgerTail({ path: log(), models: () => models }).run(store);
      const forever = { requestsMs: 0, hoursMs: 0, daysMs: 0, bodiesMs: 0 };
      const counts = async (): Promise<number[]> => {
        const bodies = await store.db.selectFrom("bodies").select("request").execute();
        return [(await recorded(store)).length, bodies.length];
      };
      await deleteOld(store, forever, started + 365 * 86_400_000);
      await deleteOld(store, { ...forever, bodiesMs: 1000 }, started);
      expect(await counts()).toEqual([20, 20]);
      await deleteOld(store, { ...forever, bodiesMs: 1000 }, started + 3_600_000);
      expect(await counts()).toEqual([20, 0]);
    });
    const other = join(folder, "other.jsonl");
    new LogWriter(other, "b").write(20);
    await withStore(database, async (store) => {
      await new LedgerTail({ path: other, models: () => models }).run(store);
      await deleteOld(store, { requestsMs: 1000, hoursMs: 0, daysMs: 0, bodiesMs: 0 }, started + 3_600_000);
      expect(await store.db.selectFrom("bodies").selectAll().execute()).toEqual([]);
      expect(await recorded(store)).toEqual([]);
    });
  });

  test("of two that read one file at the same time, each line is counted by one", async (context) => {
    const database = await newDatabase(context);
    const writer = new LogWriter(log(), "a");
    const ledgers = [new Ledger(optionsOf(database)), new Ledger(optionsOf(database))];
    for (const ledger of ledgers) ledger.start();
    for (let i = 0; i < 20; i++) {
      writer.write(10);
      await pause(10);
    }
    await settled(database, 200);
    for (const ledger of ledgers) await ledger.stop();
    expect((await ledgers[0]!.status()).records + (await ledgers[1]!.status()).records).toBe(200);
  });

  test("a batch that fails in its middle leaves nothing, its position neither", async (context) => {
    const database = await newDatabase(context);
    await withStore(database, async (store) => {
      const batch = { fingerprint: "f", path: log(), from: 0, to: 100, lines: [line("1"), line("2")] };
      await store.db.insertInto("attempts").values(collision).execute();
      await expect(ingest(store, batch, models)).rejects.toThrow(/unique|duplicate/i);
      expect(await positionOf(store, "f")).toBe(0);
      expect(await recorded(store)).toEqual([]);
    });
  });

  test(
    "killed at any moment, and its writer too, it counts each request once",
    { timeout: 60_000 },
    async (context) => {
      const database = await newDatabase(context);
      console.log(`LEDGER_SEED=${seed}`);
      let state = seed;
      const random = (bound: number): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % bound;
      const writer = new LogWriter(log(), "k");
      for (let life = 0; life < 8; life++) {
        const child = startChild(database);
        child.stdout?.on("data", (text: Buffer) => text.includes("reopen") && writer.reopen());
        const end = performance.now() + 250 + random(400);
        while (performance.now() < end) {
          writer.write(1 + random(20));
          if (random(15) === 0) writer.dieWithin();
          await pause(random(8));
        }
        const gone = exited(child);
        child.kill("SIGKILL");
        await gone;
      }
      const last = new Ledger(optionsOf(database, { reopen: () => Promise.resolve(writer.reopen()) }));
      last.start();
      writer.write(1);
      await settled(database, writer.count);
      await vi.waitFor(() => {
        // What was taken in is removed, whoever had renamed it.
        writer.write(1);
        expect(readdirSync(folder).filter((file) => /requests.*\.jsonl$/.test(file)).length).toBeLessThanOrEqual(2);
      }, 10_000);
      await last.stop();
      await settled(database, writer.count);
    },
  );
});

const collision = {
  ...{ request: "2", number: 1, requested_at: 1, target: "", provider: "", provider_key: "" },
  ...{ model: "", status: 200, duration_ms: 1, reason: "" },
};

test("a database that is locked is waited for, and nothing is missing after", async () => {
  const database = join(folder, "ledger.db");
  const said: string[] = [];
  const writer = new LogWriter(log(), "a");
  await withStore(database, async () => undefined);
  const { DatabaseSync } = loadSqlite();
  const other = new DatabaseSync(database);
  other.exec("begin immediate");
  const ledger = new Ledger(
    optionsOf(database, { onTrouble: (text) => said.push(text), onRecovery: (text) => said.push(text) }),
  );
  ledger.start();
  writer.write(50);
  await vi.waitFor(() => expect(said).toEqual([expect.stringContaining("locked")]), 5_000);
  expect((await ledger.status()).trouble).toContain("locked");
  expect((await ledger.status()).lagBytes).toBeGreaterThan(0);
  other.exec("rollback");
  other.close();
  await settled(database, 50);
  await vi.waitFor(() => expect(said).toHaveLength(2));
  await ledger.stop();
  expect(await ledger.status()).toEqual({
    records: 50,
    unreadableLines: 0,
    lagBytes: expect.any(Number),
    trouble: null,
  });
});

test("a file that is deleted under it is made anew, and what the log still holds is recorded", async () => {
  const database = join(folder, "ledger.db");
  const said: string[] = [];
  const writer = new LogWriter(log(), "a");
  const ledger = new Ledger(optionsOf(database, { onTrouble: (text) => said.push(text), rotateBytes: 2 ** 30 }));
  ledger.start();
  writer.write(10);
  await settled(database, 10);
  for (const end of ["", "-wal", "-shm"]) rmSync(database + end, { force: true });
  writer.write(10);
  await vi.waitFor(() => expect(said).toEqual([expect.stringContaining("deleted or replaced")]), 5_000);
  await settled(database, 20);
  await ledger.stop();
});

test("a PostgreSQL that goes and comes again", { timeout: 60_000 }, async ({ skip }) => {
  if (withoutPostgres) skip(withoutPostgres);
  const database = await postgres!.database("restarted");
  const said: string[] = [];
  const events = { onTrouble: (text: string) => said.push(text), onRecovery: () => said.push("recovery") };
  const writer = new LogWriter(log(), "a");
  const ledger = new Ledger(optionsOf(database, events));
  ledger.start();
  writer.write(20);
  await settled(database, 20);
  await postgres!.kill();
  writer.write(20);
  await vi.waitFor(() => expect(said[0]).toContain("The ledger cannot be written"), 10_000);
  await postgres!.resume();
  await settled(database, 40);
  await vi.waitFor(() => expect(said.at(-1)).toBe("recovery"), 10_000);
  await ledger.stop();
});

test("a full disk is told, and when there is room again nothing is missing", { timeout: 60_000 }, async () => {
  const database = join(folder, "ledger.db");
  const writer = new LogWriter(log(), "a");
  // No file may grow beyond 200 KiB: the system refuses writes as it does on a full disk.
  const child = startChild(database, "trap '' XFSZ; ulimit -f 400;");
  let said = "";
  child.stdout?.on("data", (text: Buffer) => (said += text.toString()));
  const gone = exited(child);
  for (let i = 0; i < 60; i++) {
    writer.write(20);
    await pause(5);
  }
  await vi.waitFor(() => expect(said).toMatch(/trouble The ledger cannot be written: .*(full|I\/O)/), 20_000);
  child.kill("SIGKILL");
  await gone;
  const next = new Ledger(optionsOf(database));
  next.start();
  await settled(database, writer.count);
  await next.stop();
});

test("what Envoy could not write is told, for nobody can record it later", async () => {
  const said: string[] = [];
  const options = optionsOf(join(folder, "ledger.db"), {
    writeFailures: () => Promise.resolve(3),
    onTrouble: (text) => said.push(text),
  });
  const ledger = new Ledger(options);
  ledger.start();
  await vi.waitFor(() => expect(said).toEqual([expect.stringContaining("requests of this time are missing")]), 5_000);
  await ledger.stop();
});

test("lines that are none are counted and told, and do not stop those behind them", async () => {
  const database = join(folder, "ledger.db");
  const said: string[] = [];
  const writer = new LogWriter(log(), "a");
  writer.dieWithin();
  writer.write(3);
  const ledger = new Ledger(optionsOf(database, { onTrouble: (text) => said.push(text) }));
  ledger.start();
  await settled(database, 3);
  await ledger.stop();
  expect(await ledger.status()).toMatchObject({ records: 3, unreadableLines: 1 });
  expect(said).toEqual([expect.stringContaining("1 lines")]);
});

test("a log that hardly grows is renamed and removed before what was said in it has to be forgotten", async () => {
  const database = join(folder, "ledger.db");
  const writer = new LogWriter(log(), "a");
  const retention = () => ({ requestsMs: 0, hoursMs: 0, daysMs: 0, bodiesMs: 400 });
  const reopen = () => Promise.resolve(writer.reopen());
  const ledger = new Ledger(optionsOf(database, { retention, reopen, rotateBytes: 2 ** 30 }));
  const logs = (): string[] => readdirSync(folder).filter((file) => file.endsWith(".jsonl"));
  writer.write(3);
  ledger.start();
  await vi.waitFor(() => expect(logs()).toEqual([expect.stringMatching(/^requests-\d{8}T/)]), 5_000);
  writer.write(1);
  await vi.waitFor(() => expect(logs()).toEqual(["requests.jsonl"]), 5_000);
  await ledger.stop();
  await withStore(database, async (store) => expect(await recorded(store)).toHaveLength(4));
});

test("what is too old goes, its sums stay until they are too old themselves", async () => {
  const database = join(folder, "ledger.db");
  const writer = new LogWriter(log(), "a");
  writer.write(5, { timestamp: new Date(Date.now() - 3 * 86_400_000).toISOString() });
  writer.write(2, { timestamp: new Date().toISOString() });
  const first = new Ledger(optionsOf(database));
  first.start();
  await settled(database, 7);
  await first.stop();
  const retention = () => ({ requestsMs: 2 * 86_400_000, hoursMs: 2 * 86_400_000, daysMs: 0, bodiesMs: 0 });
  const second = new Ledger(optionsOf(database, { retention }));
  second.start();
  await withStore(database, async ({ db }) => {
    const count = async (table: "requests" | "attempts") => (await db.selectFrom(table).selectAll().execute()).length;
    await vi.waitFor(async () => expect([await count("requests"), await count("attempts")]).toEqual([2, 2]), 5_000);
    const hours = await db.selectFrom("usage_hours").select("requests").execute();
    const days = await db.selectFrom("usage_days").select("requests").execute();
    expect([hours, days].map((rows) => rows.reduce((sum, row) => sum + Number(row.requests), 0))).toEqual([2, 7]);
  });
  await second.stop();
  expect(existsSync(database)).toBe(true);
});
