// Servers that people run themselves, any compatible API, and the provider that comes with Weir.
import { openAiSurfaces } from "../model/surface.ts";
import { row, type ProviderRow } from "./row.ts";

export const selfHostedProviders: readonly ProviderRow[] = [
  row({
    // `weir run` starts it, on this port unless it is taken.
    type: "simulated",
    title: "Simulated, part of Weir",
    baseUrl: "http://127.0.0.1:8089/v1",
    keyRequired: false,
    surfaces: openAiSurfaces,
    documentation: null,
  }),
  row({
    type: "generic",
    title: "Any API of a known dialect",
    baseUrlExample: "https://api.example.com/v1",
    keyRequired: false,
    surfaces: openAiSurfaces,
    // As most compatible servers call it.
    quirks: ["maxTokens"],
    accounts: ["aws", "google"],
    also: [
      { dialect: "openai-responses", baseUrlExample: "https://api.example.com/v1" },
      { dialect: "anthropic", baseUrlExample: "https://api.example.com/v1" },
      { dialect: "gemini", baseUrlExample: "https://api.example.com/v1beta" },
      { dialect: "bedrock", baseUrlExample: "https://bedrock.example.com" },
      { dialect: "cohere", baseUrlExample: "https://api.example.com/v2" },
      { dialect: "ollama", baseUrlExample: "https://ollama.example.com" },
      { dialect: "dashscope", baseUrlExample: "https://api.example.com/api/v1" },
    ],
    documentation: "https://platform.openai.com/docs/api-reference",
  }),
  row({
    type: "lmdeploy",
    title: "LMDeploy",
    baseUrlExample: "http://127.0.0.1:23333/v1",
    keyRequired: false,
    surfaces: ["chat/completions", "completions"],
    quirks: ["maxTokens"],
    documentation: "https://lmdeploy.readthedocs.io/en/latest/llm/api_server.html",
  }),
  row({
    // https://lmstudio.ai/docs/developer/anthropic-compat
    type: "lmstudio",
    title: "LM Studio",
    baseUrl: "http://127.0.0.1:1234/v1",
    keyRequired: false,
    environment: "LM_API_TOKEN",
    surfaces: ["chat/completions", "completions", "embeddings", "responses", "messages"],
    quirks: ["maxTokens"],
    documentation: "https://lmstudio.ai/docs/developer/openai-compat",
  }),
  row({
    type: "sglang",
    title: "SGLang",
    baseUrlExample: "http://127.0.0.1:30000/v1",
    keyRequired: false,
    surfaces: ["chat/completions", "completions", "embeddings", "audio/transcriptions", "rerank", "responses"],
    quirks: ["contextHoldsOutput"],
    documentation: "https://docs.sglang.ai/basic_usage/openai_api.html",
  }),
  row({
    type: "vllm",
    title: "vLLM",
    baseUrlExample: "http://127.0.0.1:8000/v1",
    keyRequired: false,
    environment: "VLLM_API_KEY",
    quirks: ["contextHoldsOutput"],
    surfaces: [
      "chat/completions",
      "completions",
      "embeddings",
      "audio/transcriptions",
      "audio/translations",
      "rerank",
      "responses",
      "messages",
      "messages/count_tokens",
    ],
    documentation: "https://docs.vllm.ai/en/stable/serving/online_serving.html",
  }),
];
