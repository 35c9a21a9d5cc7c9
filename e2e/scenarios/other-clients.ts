// Clients of other APIs than OpenAI's, before a provider of OpenAI's: their paths, their models and their errors.
import { expect } from "vitest";
import type { HttpAnswer } from "../http-client.ts";
import type { Scenario } from "../scenario.ts";
import { gatewayBlock } from "../configurations.ts";

const anthropic = { "anthropic-version": "2023-06-01", "x-api-key": "fake-client-key" };
const message = { max_tokens: 64, messages: [{ role: "user", content: "Hello" }] };

const config = `${gatewayBlock}
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key, modelMapping: { public: upstream } }
  - { name: closed, type: openai, baseUrl: "http://127.0.0.1:@CLOSED_PORT@/v1", apiKey: fake-alpha-key }
routes:
  - { name: alpha, models: [public, "gpt-*"], targets: [{ provider: alpha }] }
  - { name: closed, models: [closed], targets: [{ provider: closed }] }
`;

export const scenarios: Scenario[] = [
  {
    name: "a message of Anthropic's is translated, found by its model, and logged",
    config,
    steps: [
      {
        send: { path: "/v1/messages", json: { ...message, model: "public", top_k: 5 }, headers: anthropic },
        answer: { status: 200, json: { type: "message", role: "assistant", content: [{ type: "text" }] } },
        received: [{ path: "/v1/chat/completions", json: { model: "upstream" } }],
        check: (answer: HttpAnswer) => expect(answer.headers["x-weir-dropped"]).toContain("top_k"),
        log: { "weir.surface": "messages", "weir.dropped": "top_k", "gen_ai.request.model": "public" },
      },
    ],
  },
  {
    name: "errors have the form of the client's API, whoever makes them",
    config,
    steps: [
      {
        send: { path: "/v1/messages", json: { ...message, model: "closed" }, headers: anthropic },
        answer: { status: 502, json: { type: "error", error: { type: "api_error" } } },
      },
      {
        send: { path: "/v1/messages", json: { ...message, model: "unknown" }, headers: anthropic },
        answer: { status: 404, json: { type: "error", error: { type: "not_found_error" } } },
      },
      {
        send: { path: "/v1beta/nothing", json: {} },
        answer: { status: 404, json: { error: { code: 404, status: "NOT_FOUND" } } },
      },
    ],
  },
  {
    name: "models are listed in the form of the client's API",
    config,
    steps: [
      {
        send: { method: "GET", path: "/v1/models", headers: anthropic },
        answer: { status: 200, json: { data: [{ type: "model", id: "public" }, { id: "closed" }], has_more: false } },
        received: [],
      },
      {
        send: { method: "GET", path: "/v1beta/models?pageSize=10" },
        answer: { status: 200, json: { models: [{ name: "models/public" }, { name: "models/closed" }] } },
        received: [],
      },
    ],
  },
];
