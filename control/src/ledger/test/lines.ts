// Lines as Envoy writes them, with what a test wants to be different.
import type { ModelRow } from "../../model/model-facts.ts";

export const plainLine: Record<string, unknown> = {
  timestamp: "2026-11-25T10:30:00.123Z",
  "request.id": "client-1",
  trace_id: "0af7651916cd43dd8448eb211c80319c",
  "http.request.method": "POST",
  "http.response.status_code": 200,
  duration_ms: 1200,
  "weir.consumer": "acme",
  "weir.key": "acme/main",
  "weir.team": "search",
  "weir.route": "chat",
  "weir.target": "openai/first",
  "weir.surface": "chat/completions",
  "weir.stream": "true",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "fast",
  "weir.provider_model": "known",
  "gen_ai.response.model": "known-2026-01-01",
  "gen_ai.response.finish_reasons": "stop",
  "gen_ai.usage.input_tokens": "1000",
  "gen_ai.usage.output_tokens": "200",
  "gen_ai.usage.cache_read.input_tokens": "400",
  "weir.time_to_first_token_ms": "200",
  "weir.prompt": '{"messages":[{"role":"user","content":"Hello, [email]"}]}',
  "weir.answer": '[{"text":"Hi"}]',
  "weir.recorded": '{"answerTruncated":true,"redacted":["emails"]}',
};

export function line(id: string, given: Record<string, unknown> = {}): string {
  return JSON.stringify({ ...plainLine, "weir.id": id, "request.id": `client-${id}`, ...given });
}

/** Input 2 dollars, cached 0.5, output 8. */
export const models: ModelRow[] = [
  {
    name: "known",
    providers: null,
    targets: null,
    contextWindow: null,
    outputTokensMax: null,
    price: { picoUsd: { input: 2_000_000, output: 8_000_000, cacheRead: 500_000 }, tiers: [] },
    shutdownDate: null,
    source: "configuration",
    date: "",
  },
];

/** 600 × 2 + 400 × 0.5 + 200 × 8 micro-dollars. */
export const plainCost = 3_000_000n;
