// Requests are found by what their answers called themselves, too.
import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("requests")
    .addColumn("response_id", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  await db.schema.createIndex("requests_response_id").on("requests").column("response_id").execute();
}
