// The tables, the same in SQLite and PostgreSQL. Times are milliseconds since 1970, money nano-dollars, flags 0 or 1;
// a dimension that a request does not have is an empty text, so that sums can be grouped by it.
import type { ColumnType } from "kysely";

/** Written as a number or bigint; how it is read is the database's choice, see `toBigInt`. */
export type Whole = ColumnType<number | bigint | string, number | bigint, number | bigint>;
type WholeOrNull = ColumnType<number | bigint | string | null, number | bigint | null, number | bigint | null>;

export interface Schema {
  requests: RequestTable;
  attempts: AttemptTable;
  bodies: BodyTable;
  usage_hours: UsageTable;
  usage_days: UsageTable;
  tag_hours: TagUsageTable;
  tag_days: TagUsageTable;
  tool_hours: ToolUsageTable;
  tool_days: ToolUsageTable;
  ledger_files: FileTable;
  alerts: AlertTable;
  entries: EntryTable;
  audit: AuditTable;
  market_entries: MarketTable;
}

/** What a request is counted by. */
export interface Dimensions {
  organization: string;
  team: string;
  user: string;
  consumer: string;
  key: string;
  route: string;
  surface: string;
  provider: string;
  /** The provider's configured name, and its key's after a slash where it has several. */
  target: string;
  /** As the provider calls it. */
  model: string;
}

export const dimensionNames = [
  "organization",
  "team",
  "user",
  "consumer",
  "key",
  "route",
  "surface",
  "provider",
  "target",
  "model",
] as const satisfies (keyof Dimensions)[];
export type Dimension = (typeof dimensionNames)[number];

/** What messages to MCP servers are counted by, besides. */
export interface MessageDimensions {
  /** The server that was asked: of several behind one, the one that has answered. */
  server: string;
  method: string;
  /** As that server calls it; empty for what is no call, or was refused. */
  tool: string;
}

export const messageDimensionNames = ["server", "method", "tool"] as const satisfies (keyof MessageDimensions)[];

/** What usage can be asked by. A request has any number of tags, and counts for each of them. */
export const usageDimensions = [...dimensionNames, ...messageDimensionNames, "tag"] as const;
export type UsageDimension = (typeof usageDimensions)[number];

/** Columns of tokens by kind, as `TokenKind` names them. */
export const tokenColumns = {
  input: "input_tokens",
  output: "output_tokens",
  cacheRead: "cache_read_tokens",
  cacheWrite: "cache_write_tokens",
  cacheWriteHour: "cache_write_hour_tokens",
  reasoning: "reasoning_tokens",
  audioInput: "audio_input_tokens",
  audioOutput: "audio_output_tokens",
} as const;
export type TokenColumn = (typeof tokenColumns)[keyof typeof tokenColumns];

type Tokens<T> = Record<TokenColumn, T>;

export interface RequestTable extends Dimensions, MessageDimensions, Tokens<WholeOrNull> {
  /** Of this exchange alone, whatever the client called its request. */
  id: string;
  started_at: Whole;
  request_id: string;
  trace_id: string;
  /** What the answer called itself, in its body. */
  response_id: string;
  /** What the client tagged it with, as a JSON list; empty for nothing. */
  tags: string;
  /** As the client called it. */
  requested_model: string;
  response_model: string;
  stream: number;
  /** As the client got it; 0 when it was gone before. */
  status: number;
  finish: string;
  /** `reported` by the provider, `estimated` by the gateway; empty where no tokens are known. */
  usage_source: string;
  priced: number;
  /** The price it was charged by, as JSON: pico-dollars a token by kind. */
  price: string | null;
  cost_nano_usd: WholeOrNull;
  /** Of the bodies, as the client has sent and got them. */
  request_bytes: WholeOrNull;
  response_bytes: WholeOrNull;
  duration_ms: WholeOrNull;
  time_to_first_token_ms: WholeOrNull;
  tokens_per_second: number | null;
  attempt_count: number;
  /** Whether another target than the first one answered. */
  fallback: number;
  /** Names of the limits that fired, as a JSON list; empty for none. */
  limits: string;
  /** Names of the limits and budgets by which it went to a cheaper model, with commas between them; empty for none. */
  exceeded: string;
  reserved_tokens: WholeOrNull;
  client_gone: number;
  /**
   * `cut` or `error`: a stream that failed after its first token. Of a message to an MCP server: `tool` where a tool
   * has failed, else the error's code.
   */
  failure: string;
  response_flags: string;
  response_code_details: string;
}

