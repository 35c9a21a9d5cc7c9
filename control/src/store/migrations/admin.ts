// Parts of the configuration that the admin API keeps, and who has changed what.
import type { ColumnDefinitionBuilder, Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("entries")
    .addColumn("section", "text", notNull)
    .addColumn("name", "text", notNull)
    .addColumn("body", "text", notNull)
    .addColumn("updated_at", "bigint", notNull)
    .addPrimaryKeyConstraint("entries_key", ["section", "name"])
    .execute();
  await db.schema
    .createTable("audit")
    .addColumn("number", "bigint", (column) => column.primaryKey())
    .addColumn("at", "bigint", notNull)
    .addColumn("actor", "text", notNull)
    .addColumn("address", "text", notNull)
    .addColumn("action", "text", notNull)
    .addColumn("section", "text", notNull)
    .addColumn("name", "text", notNull)
    .addColumn("before", "text")
    .addColumn("after", "text")
    .execute();
}

function notNull(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull();
}
