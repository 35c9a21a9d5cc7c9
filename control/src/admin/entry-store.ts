// The entries of the admin API in the database, each change with its line in the audit log, in one transaction.
import { setTimeout as pause } from "node:timers/promises";
import { sql, type Kysely, type Transaction } from "kysely";
import type { Section, StoredEntry } from "../config/stored-entries.ts";
import { toBigInt, type Schema } from "../store/schema.ts";
import type { Store } from "../store/store.ts";

/** Who does something, and from where. */
export interface Actor {
  name: string;
  address: string;
  /** Whether prompts and answers are shown to them. */
  mayReadBodies: boolean;
}

export type Action = "create" | "update" | "rotate" | "delete" | "read";

export interface Change {
  /** What was said in a request is no entry: that somebody has seen it, or had it forgotten, is written down alike. */
  section: Section | "bodies";
  name: string;
  action: Action;
  /** Null deletes it. */
  body: Record<string, unknown> | null;
}

export interface AuditLine {
  number: number;
  at: number;
  actor: string;
  address: string;
  action: string;
  section: string;
  name: string;
  before: unknown;
  after: unknown;
}

export async function readEntries({ db }: Store): Promise<StoredEntry[]> {
  const rows = await db.selectFrom("entries").select(["section", "name", "body"]).orderBy("name").execute();
  return rows.map(({ section, name, body }) => ({
    section: section as Section,
    name,
    body: JSON.parse(body) as Record<string, unknown>,
  }));
}

/** The last line of the audit log: another number means that somebody has changed something. */
export function readRevision({ db }: Store): Promise<number> {
  return readLastNumber(db);
}

async function readLastNumber(db: Kysely<Schema>): Promise<number> {
  const last = await db
    .selectFrom("audit")
    .select(({ fn }) => fn.max("number").as("number"))
    .executeTakeFirst();
  return Number(toBigInt(last?.number ?? 0));
}

const triesMax = 20;
/** Not the same for two who meet. */
const pauseMs = (): number => 20 + Math.random() * 130;

type Further = (trx: Transaction<Schema>) => Promise<void>;

/**
 * Others write to the same database for moments, and SQLite has them wait for each other no longer than that. `further`
 * is done in the same transaction.
 */
export async function writeChange(store: Store, change: Change, actor: Actor, further?: Further): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await store.db.transaction().execute(async (trx) => {
        await write(trx, store.kind, { change, actor });
        await further?.(trx);
      });
    } catch (error) {
      if (tries === triesMax) throw error;
      await pause(pauseMs());
    }
  }
}

/** The first statement keeps others out: a line of the log has a number of its own, and `before` is what was there. */
async function write(
  trx: Transaction<Schema>,
  kind: Store["kind"],
  { change, actor }: { change: Change; actor: Actor },
): Promise<void> {
  const { section, name, action, body } = change;
  const at = Date.now();
  if (kind === "postgres") await sql`lock table audit in share row exclusive mode`.execute(trx);
  const before = await trx
    .deleteFrom("entries")
    .where("section", "=", section)
    .where("name", "=", name)
    .returning("body")
    .executeTakeFirst();
  const number = (await readLastNumber(trx)) + 1;
  const was = before ? audited(JSON.parse(before.body) as Record<string, unknown>) : null;
  const line = { number, at, actor: actor.name, address: actor.address, action, section, name };
  await trx
    .insertInto("audit")
    .values({ ...line, before: was, after: body && audited(body) })
    .execute();
  if (!body) return;
  const entry = { section, name, body: JSON.stringify(body), updated_at: at };
  await trx.insertInto("entries").values(entry).execute();
}

/** Hashes are told apart by their beginnings; the rest is nobody's business. */
function audited(body: Record<string, unknown>): string {
  return JSON.stringify(body, (name, value: unknown) => (name === "sha256" ? shortHash(String(value)) : value));
}

export function shortHash(sha256: string): string {
  return `${sha256.slice(0, 8)}…`;
}

/** The newest first. */
export async function readAudit(
  { db }: Store,
  { before, limit }: { before?: number; limit: number },
): Promise<AuditLine[]> {
  let query = db.selectFrom("audit").selectAll().orderBy("number", "desc").limit(limit);
  if (before !== undefined) query = query.where("number", "<", before);
  const rows = await query.execute();
  return rows.map((row) => ({
    ...row,
    number: Number(toBigInt(row.number)),
    at: Number(toBigInt(row.at)),
    before: row.before === null ? null : (JSON.parse(row.before) as unknown),
    after: row.after === null ? null : (JSON.parse(row.after) as unknown),
  }));
}
