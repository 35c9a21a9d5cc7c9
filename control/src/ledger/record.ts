// An entry of the log as rows of the database, with what it cost by the prices in force.
import type { Insertable } from "kysely";
import { modelFacts, type ModelRow } from "../model/model-facts.ts";
import { costNanoUsd, tokenKinds, type Price, type TokenCounts, type TokenKind } from "../model/price.ts";
import {
  tokenColumns,
  type AttemptTable,
  type BodyTable,
  type Dimensions,
  type MessageDimensions,
  type RequestTable,
} from "../store/schema.ts";
import { Fields, isObject, type Entry } from "./entry.ts";
import { readTags } from "./tags.ts";

/** What one request leaves in the database. */
export interface LedgerRecord {
  request: Insertable<RequestTable>;
  attempts: Insertable<AttemptTable>[];
  /** Null where neither prompt nor answer was recorded. */
  body: Insertable<BodyTable> | null;
}

/** Where the log has the tokens of a kind. */
const tokenFields: Record<TokenKind, string> = {
  input: "gen_ai.usage.input_tokens",
  output: "gen_ai.usage.output_tokens",
  cacheRead: "gen_ai.usage.cache_read.input_tokens",
  cacheWrite: "gen_ai.usage.cache_creation.input_tokens",
  cacheWriteHour: "weir.usage.cache_write_hour_tokens",
  reasoning: "gen_ai.usage.reasoning.output_tokens",
  audioInput: "weir.usage.audio_input_tokens",
  audioOutput: "weir.usage.audio_output_tokens",
};

/** Surfaces that only count: what they tell is an answer, and used by nobody. */
const countingSurfaces = ["messages/count_tokens", "countTokens", "responses/input_tokens"];

export function toRecord(entry: Entry, models: readonly ModelRow[]): LedgerRecord {
  const { fields } = entry;
  const message = readMessage(fields);
  const dimensions = readDimensions(fields, message);
  const counts = countingSurfaces.includes(dimensions.surface) ? {} : readCounts(fields);
  const attempts = readAttempts(entry, dimensions);
  const columns = Object.fromEntries(tokenKinds.map((kind) => [tokenColumns[kind], counts[kind] ?? null]));
  const request = {
    ...dimensions,
    ...message,
    ...(columns as Record<(typeof tokenColumns)[TokenKind], number | null>),
    ...priced(dimensions, counts, { fields, models }),
    ...readTimes(fields, counts),
    request_bytes: fields.count("http.request.body.size"),
    response_bytes: fields.count("http.response.body.size"),
    ...readOutcome(fields, attempts),
    id: entry.id,
    started_at: entry.startedAt,
    request_id: fields.text("request.id"),
    trace_id: fields.text("trace_id"),
    response_id: fields.text("gen_ai.response.id"),
    requested_model: fields.text("gen_ai.request.model"),
    usage_source: hasTokens(counts) ? usageSource(fields) : "",
    limits: readLimits(fields),
    exceeded: fields.text("weir.exceeded"),
    tags: readTags(fields.text("weir.tags")),
    reserved_tokens: fields.count("weir.reserved_tokens"),
  };
  return { request, attempts, body: readBody(entry) };
}

function readBody({ id, startedAt, fields }: Entry): LedgerRecord["body"] {
  const prompt = fields.longText("weir.prompt");
  const answer = fields.longText("weir.answer");
  if (prompt === null && answer === null) return null;
  const recorded = fields.object("weir.recorded");
  const redacted = recorded.list("redacted").filter((name) => typeof name === "string");
  return {
    request: id,
    started_at: startedAt,
    prompt,
    answer,
    prompt_truncated: recorded.flag("promptTruncated") ? 1 : 0,
    answer_truncated: recorded.flag("answerTruncated") ? 1 : 0,
    redacted: JSON.stringify(redacted),
  };
}

function readDimensions(fields: Fields, message: MessageDimensions): Dimensions {
  return {
    organization: fields.text("weir.organization"),
    team: fields.text("weir.team"),
    user: fields.text("weir.user"),
    consumer: fields.text("weir.consumer"),
    key: fields.text("weir.key"),
    route: fields.text("weir.route"),
    surface: fields.text("weir.surface") || surfaceOf(fields, message),
    provider: fields.text("gen_ai.provider.name"),
    target: fields.text("weir.target"),
    model: fields.text("weir.provider_model") || fields.text("gen_ai.request.model"),
  };
}

/** What was asked of an MCP server. */
function readMessage(fields: Fields): MessageDimensions {
  const server = fields.text("weir.mcp_server");
  const error = fields.text("weir.mcp_error");
  // Where the protocol has refused it, its names may be anything.
  const method = error === methodNotFound ? "other" : fields.text("mcp.method.name");
  return { server, method, tool: isRefusal(error) ? "" : fields.text("gen_ai.tool.name") };
}

const methodNotFound = "-32601";

function isRefusal(error: string): boolean {
  return /^-?\d+$/.test(error);
}

