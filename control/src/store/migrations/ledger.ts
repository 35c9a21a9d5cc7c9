// Requests, attempts, sums by hour and day, and how far each file has been read.
import type { ColumnDefinitionBuilder, CreateTableBuilder, Kysely } from "kysely";
import { dimensionNames, tokenColumns } from "../schema.ts";
import { createSums } from "./sums-table.ts";

const tokens = Object.values(tokenColumns);
const sums = ["requests", "failures", "estimated", "unpriced", ...tokens, "cost_nano_usd", "duration_ms"];

export async function up(db: Kysely<unknown>): Promise<void> {
  await createRequests(db);
  await createAttempts(db);
  const usage = { dimensions: dimensionNames, sums };
  await createSums(db, "usage_hours", usage);
  await createSums(db, "usage_days", usage);
  await db.schema
    .createTable("ledger_files")
    .addColumn("fingerprint", "text", (column) => column.primaryKey())
    .addColumn("path", "text", notNull)
    .addColumn("position", "bigint", notNull)
    .addColumn("lines", "bigint", notNull)
    .addColumn("unreadable", "bigint", notNull)
    .addColumn("updated_at", "bigint", notNull)
    .execute();
}

function notNull(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull();
}

async function createRequests(db: Kysely<unknown>): Promise<void> {
  let table: CreateTableBuilder<string, string> = db.schema
    .createTable("requests")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("started_at", "bigint", notNull);
  const texts = [
    "request_id",
    "trace_id",
    "requested_model",
    "response_model",
    "finish",
    "usage_source",
    "limits",
    "failure",
  ];
  for (const name of [...texts, "response_flags", "response_code_details", ...dimensionNames]) {
    table = table.addColumn(name, "text", notNull);
  }
  for (const name of ["stream", "status", "priced", "attempt_count", "fallback", "client_gone"]) {
    table = table.addColumn(name, "integer", notNull);
  }
  for (const name of [...tokens, "cost_nano_usd", "duration_ms", "time_to_first_token_ms", "reserved_tokens"]) {
    table = table.addColumn(name, "bigint");
  }
  await table.addColumn("tokens_per_second", "double precision").addColumn("price", "text").execute();
  await db.schema.createIndex("requests_started_at").on("requests").column("started_at").execute();
  await db.schema.createIndex("requests_request_id").on("requests").column("request_id").execute();
}

async function createAttempts(db: Kysely<unknown>): Promise<void> {
  let table: CreateTableBuilder<string, string> = db.schema
    .createTable("attempts")
    .addColumn("request", "text", notNull)
    .addColumn("number", "integer", notNull)
    .addColumn("requested_at", "bigint", notNull);
  for (const name of ["target", "provider", "provider_key", "model", "reason"]) {
    table = table.addColumn(name, "text", notNull);
  }
  await table
    .addColumn("status", "integer", notNull)
    .addColumn("duration_ms", "bigint")
    .addPrimaryKeyConstraint("attempts_key", ["request", "number"])
    .execute();
  await db.schema.createIndex("attempts_requested_at").on("attempts").column("requested_at").execute();
}
