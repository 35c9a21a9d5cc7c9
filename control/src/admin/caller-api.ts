// What callers are told of their own requests and usage. Envoy has found out who asks, and says so in a header that no
// client can send; there is no other way in here. Names of fields are OpenRouter's where it has one:
// https://openrouter.ai/docs/api-reference/get-a-generation, https://openrouter.ai/docs/api-reference/analytics
import { setTimeout as pause } from "node:timers/promises";
import { formatUsd } from "../ledger/format-usage.ts";
import { findGeneration, type Generation } from "../ledger/generation.ts";
import { buckets, queryUsage, type Bucket, type UsageRow } from "../ledger/query.ts";
import { tagsOf } from "../ledger/tags.ts";
import { readTime } from "../ledger/read-time.ts";
import type { UsageDimension } from "../store/schema.ts";
import type { Store } from "../store/store.ts";

export interface CallerAnswer {
  status: number;
  body: string;
}

export interface CallerApiOptions {
  store: () => Promise<Store>;
  /** How long a request may take until it is in the ledger, when its answer has just ended. */
  patienceMs?: number;
}

const patienceMsDefault = 1500;
const lookAgainMs = 100;
/** More than these at once are too much for a database that has other things to do. */
const waitingMax = 32;
const dayMs = 24 * 3_600_000;

export class CallerApi {
  readonly #options: CallerApiOptions;
  #waiting = 0;

  constructor(options: CallerApiOptions) {
    this.#options = options;
  }

  /** `path` is what stands behind `/callers/`, with its query. */
  async answer(path: string, consumer: string): Promise<CallerAnswer> {
    if (consumer === "") return failed(401, "Nobody has said whose usage this is", "invalid_api_key");
    if (this.#waiting >= waitingMax) return failed(503, "Too many ask at once: try again later", "overloaded");
    const { pathname, searchParams } = new URL(path, "http://weir/callers/");
    this.#waiting++;
    try {
      if (pathname === "/callers/generation") return await this.#generation(searchParams, consumer);
      if (pathname === "/callers/usage") return await this.#usage(searchParams, consumer);
      return failed(404, "There is nothing here", "unknown_url");
    } finally {
      this.#waiting--;
    }
  }

  async #generation(query: URLSearchParams, consumer: string): Promise<CallerAnswer> {
    const id = query.get("id") ?? "";
    if (id === "") return failed(400, "Name the request: ?id=", "missing_id");
    const { store, patienceMs = patienceMsDefault } = this.#options;
    const until = performance.now() + patienceMs;
    for (;;) {
      const found = await findGeneration(await store(), consumer, id);
      if (found) return answered({ data: toGeneration(found, id) });
      if (performance.now() >= until) break;
      await pause(lookAgainMs);
    }
    return failed(404, "You have no request of this id, or it is not recorded yet", "generation_not_found");
  }

  async #usage(query: URLSearchParams, consumer: string): Promise<CallerAnswer> {
    const now = Date.now();
    const from = timeOf(query.get("since"), now - 30 * dayMs);
    const to = timeOf(query.get("until"), now);
    if (from === null || to === null) {
      return failed(400, "since and until are times such as 2026-11-01, 7d or 36h", "invalid_time");
    }
    const each = query.get("each") ?? "day";
    if (!isBucket(each) && each !== "total") return failed(400, "each is hour, day, month or total", "invalid_each");
    const bucket = isBucket(each) ? each : null;
    const by: UsageDimension[] = ["model", "provider"];
    const rows = await queryUsage(await this.#options.store(), { by, from, to, bucket, where: { consumer } });
    const at = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    return answered({ object: "list", ...at, data: rows.map((row) => toActivity(row, bucket)) });
  }
}

function timeOf(text: string | null, otherwise: number): number | null {
  return text === null ? otherwise : readTime(text);
}

function isBucket(text: string): text is Bucket {
  return (buckets as readonly string[]).includes(text);
}

function answered(value: object): CallerAnswer {
  return { status: 200, body: JSON.stringify(value) };
}

function failed(status: number, message: string, code: string): CallerAnswer {
  const type = status < 500 ? "invalid_request_error" : "server_error";
  return { status, body: JSON.stringify({ error: { message, type, param: null, code } }) };
}

/** Dollars as programs of that API read them; `cost_usd` has every digit. */
function costOf(nanos: bigint | null): { usage: number | null; cost_usd: string | null } {
  const text = nanos === null ? null : formatUsd(nanos);
  return { usage: text === null ? null : Number(text), cost_usd: text };
}

function numberOf(value: number | bigint | string | null): number | null {
  return value === null ? null : Number(value);
}

function toGeneration({ request, attempts }: Generation, id: string): object {
  const cost = costOf(request.cost_nano_usd === null ? null : BigInt(request.cost_nano_usd));
  const [prompt, completion] = [numberOf(request.input_tokens), numberOf(request.output_tokens)];
  return {
    id,
    request_id: request.request_id,
    upstream_id: request.response_id || null,
    created_at: new Date(Number(request.started_at)).toISOString(),
    model: request.requested_model || request.model,
    provider_name: request.provider || null,
    api_type: request.surface,
    streamed: request.stream === 1,
    cancelled: request.client_gone === 1,
    status: request.status,
    finish_reason: request.finish || null,
    total_cost: cost.usage,
    ...cost,
    tokens_prompt: prompt,
    tokens_completion: completion,
    native_tokens_prompt: prompt,
    native_tokens_completion: completion,
    native_tokens_cached: numberOf(request.cache_read_tokens),
    native_tokens_reasoning: numberOf(request.reasoning_tokens),
    tags: tagsOf(request),
    usage_source: request.usage_source || null,
    latency: numberOf(request.time_to_first_token_ms ?? request.duration_ms),
    generation_time: numberOf(request.duration_ms),
    provider_responses: attempts.map((attempt) => ({
      provider_name: attempt.provider,
      status: attempt.status || null,
      latency: numberOf(attempt.duration_ms),
    })),
  };
}

/** The date is the day's, as there; of hours it has the hour, of months the first day. */
function toActivity({ period, at, sums }: UsageRow, bucket: Bucket | null): object {
  const time = period === null ? null : new Date(period).toISOString();
  return {
    ...(time !== null && { date: bucket === "hour" ? time : time.slice(0, "2026-11-25".length) }),
    model: at.model,
    provider_name: at.provider || null,
    requests: Number(sums.requests),
    prompt_tokens: Number(sums.input_tokens),
    completion_tokens: Number(sums.output_tokens),
    reasoning_tokens: Number(sums.reasoning_tokens),
    cached_tokens: Number(sums.cache_read_tokens),
    ...costOf(sums.cost_nano_usd),
    unpriced_requests: Number(sums.unpriced),
  };
}
