// Servers that people run themselves, any compatible API, and the provider that comes with Weir.
import { surfaces } from "../model/model.ts";
import { row, sources, type ProviderRow } from "./row.ts";

export const selfHostedProviders: readonly ProviderRow[] = [
  row({
    // `weir run` starts it, on this port unless it is taken.
    type: "simulated",
    title: "Simulated, part of Weir",
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
    type: "lmdeploy",
    title: "LMDeploy",
    baseUrlExample: "http://127.0.0.1:23333/v1",
    keyRequired: false,
    surfaces: ["chat/completions", "completions"],
    documentation: "https://lmdeploy.readthedocs.io/en/latest/llm/api_server.html",
  }),
  row({
    type: "ollama",
    title: "Ollama",
    baseUrl: "http://127.0.0.1:11434/v1",
    keyRequired: false,
    environment: "OLLAMA_API_KEY",
    otherBaseUrls: [{ title: "Ollama Cloud", url: "https://ollama.com/v1" }],
    surfaces: ["chat/completions", "completions", "embeddings", "responses"],
    documentation: "https://docs.ollama.com/openai",
    source: sources.modelsDev("ollama-cloud"),
  }),
  row({
    type: "sglang",
    title: "SGLang",
    baseUrlExample: "http://127.0.0.1:30000/v1",
    keyRequired: false,
    surfaces: ["chat/completions", "completions", "embeddings", "audio/transcriptions", "rerank", "responses"],
    documentation: "https://docs.sglang.ai/basic_usage/openai_api.html",
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
];
