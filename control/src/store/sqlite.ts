// SQLite by Node's own module, behind Kysely's dialect for SQLite.
import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { SqliteDialect, type SqliteDatabase, type SqliteStatement } from "kysely";

/** Others write for milliseconds. Waiting blocks this process, so who still finds it locked tries again later. */
const busyTimeoutMs = 100;

export interface OpenSqlite {
  dialect: SqliteDialect;
  /** Whether the file under its name is still the one that is open. */
  isCurrent: () => boolean;
  /** Runs it as one transaction that nobody else writes beside. Throws when the database stays locked. */
  alone: <T>(run: () => Promise<T>) => Promise<T>;
}

/** Opens the file, or makes it, with the folders on the way to it: what is in there is for this user alone. */
export function openSqlite(path: string): OpenSqlite {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Its other files take its mode.
  closeSync(openSync(path, "a", 0o600));
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    // A commit is on the disk before the file that it was read from may go.
    database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
  } catch (error) {
    database.close();
    throw error;
  }
  const inode = inodeOf(path);
  return {
    dialect: new SqliteDialect({ database: new Adapter(database) }),
    isCurrent: () => inode !== null && inodeOf(path) === inode,
    alone: (run) => alone(database, run),
  };
}

const lockTries = 20;

async function alone<T>(database: DatabaseSync, run: () => Promise<T>): Promise<T> {
  for (let tries = 1; !begin(database, tries === lockTries); tries++) await pause(busyTimeoutMs);
  try {
    const result = await run();
    database.exec("commit");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("rollback");
    throw error;
  }
}

/** False while somebody else writes, unless it is the last try. */
function begin(database: DatabaseSync, isLast: boolean): boolean {
  try {
    database.exec("begin immediate");
    return true;
  } catch (error) {
    if (isLast || !(error as Error).message.includes("locked")) throw error;
    return false;
  }
}

/** A file that was deleted or replaced can still be written to, and all of that would be lost. */
function inodeOf(path: string): bigint | null {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}

/** Node 24 calls it experimental at each start, which is no news for who runs a gateway. */
export function loadSqlite() {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

class Adapter implements SqliteDatabase {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  close(): void {
    this.#database.close();
  }

  prepare(sql: string): SqliteStatement {
    // When the disk is full SQLite has rolled back by itself, and the complaint about that would hide the cause.
    if (sql === "rollback" && !this.#database.isTransaction) return nothing;
    return new Statement(this.#database.prepare(sql));
  }
}

const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

class Statement implements SqliteStatement {
  readonly #statement: StatementSync;
  readonly reader: boolean;

  constructor(statement: StatementSync) {
    // Sums of money grow beyond what a number holds exactly.
    statement.setReadBigInts(true);
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...toInputs(parameters)).map(narrowed);
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...toInputs(parameters));
  }

  *iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    for (const row of this.#statement.iterate(...toInputs(parameters))) yield narrowed(row);
  }
}

function toInputs(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}

/** Numbers where they are exact. */
function narrowed(row: unknown): unknown {
  const columns = Object.entries(row as Record<string, unknown>);
  return Object.fromEntries(columns.map(([name, value]) => [name, isSafe(value) ? Number(value) : value]));
}

function isSafe(value: unknown): value is bigint {
  return typeof value === "bigint" && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}
