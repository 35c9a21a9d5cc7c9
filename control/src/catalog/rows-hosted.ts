// Hosted providers with an OpenAI-compatible API, those based in China apart.
import type { Surface } from "../model/surface.ts";
import { row, sources, type ProviderRow } from "./row.ts";

const openAi: readonly Surface[] = [
  "chat/completions",
  "completions",
  "embeddings",
  "images/generations",
  "images/edits",
  "images/variations",
  "audio/speech",
  "audio/transcriptions",
  "audio/translations",
  "responses",
];

/** Azure has no image variations. */
const azure = openAi.filter((surface) => surface !== "images/variations");

/** Its messages are deprecated; image edits and speech have forms of their own. */
const xai = {
  title: "xAI Grok",
  baseUrl: "https://api.x.ai/v1",
  environment: "XAI_API_KEY",
  surfaces: ["chat/completions", "images/generations", "responses"],
  documentation: "https://docs.x.ai/developers/rest-api-reference/inference",
  source: sources.portkey("x-ai"),
} as const;

export const hostedProviders: readonly ProviderRow[] = [
  row({
    type: "openai",
    title: "OpenAI",
    baseUrl: "https://api.openai.com/v1",
    environment: "OPENAI_API_KEY",
    surfaces: openAi,
    also: [{ dialect: "openai-responses", baseUrl: "https://api.openai.com/v1", surfaces: openAi }],
    documentation: "https://platform.openai.com/docs/api-reference",
  }),
  row({
    // Its v1 path takes OpenAI's requests as they are; a deployment's name goes where the model's name is.
    type: "azure",
    title: "Azure OpenAI",
    baseUrlExample: "https://my-resource.openai.azure.com/openai/v1",
    auth: { header: "api-key", prefix: "" },
    environment: "AZURE_OPENAI_API_KEY",
    surfaces: azure,
    accounts: ["azure"],
    also: [
      {
        dialect: "openai-responses",
        baseUrlExample: "https://my-resource.openai.azure.com/openai/v1",
        auth: { header: "api-key", prefix: "" },
        surfaces: azure,
      },
    ],
    documentation: "https://learn.microsoft.com/en-us/azure/foundry/openai/api-version-lifecycle",
  }),
  row({
    type: "cerebras",
    title: "Cerebras",
    baseUrl: "https://api.cerebras.ai/v1",
    environment: "CEREBRAS_API_KEY",
    surfaces: ["chat/completions", "completions"],
    documentation: "https://inference-docs.cerebras.ai/resources/openai",
    source: sources.modelsDev("cerebras"),
  }),
  row({
    type: "cloudflare",
    title: "Cloudflare Workers AI",
    baseUrlExample: "https://api.cloudflare.com/client/v4/accounts/ACCOUNT_ID/ai/v1",
    environment: "CLOUDFLARE_API_TOKEN",
    surfaces: ["chat/completions", "embeddings", "responses"],
    quirks: ["maxTokens"],
    documentation: "https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/",
    source: sources.modelsDev("cloudflare-workers-ai"),
  }),
  row({
    type: "deepinfra",
    title: "DeepInfra",
    baseUrl: "https://api.deepinfra.com/v1/openai",
    environment: "DEEPINFRA_API_KEY",
    surfaces: [
      "chat/completions",
      "completions",
      "embeddings",
      "images/generations",
      "audio/speech",
      "audio/transcriptions",
    ],
    quirks: ["maxTokens"],
    documentation: "https://docs.deepinfra.com/api-reference/chat-completions/openai-chat-completions",
    source: sources.modelsDev("deepinfra"),
  }),
  row({
    type: "fireworks",
    title: "Fireworks AI",
    baseUrl: "https://api.fireworks.ai/inference/v1",
    environment: "FIREWORKS_API_KEY",
    // https://docs.fireworks.ai/tools-sdks/anthropic-compatibility
    surfaces: ["chat/completions", "completions", "embeddings", "responses", "messages"],
    // https://docs.fireworks.ai/guides/reasoning: models that go on thinking want their thoughts back.
    quirks: ["maxTokens", "thinkingInHistory"],
    documentation: "https://docs.fireworks.ai/tools-sdks/openai-compatibility",
    source: sources.modelsDev("fireworks-ai"),
  }),
  row({
    type: "github",
    title: "GitHub Models",
    baseUrl: "https://models.github.ai/inference",
    environment: "GITHUB_TOKEN",
    surfaces: ["chat/completions", "embeddings"],
    documentation: "https://docs.github.com/en/rest/models/inference",
    source: sources.modelsDev("github-models"),
  }),
  row({ type: "grok", ...xai }),
  row({
    type: "groq",
    title: "Groq",
    baseUrl: "https://api.groq.com/openai/v1",
    environment: "GROQ_API_KEY",
    surfaces: ["chat/completions", "audio/speech", "audio/transcriptions", "audio/translations", "responses"],
    documentation: "https://console.groq.com/docs/api-reference",
    source: sources.modelsDev("groq"),
  }),
  row({
    // Answers 422 to stream_options.include_usage (github.com/openai/openai-agents-python/issues/442, 2025-04); the
    // last chunk of a stream holds the usage anyway. Ids of tool calls have nine letters and digits.
    type: "mistral",
    title: "Mistral AI",
    baseUrl: "https://api.mistral.ai/v1",
    environment: "MISTRAL_API_KEY",
    surfaces: ["chat/completions", "embeddings", "audio/transcriptions"],
    quirks: ["noStreamOptions", "maxTokens", "shortToolIds"],
    documentation: "https://docs.mistral.ai/api",
    source: sources.portkey("mistral-ai"),
  }),
  row({
    type: "nebius",
    title: "Nebius Token Factory",
    baseUrl: "https://api.tokenfactory.nebius.com/v1",
    environment: "NEBIUS_API_KEY",
    surfaces: ["chat/completions", "completions", "embeddings"],
    quirks: ["maxTokens"],
    documentation: "https://docs.tokenfactory.nebius.com/api-reference/introduction",
    source: sources.modelsDev("nebius"),
  }),
  row({
    type: "novita",
    title: "Novita AI",
    baseUrl: "https://api.novita.ai/openai/v1",
    environment: "NOVITA_API_KEY",
    // https://novita.ai/docs/api-reference/model-apis-llm-create-rerank
    surfaces: ["chat/completions", "completions", "embeddings", "rerank"],
    quirks: ["maxTokens"],
    documentation: "https://novita.ai/docs/api-reference/model-apis-llm-create-chat-completion",
    source: sources.modelsDev("novita-ai"),
  }),
  row({
    type: "openrouter",
    title: "OpenRouter",
    baseUrl: "https://openrouter.ai/api/v1",
    environment: "OPENROUTER_API_KEY",
    // https://openrouter.ai/docs/api/api-reference/anthropic-messages/create-messages
    // https://openrouter.ai/announcements/announcing-audio-apis: transcriptions take JSON, not OpenAI's form.
    surfaces: ["chat/completions", "completions", "embeddings", "audio/speech", "rerank", "responses", "messages"],
    quirks: ["thinkingInHistory", "cacheMarks"],
    documentation: "https://openrouter.ai/docs/api/reference/overview",
    source: sources.modelsDev("openrouter"),
  }),
  row({
    type: "perplexity",
    title: "Perplexity",
    baseUrl: "https://api.perplexity.ai",
    environment: "PERPLEXITY_API_KEY",
    // https://docs.perplexity.ai/docs/agent-api/openai-compatibility
    // Sonar's chat completions were to end on 2026-09-27, and Perplexity's pages differ on whether they did. Embeddings
    // are base64 of bytes, not of floats: no form of OpenAI's.
    surfaces: ["chat/completions", "responses"],
    paths: { responses: "/v1/responses" },
    quirks: ["maxTokens"],
    also: [{ dialect: "openai-responses", baseUrl: "https://api.perplexity.ai/v1" }],
    documentation: "https://docs.perplexity.ai",
    source: sources.portkey("perplexity-ai"),
  }),
  row({
    type: "sambanova",
    title: "SambaNova",
    baseUrl: "https://api.sambanova.ai/v1",
    environment: "SAMBANOVA_API_KEY",
    surfaces: ["chat/completions", "embeddings"],
    quirks: ["maxTokens"],
    documentation: "https://docs.sambanova.ai/sambastudio/latest/open-ai-api.html",
    source: sources.portkey("sambanova"),
  }),
  row({
    type: "together-ai",
    title: "Together AI",
    baseUrl: "https://api.together.ai/v1",
    environment: "TOGETHER_API_KEY",
    surfaces: [
      "chat/completions",
      "completions",
      "embeddings",
      "images/generations",
      "audio/speech",
      "audio/transcriptions",
      "audio/translations",
      "rerank",
    ],
    quirks: ["maxTokens"],
    documentation: "https://docs.together.ai/docs/openai-api-compatibility",
    source: sources.modelsDev("togetherai"),
  }),
  row({ type: "xai", ...xai }),
];
