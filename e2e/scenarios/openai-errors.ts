// Errors reach the real OpenAI client as its own typed errors, whoever made them: a provider, Weir or Envoy.
import OpenAI from "openai";
import { oneProvider, twoProviders } from "../configurations.ts";
import type { Scenario } from "../scenario.ts";

const chat =
  (model: string, simulate = "") =>
  (client: OpenAI) =>
    client.chat.completions.create(
      { model, messages: [{ role: "user", content: "Hello" }] },
      simulate ? { headers: { "x-simulate": simulate } } : {},
    );

const providerError = { error: { code: "simulated_fault", message: "A simulated fault, as the request asked." } };

export const scenarios: Scenario[] = [
  {
    name: "a provider's status becomes the client's typed error",
    steps: [
      { call: chat("gpt-4o", "status-400"), fails: { as: OpenAI.BadRequestError, with: providerError } },
      { call: chat("gpt-4o", "status-401"), fails: { as: OpenAI.AuthenticationError, with: providerError } },
      { call: chat("gpt-4o", "status-403"), fails: { as: OpenAI.PermissionDeniedError, with: providerError } },
      { call: chat("gpt-4o", "status-404"), fails: { as: OpenAI.NotFoundError, with: providerError } },
      {
        call: chat("gpt-4o", "status-429, retry-after-7"),
        fails: { as: OpenAI.RateLimitError, with: { ...providerError, status: 429 } },
        log: { "http.response.status_code": 429 },
      },
      { call: chat("gpt-4o", "status-500"), fails: { as: OpenAI.InternalServerError, with: providerError } },
    ],
  },
  {
    name: "a provider's retry-after reaches the client",
    steps: [
      {
        send: {
          path: "/v1/chat/completions",
          json: { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] },
          headers: { "x-simulate": "status-429, retry-after-7" },
        },
        answer: { status: 429, headers: { "retry-after": "7" } },
      },
    ],
  },
  {
    name: "a model that no route serves is a 404 that names it",
    config: twoProviders,
    steps: [
      {
        call: chat("llama-3"),
        fails: { as: OpenAI.NotFoundError, with: { code: "model_not_found", param: "model" } },
        received: [],
      },
    ],
  },
  {
    name: "a path that is no surface is a 404 in the client's format",
    steps: [
      {
        send: { path: "/v1/absent", json: {} },
        answer: { status: 404, json: { error: { type: "invalid_request_error" } } },
        received: [],
      },
      {
        send: { path: "/elsewhere" },
        answer: { status: 404, json: { error: { type: "invalid_request_error" } } },
        received: [],
      },
    ],
  },
  {
    name: "a surface that the provider does not have is a 404 that says so",
    steps: [
      {
        send: { path: "/v1/rerank", json: { model: "rerank-1", query: "water", documents: ["sand"] } },
        answer: { status: 404, json: { error: { code: "unsupported_by_provider" } } },
        received: [],
      },
    ],
  },
  {
    name: "a provider that cannot be reached is an error in the client's format",
    config: oneProvider.replace("@SIMULATOR@", "http://127.0.0.1:@CLOSED_PORT@"),
    steps: [
      {
        call: chat("gpt-4o"),
        fails: { as: OpenAI.InternalServerError, with: { status: 502, error: { type: "server_error" } } },
      },
    ],
  },
];
