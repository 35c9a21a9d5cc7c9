// `ledger` of the configuration → the model's.
import { isAbsolute, join } from "node:path";
import type { Ledger, Recording } from "../model/ledger.ts";
import { didYouMean } from "./did-you-mean.ts";
import { formatPath } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import type { LedgerConfig, RecordConfig } from "./schema/ledger.ts";

export interface LedgerContext {
  report: Report;
  references: Map<string, Reference>;
  baseDir: string;
  /** Of routes; null where they cannot all be known. */
  routes: readonly string[] | null;
}

const path = ["ledger", "database"];

export function resolveLedger(config: LedgerConfig, context: LedgerContext): Ledger {
  const { database, log, retention, callerApi, metadataTags, record } = config;
  const { requests, hours, days, bodies } = retention;
  return {
    database: database === undefined ? null : toSecret(resolveDatabase(database, context), path, context.references),
    log: log ?? null,
    retention: { requestsMs: requests, hoursMs: hours, daysMs: days, bodiesMs: bodies },
    callerApi,
    metadataTags: [...new Set(metadataTags)],
    record: record ? resolveRecording(record, context) : null,
  };
}

/** Null when something would be recorded that should not be: what is to be redacted is not clear. */
function resolveRecording(config: RecordConfig, { report, routes }: LedgerContext): Recording | null {
  const known = routes ?? config.routes;
  config.routes.forEach((pattern, index) => {
    if (known.some((name) => fits(pattern, name))) return;
    const meant = didYouMean(pattern, known);
    const message = "There is no route of this name, so nothing is recorded by it";
    const fix = meant
      ? `Did you mean "${meant}"?`
      : `Use one of: ${known.slice(0, 20).join(", ") || "(there is none)"}`;
    report.warning(["ledger", "record", "routes", index], { message, fix });
  });
  const redactAlso = config.redactAlso.flatMap((own, index) => resolveOwn(own, index, report));
  if (redactAlso.length < config.redactAlso.length) return null;
  return { ...config, redact: [...new Set(config.redact)], redactAlso };
}

function fits(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function resolveOwn({ name, text, pattern }: RecordConfig["redactAlso"][number], index: number, report: Report) {
  if ((text === undefined) !== (pattern === undefined)) return [{ name, text: text ?? null, pattern: pattern ?? null }];
  const message = text === undefined ? "Neither text nor pattern is given" : "Both text and pattern are given";
  report.error(["ledger", "record", "redactAlso", index], { message, fix: "Write one of the two" });
  return [];
}

function resolveDatabase(database: string, { report, references, baseDir }: LedgerContext): string {
  if (!/^postgres(ql)?:\/\//.test(database)) return isAbsolute(database) ? database : join(baseDir, database);
  if (new URL(database).password !== "" && !references.has(formatPath(path))) {
    const fix = "Put the address in an environment variable and write ${LEDGER_DATABASE}";
    report.warning(path, { message: "The database's password is written into the file itself", fix });
  }
  return database;
}
