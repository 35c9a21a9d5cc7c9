// Entries of the market's catalogue, and when each was first seen and last changed.
import type { ColumnDefinitionBuilder, Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("market_entries")
    .addColumn("catalogue", "text", notNull)
    .addColumn("name", "text", notNull)
    .addColumn("version", "text", notNull)
    .addColumn("body", "text", notNull)
    .addColumn("published_at", "bigint", notNull)
    .addColumn("updated_at", "bigint", notNull)
    .addColumn("status_changed_at", "bigint", notNull)
    .addPrimaryKeyConstraint("market_entries_key", ["catalogue", "name", "version"])
    .execute();
}

function notNull(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull();
}
