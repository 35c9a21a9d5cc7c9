// What was asked of MCP servers, with sums for each tool, and the size of bodies.
import type { Kysely } from "kysely";
import { createSums } from "./sums-table.ts";

const dimensions = [
  ...["organization", "team", "user", "consumer", "key"],
  ...["route", "surface", "provider", "target", "model", "server", "method", "tool"],
];
const sums = [
  ...["requests", "failures", "estimated", "unpriced"],
  ...["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_hour_tokens"],
  ...["reasoning_tokens", "audio_input_tokens", "audio_output_tokens", "cost_nano_usd", "duration_ms"],
  ...["request_bytes", "response_bytes"],
];

export async function up(db: Kysely<unknown>): Promise<void> {
  // SQLite adds one column at a time.
  for (const name of ["server", "method", "tool"]) {
    const text = db.schema.alterTable("requests").addColumn(name, "text", (column) => column.notNull().defaultTo(""));
    await text.execute();
  }
  for (const name of ["request_bytes", "response_bytes"]) {
    await db.schema.alterTable("requests").addColumn(name, "bigint").execute();
    for (const table of ["usage_hours", "usage_days", "tag_hours", "tag_days"]) {
      const sum = db.schema.alterTable(table).addColumn(name, "bigint", (column) => column.notNull().defaultTo(0));
      await sum.execute();
    }
  }
  await createSums(db, "tool_hours", { dimensions, sums });
  await createSums(db, "tool_days", { dimensions, sums });
}
