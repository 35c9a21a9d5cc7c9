// The entries of the admin API in the database, each change with its line in the audit log, in one transaction.
import { setTimeout as pause } from "node:timers/promises";
import type { Transaction } from "kysely";
import type { Section, StoredEntry } from "../config/stored-entries.ts";
import { toBigInt, type Schema } from "../store/schema.ts";
import type { Store } from "../store/store.ts";

/** Who does something, and from where. */
export interface Actor {
  name: string;
  address: string;
}

export type Action = "create" | "update" | "rotate" | "delete";

export interface Change {
  section: Section;
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
export async function readRevision({ db }: Store): Promise<number> {
  const last = await db
    .selectFrom("audit")
    .select(({ fn }) => fn.max("number").as("number"))
    .executeTakeFirst();
  return Number(toBigInt(last?.number ?? 0));
}

const triesMax = 5;
const pauseMs = 100;

/** Others write to the same database for moments, and may number a line of the log alike. */
export async function writeChange(store: Store, change: Change, actor: Actor): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await store.db.transaction().execute((trx) => write(trx, change, actor));
    } catch (error) {
      if (tries === triesMax) throw error;
      await pause(pauseMs * tries);
    }
  }
}

async function write(trx: Transaction<Schema>, { section, name, action, body }: Change, actor: Actor): Promise<void> {
  const now = Date.now();
  const key = { section, name };
  const last = await trx
    .selectFrom("audit")
    .select(({ fn }) => fn.max("number").as("number"))
    .executeTakeFirst();
  const before = await trx
    .selectFrom("entries")
    .select("body")
    .where("section", "=", section)
    .where("name", "=", name)
    .executeTakeFirst();
  await trx
    .insertInto("audit")
    .values({
      ...key,
      number: Number(toBigInt(last?.number ?? 0)) + 1,
      at: now,
      actor: actor.name,
      address: actor.address,
      action,
      before: before ? audited(JSON.parse(before.body) as Record<string, unknown>) : null,
      after: body && audited(body),
    })
    .execute();
  await trx.deleteFrom("entries").where("section", "=", section).where("name", "=", name).execute();
  if (body)
    await trx
      .insertInto("entries")
      .values({ ...key, body: JSON.stringify(body), updated_at: now })
      .execute();
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
