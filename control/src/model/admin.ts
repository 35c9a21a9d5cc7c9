// The API by which what is in the store is changed: plain data.
import type { Secret } from "./secret.ts";

export interface Admin {
  address: string;
  port: number;
  /** Never empty. Every name is unique: it is who the audit log says has changed something. */
  tokens: AdminToken[];
  /** `postgres://…` or a file's path; null for the ledger's, or Weir's own. */
  database: Secret | null;
}

export interface AdminToken {
  name: string;
  token: Secret;
  /** Whether prompts and answers are shown to it. */
  readBodies: boolean;
}
