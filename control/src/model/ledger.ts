// The record of every request: where it is kept, and for how long.
import type { Secret } from "./secret.ts";

export interface Ledger {
  /** A PostgreSQL's address or a file's path; null for a file in Weir's state directory. */
  database: Secret | null;
  /** The file that Envoy writes, an absolute path on Envoy's machine; null for one in Weir's state directory. */
  log: string | null;
  retention: Retention;
  /** Whether callers may ask the gateway for what they have used. */
  callerApi: boolean;
  /** Names of members of a request's `metadata` that are tags. */
  metadataTags: string[];
  /** Null where neither prompts nor answers are recorded. */
  record: Recording | null;
}

/** Whose prompts and answers are recorded, and how much of them. */
export interface Recording {
  /** Names, or beginnings with a star behind them; none for all. */
  routes: string[];
  consumers: string[];
  exceptConsumers: string[];
  /** 0: none is recorded. */
  promptBytesMax: number;
  answerBytesMax: number;
  redact: RedactionClass[];
  redactAlso: OwnRedaction[];
}

/** What is told by its form alone; the plugin's names. */
export const redactionClasses = ["secrets", "emails", "cards", "phones", "ibans"] as const;
export type RedactionClass = (typeof redactionClasses)[number];

/** A text or a regular expression of the operator's, the other one null. */
export interface OwnRedaction {
  name: string;
  text: string | null;
  pattern: string | null;
}

/** Milliseconds; 0 for ever. */
export interface Retention {
  requestsMs: number;
  hoursMs: number;
  daysMs: number;
  /** Of prompts and answers: no longer than of their requests. */
  bodiesMs: number;
}
