// What clients tag their requests with, and sums for each tag.
import type { CreateTableBuilder, Kysely } from "kysely";

const dimensions = [
  ...["organization", "team", "user", "consumer", "key"],
  ...["route", "surface", "provider", "target", "model", "tag"],
];
const sums = [
  ...["requests", "failures", "estimated", "unpriced"],
  ...["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_hour_tokens"],
  ...["reasoning_tokens", "audio_input_tokens", "audio_output_tokens", "cost_nano_usd", "duration_ms"],
];

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("requests")
    .addColumn("tags", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  await createSums(db, "tag_hours");
  await createSums(db, "tag_days");
}

async function createSums(db: Kysely<unknown>, name: string): Promise<void> {
  let table: CreateTableBuilder<string, string> = db.schema
    .createTable(name)
    .addColumn("period", "bigint", (column) => column.notNull());
  for (const dimension of dimensions) table = table.addColumn(dimension, "text", (column) => column.notNull());
  for (const sum of sums) table = table.addColumn(sum, "bigint", (column) => column.notNull());
  await table.addPrimaryKeyConstraint(`${name}_key`, ["period", ...dimensions] as never).execute();
}
