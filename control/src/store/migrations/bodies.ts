// Recorded prompts and answers, apart from the requests: they are kept for a shorter time.
import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("bodies")
    .addColumn("request", "text", (column) => column.primaryKey())
    .addColumn("started_at", "bigint", (column) => column.notNull())
    .addColumn("prompt", "text")
    .addColumn("answer", "text")
    .addColumn("prompt_truncated", "integer", (column) => column.notNull())
    .addColumn("answer_truncated", "integer", (column) => column.notNull())
    .addColumn("redacted", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("bodies_started_at").on("bodies").column("started_at").execute();
}
