// What has moved a request to a cheaper model.
import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("requests")
    .addColumn("exceeded", "text", (column) => column.notNull().defaultTo(""))
    .execute();
}