export interface AttemptTable {
  request: string;
  /** From 1. */
  number: number;
  /** When the request began. */
  requested_at: Whole;
  target: string;
  provider: string;
  /** The name of the key at the provider; empty where it has one alone. */
  provider_key: string;
  model: string;
  /** 0 if there was no answer. */
  status: number;
  duration_ms: WholeOrNull;
  reason: string;
}

/** What was asked and answered, as JSON, redacted. */
export interface BodyTable {
  request: string;
  /** When the request began. */
  started_at: Whole;
  /** Null where none was recorded. */
  prompt: string | null;
  answer: string | null;
  prompt_truncated: number;
  answer_truncated: number;
  /** Names of what was taken out, as a JSON list. */
  redacted: string;
}

/** Sums of one hour or day. */
export interface UsageTable extends Dimensions, Tokens<Whole> {
  /** When it begins. */
  period: Whole;
  requests: Whole;
  /** Answered with 400 or more, cut, or not at all. */
  failures: Whole;
  /** Whose tokens the gateway has counted. */
  estimated: Whole;
  /** Which reached a provider that told tokens for a model without a known price: their cost is missing in the sum. */
  unpriced: Whole;
  cost_nano_usd: Whole;
  duration_ms: Whole;
  request_bytes: Whole;
  response_bytes: Whole;
}

/** The same, of the requests with one tag. */
export interface TagUsageTable extends UsageTable {
  tag: string;
}

/** The same, of messages to MCP servers. */
export interface ToolUsageTable extends UsageTable, MessageDimensions {}

/** How far a file has been taken in. */
export interface FileTable {
  /** Of its first line: a file keeps it when it is renamed or copied, and no other file has it. */
  fingerprint: string;
  path: string;
  /** Bytes. */
  position: Whole;
  lines: Whole;
  /** Lines that were no record. */
  unreadable: Whole;
  updated_at: Whole;
}

/** What a webhook is told, once for each of these: budget, values, period, limit, percent, webhook. */
export interface AlertTable {
  /** The message's, whenever and however often it is sent. */
  id: string;
  webhook: string;
  budget: string;
  /** The values that the budget tells apart, as a JSON list. */
  scope: string;
  /** When it begins. */
  period: Whole;
  budget_limit: Whole;
  percent: number;
  /** The message, as it is signed and sent. */
  body: string;
  created_at: Whole;
  attempts: number;
  /** When it is sent, or sent again; null when that is over. */
  due_at: WholeOrNull;
  delivered_at: WholeOrNull;
  /** Why the last attempt failed; empty if it did not. */
  failure: string;
}

/** A part of the configuration that is kept here and not in the file. */
export interface EntryTable {
  section: string;
  name: string;
  /** As in the file, as JSON. */
  body: string;
  updated_at: Whole;
}

/** Who has changed what. */
export interface AuditTable {
  /** Counts up. */
  number: Whole;
  at: Whole;
  actor: string;
  /** Where the request came from. */
  address: string;
  action: string;
  section: string;
  name: string;
  /** As JSON; null where there was nothing. */
  before: string | null;
  after: string | null;
}

/** An entry of the market, a version of a server. */
export interface MarketTable {
  /** The namespace of the market that has it: several may use one database. */
  catalogue: string;
  name: string;
  version: string;
  /** The entry as it was last, as JSON. */
  body: string;
  published_at: Whole;
  updated_at: Whole;
  status_changed_at: Whole;
}

/** A whole number as any database gives it. */
export function toBigInt(value: number | bigint | string | null): bigint {
  return BigInt(value ?? 0);
}
