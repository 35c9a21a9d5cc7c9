// A lock on something outside the database that one process at a time may have. The system takes it back however the
// process ends, which a file with a process id in it would not know.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { loadSqlite } from "./sqlite.ts";

/** Gives what releases it; null while another process has it. */
export function lockFile(path: string): (() => void) | null {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("pragma locking_mode = exclusive; begin exclusive");
    return () => database.close();
  } catch (error) {
    database.close();
    if (/locked/.test((error as Error).message)) return null;
    throw error;
  }
}
