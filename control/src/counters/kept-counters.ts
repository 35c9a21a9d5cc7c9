// Counters of Envoys, in a file of this machine's: each as its Envoy has told last, so that it can be given back.
//
// An Envoy has a name, and each time that it begins a life. A counter is replaced by what a later life tells, in one
// life by what its own time says is later, and within one millisecond by the version that Envoy gives the value.
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { loadSqlite } from "../store/sqlite.ts";
import { decodeBucket, encodeBucket, VarintReader, type BucketEntry } from "./bucket.ts";
import type { Shard } from "./protocol.ts";

/** Others write for milliseconds. */
const busyTimeoutMs = 500;
const dayMs = 24 * 60 * 60 * 1000;
/** Longer than any window. */
const forgottenAfterMs = 40 * dayMs;
const pageBytes = 256 * 1024;

const tables = `
create table if not exists lives (
  envoy text primary key, life integer not null, seen_at integer not null
) without rowid;
create table if not exists counters (
  envoy text not null, shard text not null, name blob not null, life integer not null, last integer not null,
  version integer not null, ends_at integer not null, counter blob not null, primary key (envoy, shard, name)
) without rowid`;

const upsert = `
insert into counters (envoy, shard, name, life, last, version, ends_at, counter) values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (envoy, shard, name) do update set life = excluded.life, last = excluded.last, version = excluded.version,
  ends_at = excluded.ends_at, counter = excluded.counter
where (excluded.life, excluded.last, excluded.version) > (counters.life, counters.last, counters.version)`;

/** A counter as it is kept. */
export interface KeptCounter {
  envoy: string;
  /** The key of the shared value that it lies in. */
  shard: string;
  name: Uint8Array;
  counter: Uint8Array;
}

export interface Page {
  shards: Pick<Shard, "key" | "value">[];
  /** The last shard of this page; empty if there are no more. */
  next: string;
}

type Row = { shard: string; name: Uint8Array; ends_at: number; counter: Uint8Array };

export class KeptCounters {
  readonly #database: DatabaseSync;

  /** Makes the file, for this user alone, where there is none. `:memory:` keeps them as long as this process lives. */
  constructor(path: string) {
    if (path !== ":memory:") {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      closeSync(openSync(path, "a", 0o600));
    }
    const { DatabaseSync } = loadSqlite();
    this.#database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      // What a killed process has written is there. Of a machine that loses its power the last seconds may be missing.
      this.#database.exec("pragma journal_mode = wal; pragma synchronous = normal");
      this.#database.exec(tables);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** The Envoy of this name begins anew. What it is called in this life. */
  begin(envoy: string, now: number): number {
    this.#prune(now);
    const known = this.#lifeOf(envoy);
    const life = known === null ? now : Math.max(now, known + 1);
    this.#setLife(envoy, life, now);
    return life;
  }

  /** What is kept of an Envoy, from behind the shard `after` on. */
  page(envoy: string, after: string): Page {
    const rows = this.#database
      .prepare("select shard, name, ends_at, counter from counters where envoy = ? and shard > ? order by shard, name")
      .iterate(envoy, after) as IterableIterator<Row>;
    const shards = new Map<string, BucketEntry[]>();
    let size = 0;
    let last = "";
    for (const { shard, name, ends_at: endsAt, counter } of rows) {
      // A shard is never cut in two.
      if (size > pageBytes && shard !== last) return { shards: encoded(shards), next: last };
      const entries = shards.get(shard) ?? [];
      shards.set(shard, entries);
      entries.push({ endsAt, name, counter });
      size += name.length + counter.length + entryOverhead;
      last = shard;
    }
    return { shards: encoded(shards), next: "" };
  }

  /** Whether this life was known; if not, all of it is wanted again. What a former life tells is not kept. */
  save(envoy: string, life: number, shards: Shard[], now: number): boolean {
    const known = this.#lifeOf(envoy);
    if (known !== null && life < known) return true;
    this.#database.exec("begin immediate");
    try {
      this.#setLife(envoy, life, now);
      const statement = this.#database.prepare(upsert);
      for (const { key, value, version } of shards) {
        const shard = Buffer.from(key).toString();
        for (const { name, endsAt, counter } of decodeBucket(value)) {
          const last = new VarintReader(counter).next();
          statement.run(envoy, shard, name, life, last, version, endsAt, counter);
        }
      }
      this.#database.exec("commit");
    } catch (error) {
      // When the disk is full SQLite has rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec("rollback");
      throw error;
    }
    return known === life;
  }

  /** All that still say something, of every Envoy. */
  list(now: number): KeptCounter[] {
    return this.#database
      .prepare("select envoy, shard, name, counter from counters where ends_at > ? order by envoy, shard, name")
      .all(now) as unknown as KeptCounter[];
  }

  close(): void {
    this.#database.close();
  }

  #lifeOf(envoy: string): number | null {
    const row = this.#database.prepare("select life from lives where envoy = ?").get(envoy) as
      | { life: number }
      | undefined;
    return row?.life ?? null;
  }

  #setLife(envoy: string, life: number, now: number): void {
    this.#database
      .prepare(
        "insert into lives values (?, ?, ?) on conflict do update set life = excluded.life, seen_at = excluded.seen_at",
      )
      .run(envoy, life, now);
  }

  /** The clocks of Envoys may differ from this one. */
  #prune(now: number): void {
    this.#database.prepare("delete from counters where ends_at < ?").run(now - dayMs);
    this.#database.prepare("delete from lives where seen_at < ?").run(now - forgottenAfterMs);
  }
}

const entryOverhead = 16;

function encoded(shards: Map<string, BucketEntry[]>): Page["shards"] {
  return [...shards].map(([key, entries]) => ({ key: Buffer.from(key), value: encodeBucket(entries) }));
}
