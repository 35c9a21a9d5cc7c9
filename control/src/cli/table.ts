// Tables for people.
import type { Terminal } from "./terminal.ts";

/** Lines of cells below each other, the first of them a heading. */
export function table(rows: string[][], terminal: Terminal): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return lines.map((line, index) => (index === 0 ? terminal.paint("bold", line) : line));
}
