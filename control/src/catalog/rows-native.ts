// Providers with a wire format of their own that Weir does not translate yet. They are listed so that their type is
// known, and told apart from a typing mistake.
import { row, type ProviderRow } from "./row.ts";

export const nativeProviders: readonly ProviderRow[] = [
  row({
    type: "claude",
    title: "Anthropic Claude",
    dialect: "anthropic",
    baseUrl: "https://api.anthropic.com/v1",
    auth: { header: "x-api-key", prefix: "" },
    environment: "ANTHROPIC_API_KEY",
    instead: "Use type generic with baseUrl https://api.anthropic.com/v1, Anthropic's OpenAI-compatible endpoint",
    documentation: "https://docs.claude.com/en/api/messages",
  }),
];
