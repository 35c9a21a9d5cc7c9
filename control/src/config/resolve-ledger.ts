// `ledger` of the configuration → the model's.
import { isAbsolute, join } from "node:path";
import type { Ledger } from "../model/ledger.ts";
import { formatPath } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import type { LedgerConfig } from "./schema/ledger.ts";

export interface LedgerContext {
  report: Report;
  references: Map<string, Reference>;
  baseDir: string;
}

const path = ["ledger", "database"];

export function resolveLedger(config: LedgerConfig, context: LedgerContext): Ledger {
  const { database, log, retention, callerApi, metadataTags } = config;
  const { requests, hours, days } = retention;
  return {
    database: database === undefined ? null : toSecret(resolveDatabase(database, context), path, context.references),
    log: log ?? null,
    retention: { requestsMs: requests, hoursMs: hours, daysMs: days },
    callerApi,
    metadataTags: [...new Set(metadataTags)],
  };
}

function resolveDatabase(database: string, { report, references, baseDir }: LedgerContext): string {
  if (!/^postgres(ql)?:\/\//.test(database)) return isAbsolute(database) ? database : join(baseDir, database);
  if (new URL(database).password !== "" && !references.has(formatPath(path))) {
    const fix = "Put the address in an environment variable and write ${LEDGER_DATABASE}";
    report.warning(path, { message: "The database's password is written into the file itself", fix });
  }
  return database;
}
