// The requests of the ledger's test, and what each must leave behind. What the provider told of tokens is asked of the
// simulated provider itself, which answers the same request the same way.
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { costNanoUsd, type Price } from "../../control/src/model/price.ts";
import { gatewayBlock } from "../configurations.ts";
import type { Gateway } from "../gateway.ts";
import { open, send as ask, type HttpAnswer } from "../http-client.ts";
import { countingLimit } from "./reconcile.ts";

const key = 'apiKey: "${E2E_KEY}"';

/** `amount`: of the limit that counts, which leaves room for everything. */
export const ledgerConfiguration = (amount: number): string => `${gatewayBlock}
ledger: {}
limits:${countingLimit(amount)}${modelsAndRoutes}`;

/** What the requests need. `@API@` is where there is a REST API. */
export const modelsAndRoutes = `mcpServers:
  - name: weather
    baseUrl: "@API@"
    tools: [{ name: forecast, args: [{ name: city }], requestTemplate: { url: /weather } }]
models:
  - { name: priced, price: { input: 2.5, output: 10, cacheRead: 0.3 } }
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", ${key} }
  - { name: google, type: gemini, baseUrl: "@SIMULATOR@/v1beta", ${key} }
  - { name: claude, type: anthropic, baseUrl: "@SIMULATOR@/v1", ${key} }
  - { name: local, type: vllm, baseUrl: "@SIMULATOR@/v1" }
  - name: pool
    type: openai
    baseUrl: "@SIMULATOR@/pool/v1"
    apiKeys: [{ key: "\${E2E_KEY}", name: first }, { key: "\${E2E_KEY}", name: second }]
routes:
  - { name: priced, models: [priced], targets: [{ provider: alpha }] }
  - { name: own-price, models: [gpt-4.1-nano-2025-04-14], targets: [{ provider: alpha }] }
  - { name: local, models: [ranker], targets: [{ provider: local }] }
  - { name: google, models: ["gemini-*"], targets: [{ provider: google }] }
  - { name: claude, models: [claude-haiku-4-5], targets: [{ provider: claude }] }
  - { name: unpriced, models: [nobody-knows-it], targets: [{ provider: alpha }] }
  - name: falling
    models: [falling]
    targets: [{ provider: pool, model: simulate-status-503 }]
    fallbacks: [{ provider: alpha, model: priced }]
`;

const price: Price = { picoUsd: { input: 2_500_000, output: 10_000_000, cacheRead: 300_000 }, tiers: [] };

export const kinds = [
  "whole",
  "stream",
  "cached",
  "dated",
  "unpriced",
  "messages",
  "embeddings",
  "falling",
  "refused",
  "not found",
  "cut",
  "left",
] as const;
type Kind = (typeof kinds)[number];

export interface Planned {
  number: number;
  kind: Kind;
  words: number;
  /** More than those of its kind. */
  headers?: Record<string, string>;
}

export interface Sent {
  id: string;
  kind: Kind;
  /** Columns of its record. */
  expected: Record<string, unknown>;
}

type AskedGateway = Pick<Gateway, "url" | "simulator">;

interface Wanted {
  path: string;
  json: Record<string, unknown>;
  simulate?: string;
  /** As the route's target is asked, where that differs. */
  direct?: string;
  expected: Record<string, unknown>;
}

export async function send(gateway: AskedGateway, planned: Planned): Promise<Sent> {
  const id = randomUUID();
  const wanted = wantedOf(planned);
  const simulate = wanted.simulate ? { "x-simulate": wanted.simulate } : {};
  const headers = { "x-request-id": id, "x-kind": planned.kind, ...planned.headers, ...simulate, ...version };
  const request = { path: wanted.path, json: wanted.json, headers };
  if (planned.kind === "left") {
    const answer = await open(gateway.url, request);
    // Where it is refused there is nothing to be seen.
    await answer.seen("data:").catch(() => undefined);
    answer.leave();
  } else await ask(gateway.url, request);
  return { id, kind: planned.kind, expected: { ...wanted.expected, ...(await usageOf(gateway, planned, wanted)) } };
}

const version = { "anthropic-version": "2023-06-01" };

