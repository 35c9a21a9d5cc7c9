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
}

/** Milliseconds; 0 for ever. */
export interface Retention {
  requestsMs: number;
  hoursMs: number;
  daysMs: number;
}
