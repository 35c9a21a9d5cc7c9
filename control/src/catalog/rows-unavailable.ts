// Providers whose API is a wire format of its own that Weir does not translate yet. They are listed so that their type
// is known and told apart from a typing mistake.
import { row, sources, type ProviderRow } from "./row.ts";

export const unavailableProviders: readonly ProviderRow[] = [
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
];
