// Hosted providers whose API is OpenAI-compatible.
import { row, type ProviderRow } from "./row.ts";

export const cloudProviders: readonly ProviderRow[] = [
  row({
    type: "openai",
    title: "OpenAI",
    baseUrl: "https://api.openai.com/v1",
    environment: "OPENAI_API_KEY",
    surfaces: [
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
    ],
    documentation: "https://platform.openai.com/docs/api-reference",
  }),
];
