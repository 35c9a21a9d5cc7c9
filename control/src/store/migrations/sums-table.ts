// A table of sums for each combination of some dimensions in a period, as several migrations make one.
import type { CreateTableBuilder, Kysely } from "kysely";

export interface SumsTable {
  /** In the primary key, behind the period. */
  dimensions: readonly string[];
  sums: readonly string[];
}

export async function createSums(db: Kysely<unknown>, name: string, { dimensions, sums }: SumsTable): Promise<void> {
  let table: CreateTableBuilder<string, string> = db.schema
    .createTable(name)
    .addColumn("period", "bigint", (column) => column.notNull());
  for (const dimension of dimensions) table = table.addColumn(dimension, "text", (column) => column.notNull());
  for (const sum of sums) table = table.addColumn(sum, "bigint", (column) => column.notNull());
  await table.addPrimaryKeyConstraint(`${name}_key`, ["period", ...dimensions] as never).execute();
}