/** As OpenTelemetry names spans: `tools/call get_forecast`. */
function surfaceOf(fields: Fields, { tool }: MessageDimensions): string {
  const method = fields.text("mcp.method.name");
  const prompt = isRefusal(fields.text("weir.mcp_error")) ? "" : fields.text("gen_ai.prompt.name");
  const named = tool || prompt;
  return named === "" ? method : `${method} ${named}`;
}

function readCounts(fields: Fields): TokenCounts {
  const counts: TokenCounts = {};
  for (const kind of tokenKinds) {
    const count = fields.count(tokenFields[kind]);
    if (count !== null) counts[kind] = count;
  }
  return counts;
}

function hasTokens({ input, output }: TokenCounts): boolean {
  return input !== undefined || output !== undefined;
}

const limitsMax = 32;

function readLimits(fields: Fields): string {
  const names = fields.list("weir.limits").filter((name) => typeof name === "string");
  const kept = names.slice(0, limitsMax).map((name) => name.replaceAll("\0", "").toWellFormed());
  return kept.length > 0 ? JSON.stringify(kept) : "";
}

function usageSource(fields: Fields): string {
  return fields.text("weir.usage_source") === "estimated" ? "estimated" : "reported";
}

type Cost = Pick<Insertable<RequestTable>, "priced" | "price" | "cost_nano_usd" | "response_model">;

/** Without tokens there is nothing to price; without a price the cost is unknown, which is not nothing. */
function priced(at: Dimensions, counts: TokenCounts, { fields, models }: Prices): Cost {
  const response_model = fields.text("gen_ai.response.model");
  const price = hasTokens(counts) ? priceOf(at, response_model, models) : null;
  if (!price) return { priced: 0, price: null, cost_nano_usd: null, response_model };
  return { priced: 1, price: JSON.stringify(price), cost_nano_usd: costNanoUsd(price, counts), response_model };
}

interface Prices {
  fields: Fields;
  models: readonly ModelRow[];
}

/** By the name that the provider was asked for; where that is a deployment's, by the one that the answer bears. */
function priceOf(at: Dimensions, responseModel: string, models: readonly ModelRow[]): Price | null {
  const target = { name: at.target, provider: at.provider };
  for (const name of [at.model, responseModel]) {
    const price = name === "" ? null : (modelFacts(models, target, name)?.price ?? null);
    if (price) return price;
  }
  return null;
}

type Times = Pick<Insertable<RequestTable>, "duration_ms" | "time_to_first_token_ms" | "tokens_per_second">;

function readTimes(fields: Fields, { output }: TokenCounts): Times {
  const duration = fields.duration("duration_ms");
  const first = fields.duration("weir.time_to_first_token_ms");
  const ms = (duration ?? 0) - (first ?? 0);
  const tokens_per_second = output !== undefined && first !== null && ms > 0 ? (output * 1000) / ms : null;
  return { duration_ms: duration, time_to_first_token_ms: first, tokens_per_second };
}

/** https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/observability/access_log/usage: `RESPONSE_FLAGS` */
const clientGoneFlag = "DC";

type Outcome = Pick<
  Insertable<RequestTable>,
  | "stream"
  | "status"
  | "finish"
  | "attempt_count"
  | "fallback"
  | "client_gone"
  | "failure"
  | "response_flags"
  | "response_code_details"
>;

function readOutcome(fields: Fields, attempts: Insertable<AttemptTable>[]): Outcome {
  const flags = fields.text("envoy.response_flags");
  return {
    stream: fields.flag("weir.stream") ? 1 : 0,
    status: fields.count("http.response.status_code", 999) ?? 0,
    finish: fields.text("gen_ai.response.finish_reasons"),
    attempt_count: attempts.length,
    fallback: new Set(attempts.map(({ target }) => target)).size > 1 ? 1 : 0,
    client_gone: flags.split(",").includes(clientGoneFlag) ? 1 : 0,
    failure: fields.text("weir.failure") || fields.text("weir.mcp_error"),
    response_flags: flags,
    response_code_details: fields.text("envoy.response_code_details"),
  };
}

const attemptsMax = 64;

/** As the plan's plugin has listed them; a request with one target alone has no plan, and one attempt. */
function readAttempts(entry: Entry, at: Dimensions): Insertable<AttemptTable>[] {
  const listed = entry.fields.list("weir.attempts").filter(isObject).slice(0, attemptsMax);
  const attempts = listed.length > 0 || at.target === "" ? listed : [onlyAttempt(entry.fields, at)];
  return attempts.map((attempt, index) => {
    const fields = new Fields(attempt);
    const target = fields.text("target");
    return {
      request: entry.id,
      number: index + 1,
      requested_at: entry.startedAt,
      target,
      provider: fields.text("provider"),
      provider_key: target.split("/")[1] ?? "",
      model: fields.text("model"),
      status: fields.count("status", 999) ?? 0,
      duration_ms: fields.duration("ms"),
      reason: fields.text("reason"),
    };
  });
}

function onlyAttempt(fields: Fields, { target, provider, model }: Dimensions): Record<string, unknown> {
  const status = fields.count("http.response.status_code", 999);
  return { target, provider, model, status, ms: fields.duration("duration_ms") };
}
