// Providers with a wire format of their own. Most have an OpenAI-compatible API beside it, which `dialect` picks.
import { anthropicSurfaces } from "../model/surface.ts";
import { row, sources, type ProviderApi, type ProviderRow } from "./row.ts";

const anthropic = {
  title: "Anthropic Claude",
  dialect: "anthropic",
  baseUrl: "https://api.anthropic.com/v1",
  environment: "ANTHROPIC_API_KEY",
  also: [{ dialect: "openai-chat", baseUrl: "https://api.anthropic.com/v1", surfaces: ["chat/completions"] }],
  documentation: "https://platform.claude.com/docs/en/api/messages",
} as const;

/** https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope */
const dashScope: Partial<ProviderApi> = {
  dialect: "dashscope",
  baseUrl: "https://dashscope.aliyuncs.com/api/v1",
  otherBaseUrls: [{ title: "International", url: "https://dashscope-intl.aliyuncs.com/api/v1" }],
  // https://www.alibabacloud.com/help/en/model-studio/anthropic-api-messages
  surfaces: ["messages"],
  paths: { messages: "/apps/anthropic/v1/messages" },
};

const qwenCompatible: Partial<ProviderApi> = {
  dialect: "openai-chat",
  baseUrl: "https://dashscope.aliyuncs.com/compatible-mode/v1",
  otherBaseUrls: [{ title: "International", url: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1" }],
  surfaces: ["chat/completions", "completions", "embeddings", "rerank", "responses", "messages"],
  paths: { rerank: "/compatible-api/v1/reranks", messages: "/apps/anthropic/v1/messages" },
  // https://www.alibabacloud.com/help/en/model-studio/context-cache: explicit caching by cache_control.
  quirks: ["maxTokens", "cacheMarks"],
};

const qwen = {
  environment: "DASHSCOPE_API_KEY",
  source: sources.higress("qwen"),
} as const;

export const ownDialectProviders: readonly ProviderRow[] = [
  row({ type: "anthropic", ...anthropic }),
  row({ type: "claude", ...anthropic, source: sources.higress("claude") }),
  row({
    type: "bedrock",
    title: "Amazon Bedrock",
    dialect: "bedrock",
    baseUrl: "https://bedrock-runtime.{region}.amazonaws.com",
    accounts: ["aws"],
    environment: "AWS_BEARER_TOKEN_BEDROCK",
    also: [
      {
        // https://docs.aws.amazon.com/bedrock/latest/userguide/inference-responses-api.html
        dialect: "openai-chat",
        baseUrl: "https://bedrock-runtime.{region}.amazonaws.com/openai/v1",
        surfaces: ["chat/completions", "responses"],
      },
      {
        // https://docs.aws.amazon.com/bedrock/latest/userguide/inference-messages-api.html
        dialect: "anthropic",
        baseUrl: "https://bedrock-mantle.{region}.api.aws/anthropic/v1",
        surfaces: ["messages"],
      },
    ],
    documentation: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
    source: sources.higress("bedrock"),
  }),
  row({
    type: "cohere",
    title: "Cohere",
    dialect: "cohere",
    baseUrl: "https://api.cohere.com/v2",
    // https://docs.cohere.com/reference/chat: an assistant's content may hold `thinking`.
    quirks: ["thinkingInHistory"],
    environment: "COHERE_API_KEY",
    also: [
      {
        // The compatible API refuses stream_options (strandsagents.com/docs/user-guide/concepts/model-providers/cohere,
        // seen 2026-11); it reports a stream's usage without being asked.
        dialect: "openai-chat",
        baseUrl: "https://api.cohere.ai/compatibility/v1",
        surfaces: ["chat/completions", "embeddings", "rerank"],
        paths: { rerank: "/v2/rerank" },
        quirks: ["noStreamOptions", "maxTokens"],
      },
    ],
    documentation: "https://docs.cohere.com/reference/chat",
  }),
  row({
    type: "dashscope",
    title: "Alibaba Cloud DashScope",
    ...dashScope,
    ...qwen,
    also: [qwenCompatible],
    documentation: "https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-dashscope",
  }),
  row({
    type: "gemini",
    title: "Google Gemini",
    dialect: "gemini",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta",
    environment: "GEMINI_API_KEY",
    also: [
      {
        // https://ai.google.dev/gemini-api/docs/openai
        dialect: "openai-chat",
        baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
        surfaces: ["chat/completions", "embeddings", "images/generations"],
      },
    ],
    documentation: "https://ai.google.dev/api/generate-content",
  }),
  row({
    type: "ollama",
    title: "Ollama",
    dialect: "ollama",
    baseUrl: "http://127.0.0.1:11434",
    otherBaseUrls: [{ title: "Ollama Cloud", url: "https://ollama.com" }],
    keyRequired: false,
    environment: "OLLAMA_API_KEY",
    also: [
      {
        // https://docs.ollama.com/openai and https://docs.ollama.com/api/anthropic-compatibility
        dialect: "openai-chat",
        baseUrl: "http://127.0.0.1:11434/v1",
        otherBaseUrls: [{ title: "Ollama Cloud", url: "https://ollama.com/v1" }],
        surfaces: ["chat/completions", "completions", "embeddings", "responses", "messages"],
        quirks: ["maxTokens"],
      },
    ],
    documentation: "https://docs.ollama.com/api/chat",
    source: sources.modelsDev("ollama-cloud"),
  }),
  row({
    type: "qwen",
    title: "Alibaba Cloud Qwen",
    ...qwenCompatible,
    ...qwen,
    also: [dashScope],
    documentation: "https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope",
  }),
  row({
    type: "vertex",
    title: "Google Vertex AI",
    dialect: "gemini",
    baseUrl: "https://{vertexHost}/v1/projects/{project}/locations/{location}/publishers/google",
    // Express mode: https://cloud.google.com/vertex-ai/generative-ai/docs/start/express-mode/overview
    keyBaseUrl: "https://aiplatform.googleapis.com/v1/publishers/google",
    accounts: ["google"],
    surfaces: ["generateContent", "streamGenerateContent", "countTokens"],
    paths: { predict: "./models/{model}:predict" },
    quirks: ["vertexGemini"],
    environment: "GOOGLE_APPLICATION_CREDENTIALS",
    also: [
      {
        // https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai
        dialect: "anthropic",
        baseUrl: "https://{vertexHost}/v1/projects/{project}/locations/{location}/publishers/anthropic",
        auth: { header: "authorization", prefix: "Bearer " },
        surfaces: anthropicSurfaces,
        paths: {
          rawPredict: "./models/{model}:rawPredict",
          streamRawPredict: "./models/{model}:streamRawPredict",
          "messages/count_tokens": "./models/count-tokens:rawPredict",
        },
        headers: {},
        quirks: ["vertexAnthropic"],
      },
      {
        // https://cloud.google.com/vertex-ai/generative-ai/docs/start/openai
        dialect: "openai-chat",
        baseUrl: "https://{vertexHost}/v1/projects/{project}/locations/{location}/endpoints/openapi",
      },
    ],
    documentation: "https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference",
    source: sources.higress("vertex"),
  }),
];
