// What clients tag their requests with, and sums for each tag.
import type { Kysely } from "kysely";
import { createSums } from "./sums-table.ts";

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
  await createSums(db, "tag_hours", { dimensions, sums });
  await createSums(db, "tag_days", { dimensions, sums });
}
