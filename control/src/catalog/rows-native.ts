// Providers whose API is a wire format of its own that Weir does not translate yet. They are listed so that their type
// is known and told apart from a typing mistake.
import { row, sources, type ProviderRow } from "./row.ts";

export const nativeProviders: readonly ProviderRow[] = [
  row({
    type: "bedrock",
    title: "Amazon Bedrock",
    dialect: "bedrock",
    baseUrlExample: "https://bedrock-runtime.us-east-1.amazonaws.com",
    environment: "AWS_BEARER_TOKEN_BEDROCK",
    instead:
      "Use type generic with baseUrl https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1 (your region) and a Bedrock API key, for the models that Bedrock's OpenAI-compatible API serves",
    documentation: "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html",
    source: sources.higress("bedrock"),
  }),
  row({
    type: "claude",
    title: "Anthropic Claude",
    dialect: "anthropic",
    baseUrl: "https://api.anthropic.com/v1",
    auth: { header: "x-api-key", prefix: "" },
    environment: "ANTHROPIC_API_KEY",
    instead: "Use type generic with baseUrl https://api.anthropic.com/v1, Anthropic's OpenAI-compatible API",
    documentation: "https://docs.claude.com/en/api/openai-sdk",
    source: sources.higress("claude"),
  }),
  row({
    type: "coze",
    title: "Coze",
    dialect: "coze",
    baseUrl: "https://api.coze.cn",
    environment: "COZE_API_TOKEN",
    documentation: "https://www.coze.cn/open/docs/developer_guides/chat_v3",
    source: sources.higress("coze"),
  }),
  row({
    type: "deepl",
    title: "DeepL",
    dialect: "deepl",
    baseUrl: "https://api.deepl.com/v2",
    otherBaseUrls: [{ title: "Free plan", url: "https://api-free.deepl.com/v2" }],
    auth: { header: "authorization", prefix: "DeepL-Auth-Key " },
    environment: "DEEPL_AUTH_KEY",
    documentation: "https://developers.deepl.com/api-reference/translate",
    source: sources.higress("deepl"),
  }),
  row({
    type: "dify",
    title: "Dify",
    dialect: "dify",
    baseUrl: "https://api.dify.ai/v1",
    environment: "DIFY_API_KEY",
    documentation: "https://docs.dify.ai/en/use-dify/publish/developing-with-apis",
    source: sources.higress("dify"),
  }),
  row({
    type: "triton",
    title: "NVIDIA Triton Inference Server",
    dialect: "triton",
    baseUrlExample: "http://127.0.0.1:8000/v2",
    keyRequired: false,
    instead: "Start Triton's OpenAI-compatible frontend and use type generic with its baseUrl",
    documentation:
      "https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/client_guide/openai_readme.html",
    source: sources.higress("triton"),
  }),
  row({
    type: "vertex",
    title: "Google Vertex AI",
    dialect: "vertex",
    baseUrlExample: "https://aiplatform.googleapis.com/v1",
    environment: "GOOGLE_APPLICATION_CREDENTIALS",
    instead: "Use type gemini with a Gemini API key; Vertex AI's tokens expire after an hour and have to be renewed",
    documentation: "https://cloud.google.com/vertex-ai/generative-ai/docs/start/openai",
    source: sources.higress("vertex"),
  }),
];
