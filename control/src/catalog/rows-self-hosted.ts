// Servers that people run themselves, and the provider that comes with Weir.
import { surfaces } from "../model/model.ts";
import { row, type ProviderRow } from "./row.ts";

export const selfHostedProviders: readonly ProviderRow[] = [
  row({
    type: "simulated",
    title: "Simulated",
    baseUrl: "http://127.0.0.1:8089/v1",
    keyRequired: false,
    surfaces,
    documentation: null,
  }),
  row({
    type: "generic",
    title: "Any OpenAI-compatible API",
    baseUrlExample: "https://api.example.com/v1",
    keyRequired: false,
    surfaces,
    documentation: "https://platform.openai.com/docs/api-reference",
  }),
  row({
    type: "vllm",
    title: "vLLM",
    baseUrlExample: "http://127.0.0.1:8000/v1",
    keyRequired: false,
    environment: "VLLM_API_KEY",
    surfaces: [
      "chat/completions",
      "completions",
      "embeddings",
      "audio/transcriptions",
      "audio/translations",
      "rerank",
      "responses",
    ],
    documentation: "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
  }),
  row({
    type: "ollama",
    title: "Ollama",
    baseUrl: "http://127.0.0.1:11434/v1",
    keyRequired: false,
    surfaces: ["chat/completions", "completions", "embeddings"],
    documentation: "https://docs.ollama.com/openai",
  }),
  row({
    type: "sglang",
    title: "SGLang",
    baseUrlExample: "http://127.0.0.1:30000/v1",
    keyRequired: false,
    surfaces: ["chat/completions", "completions", "embeddings", "rerank"],
    documentation: "https://docs.sglang.ai/basic_usage/openai_api.html",
  }),
  row({
    type: "lmdeploy",
    title: "LMDeploy",
    baseUrlExample: "http://127.0.0.1:23333/v1",
    keyRequired: false,
    surfaces: ["chat/completions", "completions"],
    documentation: "https://lmdeploy.readthedocs.io/en/latest/llm/api_server.html",
  }),
];
