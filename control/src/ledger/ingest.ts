// Takes lines of a file into the database: records, sums, and how far the file has been read, in one transaction. So a
// line is counted once, whoever is killed when, and however often and under whatever name its file is read.
import { sql, type Transaction } from "kysely";
import type { ModelRow } from "../model/model-facts.ts";
import { toBigInt, type Schema } from "../store/schema.ts";
import type { Store } from "../store/store.ts";
import { readEntry, salvageEntry } from "./entry.ts";
import { toRecord, type LedgerRecord } from "./record.ts";
import { addToSums } from "./sums.ts";

/** Some whole lines of a file. */
export interface Batch {
  /** Tells the file from every other, whatever its name is. */
  fingerprint: string;
  path: string;
  /** Bytes: where the lines begin, and where they end. */
  from: number;
  to: number;
  lines: string[];
}

export interface Ingested {
  /** Requests that were new. */
  records: number;
  /** Lines that were no record, or only in part. */
  unreadable: number;
}

/** Somebody else has read on in this file since `from` was looked up. */
export class FileMoved extends Error {
  override name = "FileMoved";
}

/** How far a file has been read, by anybody; 0 for a new one. */
export async function positionOf({ db }: Store, fingerprint: string): Promise<number> {
  const file = await db
    .selectFrom("ledger_files")
    .select("position")
    .where("fingerprint", "=", fingerprint)
    .executeTakeFirst();
  return Number(toBigInt(file?.position ?? 0));
}

/** Throws `FileMoved`, or what the database says; then nothing of the batch has been taken. */
export async function ingest({ db }: Store, batch: Batch, models: readonly ModelRow[]): Promise<Ingested> {
  const { records, unreadable } = readLines(batch.lines, models);
  return db.transaction().execute(async (trx) => {
    await moveOn(trx, batch, unreadable);
    const fresh = await insertRequests(trx, records);
    await insertAttempts(trx, fresh);
    await insertBodies(trx, fresh);
    await addToSums(
      trx,
      fresh.map(({ request }) => request),
    );
    return { records: fresh.length, unreadable };
  });
}

function readLines(lines: string[], models: readonly ModelRow[]): { records: LedgerRecord[]; unreadable: number } {
  const records = new Map<string, LedgerRecord>();
  let unreadable = 0;
  for (const line of lines) {
    const whole = readEntry(line);
    const entry = whole ?? salvageEntry(line);
    if (!whole) unreadable++;
    if (entry) records.set(entry.id, toRecord(entry, models));
  }
  return { records: [...records.values()], unreadable };
}

/** The first statement writes, so that two who read the same file come one after the other. */
async function moveOn(trx: Transaction<Schema>, batch: Batch, unreadable: number): Promise<void> {
  const { fingerprint, path, from, to, lines } = batch;
  const updated_at = Date.now();
  await trx
    .insertInto("ledger_files")
    .values({ fingerprint, path, position: 0, lines: 0, unreadable: 0, updated_at })
    .onConflict((conflict) => conflict.column("fingerprint").doNothing())
    .execute();
  const { numUpdatedRows } = await trx
    .updateTable("ledger_files")
    .set({
      path,
      position: to,
      lines: sql<number>`lines + ${lines.length}`,
      unreadable: sql<number>`unreadable + ${unreadable}`,
      updated_at,
    })
    .where("fingerprint", "=", fingerprint)
    .where("position", "=", from)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) throw new FileMoved(`${path} has been read by somebody else`);
}

/** A row has some fifty parameters, of which SQLite takes 32,766 in a statement. */
const rowsMax = 500;

/** Those that were not there yet: the same lines may stand in two files, where one was copied in part. */
async function insertRequests(trx: Transaction<Schema>, records: LedgerRecord[]): Promise<LedgerRecord[]> {
  const fresh = new Set<string>();
  for (let at = 0; at < records.length; at += rowsMax) {
    const inserted = await trx
      .insertInto("requests")
      .values(records.slice(at, at + rowsMax).map(({ request }) => request))
      .onConflict((conflict) => conflict.column("id").doNothing())
      .returning("id")
      .execute();
    for (const { id } of inserted) fresh.add(id);
  }
  return records.filter(({ request }) => fresh.has(request.id));
}

async function insertAttempts(trx: Transaction<Schema>, records: LedgerRecord[]): Promise<void> {
  const attempts = records.flatMap((record) => record.attempts);
  for (let at = 0; at < attempts.length; at += rowsMax) {
    await trx
      .insertInto("attempts")
      .values(attempts.slice(at, at + rowsMax))
      .execute();
  }
}

async function insertBodies(trx: Transaction<Schema>, records: LedgerRecord[]): Promise<void> {
  const bodies = records.flatMap(({ body }) => body ?? []);
  for (let at = 0; at < bodies.length; at += rowsMax) {
    await trx
      .insertInto("bodies")
      .values(bodies.slice(at, at + rowsMax))
      // A request that was forgotten before its body may be read again.
      .onConflict((conflict) => conflict.column("request").doNothing())
      .execute();
  }
}
