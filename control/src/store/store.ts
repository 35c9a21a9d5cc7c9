// The database: SQLite in a file, or PostgreSQL for who has one. Both hold the same tables and are asked the same
// queries; who uses it knows no difference.
import { Kysely, PostgresDialect } from "kysely";
import { Migrator } from "kysely/migration";
import pg from "pg";
import { allMigrations } from "./migrations/all.ts";
import type { Schema } from "./schema.ts";
import { openSqlite } from "./sqlite.ts";

export interface StoreLocation {
  /** `postgres://…`, with its password; everything else is a file's path. */
  database: string;
}

export class Store {
  readonly db: Kysely<Schema>;
  readonly kind: "sqlite" | "postgres";
  readonly #isCurrent: () => boolean;

  constructor(db: Kysely<Schema>, kind: Store["kind"], isCurrent: () => boolean = () => true) {
    this.db = db;
    this.kind = kind;
    this.#isCurrent = isCurrent;
  }

  /** Whether what is written still reaches the database under its name: a file may be deleted or replaced. */
  get isCurrent(): boolean {
    return this.#isCurrent();
  }

  close(): Promise<void> {
    return this.db.destroy();
  }
}

export function isPostgres(database: string): boolean {
  return /^postgres(ql)?:\/\//.test(database);
}

/** Opens it and brings its tables up to date. Throws what the database says where it cannot be had. */
export async function openStore({ database }: StoreLocation): Promise<Store> {
  return isPostgres(database) ? migrated(openPostgres(database)) : openFile(database);
}

/** Two that make the same new file at the same time come one after the other; PostgreSQL sees to that by itself. */
async function openFile(path: string): Promise<Store> {
  const { dialect, isCurrent, alone } = openSqlite(path);
  const store = new Store(new Kysely<Schema>({ dialect }), "sqlite", isCurrent);
  return migrated(store, alone);
}

async function migrated(store: Store, alone = (run: () => Promise<void>) => run()): Promise<Store> {
  try {
    await alone(() => migrate(store.db));
    return store;
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
}

const connectTimeoutMs = 5_000;
/** A server that has gone without a word is not waited for longer than this. */
const queryTimeoutMs = 30_000;

function openPostgres(url: string): Store {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    application_name: "weir",
  });
  // An idle connection that breaks is replaced; without a listener it would end the process.
  pool.on("error", () => undefined);
  // Of a connection in use the pool tells nothing: a line that breaks would end this process. The query fails anyway.
  pool.on("connect", (client) => void client.on("error", () => undefined));
  return new Store(new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }), "postgres");
}

async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: allMigrations });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
