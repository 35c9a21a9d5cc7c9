// What webhooks are to be told of budgets.
import type { ColumnDefinitionBuilder, Kysely } from "kysely";

const occasion = ["webhook", "budget", "scope", "period", "budget_limit", "percent"];

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("alerts")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("webhook", "text", notNull)
    .addColumn("budget", "text", notNull)
    .addColumn("scope", "text", notNull)
    .addColumn("period", "bigint", notNull)
    .addColumn("budget_limit", "bigint", notNull)
    .addColumn("percent", "integer", notNull)
    .addColumn("body", "text", notNull)
    .addColumn("created_at", "bigint", notNull)
    .addColumn("attempts", "integer", notNull)
    .addColumn("due_at", "bigint")
    .addColumn("delivered_at", "bigint")
    .addColumn("failure", "text", notNull)
    .addUniqueConstraint("alerts_occasion", occasion as never)
    .execute();
  await db.schema.createIndex("alerts_due_at").on("alerts").column("due_at").execute();
}

function notNull(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull();
}
