// The market: the catalogue of MCP servers that clients and other catalogues read. Plain data.
import type { Secret } from "./secret.ts";

export interface Market {
  /** Where the control plane serves it. */
  address: string;
  port: number;
  /** Of this gateway's own servers. */
  namespace: string;
  /** Where it is kept when an entry was first seen and last changed; null until a place for it is known. */
  database: Secret | null;
  /** Each name and version once. */
  entries: MarketEntry[];
}

export interface MarketEntry {
  /** In the registry's form: https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json */
  server: ServerJson;
  status: MarketStatus;
  statusMessage: string | null;
  /** Whether it is the latest of its name, whatever other versions there are. */
  isPinned: boolean;
}

export interface ServerJson {
  name: string;
  description: string;
  version: string;
  title?: string;
  [field: string]: unknown;
}

/** `deleted`: not to be had. Who asks for what has changed still sees it. */
export type MarketStatus = "active" | "deprecated" | "deleted";