function wantedOf({ number, kind, words }: Planned): Wanted {
  const messages = [{ role: "user", content: `Say ${"this and that ".repeat(words)}${number % 7}` }];
  const chat = (model: string, more = {}) => ({ path: "/v1/chat/completions", json: { model, messages, ...more } });
  const answered = { status: 200, failure: "", client_gone: 0, fallback: 0, route: "priced", target: "alpha" };
  const good = { ...answered, attempt_count: 1 };
  switch (kind) {
    case "whole":
      return { ...chat("priced"), expected: { ...good, stream: 0, surface: "chat/completions" } };
    case "stream":
      return { ...chat("priced", { stream: true }), expected: { ...good, stream: 1 } };
    case "cached":
      return { ...chat("priced"), simulate: "cached-8", expected: good };
    case "dated":
      return { ...chat("gpt-4.1-nano-2025-04-14"), expected: { ...good, route: "own-price", priced: 1 } };
    case "unpriced":
      return { ...chat("nobody-knows-it"), expected: { ...good, route: "unpriced", priced: 0, cost_nano_usd: null } };
    case "messages":
      return {
        path: "/v1/messages",
        json: { model: "claude-haiku-4-5", messages, max_tokens: 500, stream: number % 2 === 0 },
        expected: { ...good, route: "claude", target: "claude", surface: "messages", provider: "anthropic" },
      };
    case "embeddings":
      return {
        path: "/v1/embeddings",
        json: { model: "priced", input: messages[0]!.content },
        expected: { ...good, surface: "embeddings" },
      };
    case "falling":
      return {
        ...chat("falling"),
        direct: "priced",
        // A key that has failed too often is left alone, so there may be two or three attempts.
        expected: { ...answered, route: "falling", fallback: 1, requested_model: "falling", model: "priced" },
      };
    case "refused":
      return { ...chat("priced"), simulate: "status-429", expected: { ...good, status: 429, ...nothing } };
    case "not found":
      return { ...chat("no-such-model"), expected: { status: 404, target: "", attempt_count: 0, ...nothing } };
    case "cut":
      return {
        ...chat("priced", { stream: true }),
        simulate: "drop-mid-stream",
        expected: { status: 200, usage_source: untold },
      };
    case "left":
      return {
        ...chat("priced", { stream: true }),
        simulate: "words-500, chunk-delay-20",
        expected: { client_gone: 1, usage_source: untold },
      };
  }
}

/** Of a stream that did not end the provider has told no tokens; the gateway may have counted them. */
const untold: unknown = expect.not.stringContaining("reported");

const nothing = { input_tokens: null, output_tokens: null, usage_source: "", priced: 0, cost_nano_usd: null };

/** What the provider tells of tokens, where it comes to that. */
async function usageOf(gateway: AskedGateway, { kind }: Planned, wanted: Wanted): Promise<Record<string, unknown>> {
  if (["refused", "not found", "cut", "left"].includes(kind)) return {};
  const json = { ...wanted.json, stream: false, ...(wanted.direct && { model: wanted.direct }) };
  const headers = { authorization: "Bearer x", "x-api-key": "x", ...version };
  const simulate = wanted.simulate ? { "x-simulate": wanted.simulate } : {};
  const answer = await ask(gateway.simulator.url, { path: wanted.path, json, headers: { ...headers, ...simulate } });
  return { usage_source: "reported", ...(kind === "messages" ? anthropicUsage(answer) : openAiUsage(answer, kind)) };
}

interface OpenAiUsage {
  prompt_tokens: number;
  completion_tokens?: number;
  prompt_tokens_details?: { cached_tokens?: number };
}

function openAiUsage({ json }: HttpAnswer, kind: Kind): Record<string, unknown> {
  const { usage } = json as { usage: OpenAiUsage };
  const input = usage.prompt_tokens;
  const output = usage.completion_tokens;
  const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const tokens = { input_tokens: input, ...(output !== undefined && { output_tokens: output }) };
  if (kind === "unpriced" || kind === "dated") return tokens;
  const cost = costNanoUsd(price, { input, cacheRead, output: output ?? 0 });
  return { ...tokens, priced: 1, cost_nano_usd: Number(cost) };
}

function anthropicUsage({ json }: HttpAnswer): Record<string, unknown> {
  const { usage } = json as { usage: { input_tokens: number; output_tokens: number } };
  const cost = usage.input_tokens * 1000 + usage.output_tokens * 5000;
  return { input_tokens: usage.input_tokens, output_tokens: usage.output_tokens, priced: 1, cost_nano_usd: cost };
}
