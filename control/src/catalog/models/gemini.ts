// Models of Google Gemini. Prices: https://ai.google.dev/gemini-api/docs/pricing
import { above, model, modelsDev, price, type ModelList } from "./list.ts";

export const geminiModels: ModelList = {
  providers: ["gemini"],
  source: modelsDev("google"),
  date: "2026-07-02",
  models: [
    model("gemini-2.0-flash-lite", [1_048_576, 8_192], price("0.075", "0.3"), { shutdownDate: "2026-06-01" }),
    model("gemini-2.0-flash", [1_048_576, 8_192], price("0.1", "0.4", { cacheRead: "0.025" }), {
      shutdownDate: "2026-06-01",
    }),
    model("gemini-2.5-flash-lite", [1_048_576, 65_536], price("0.1", "0.4", { cacheRead: "0.01", audioInput: "0.3" })),
    model("gemini-2.5-flash-preview-tts", [8_192, 16_384], price("0.5", "10")),
    model("gemini-2.5-flash", [1_048_576, 65_536], price("0.3", "2.5", { cacheRead: "0.03", audioInput: "1" }), {
      shutdownDate: "2026-10-16",
    }),
    model("gemini-2.5-pro", [1_048_576, 65_536], price("1.25", "10", { cacheRead: "0.125" }), {
      tiers: [above(200_000, price("2.5", "15", { cacheRead: "0.25" }))],
    }),
    model("gemini-3-flash-preview", [1_048_576, 65_536], price("0.5", "3", { cacheRead: "0.05", audioInput: "1" })),
    model("gemini-3-pro-preview", [1_048_576, 65_536], price("2", "12", { cacheRead: "0.2" }), {
      tiers: [above(200_000, price("4", "18", { cacheRead: "0.4" }))],
    }),
    model(
      "gemini-3.1-flash-lite-preview",
      [1_048_576, 65_536],
      price("0.25", "1.5", { cacheRead: "0.025", audioInput: "0.5" }),
    ),
    model(
      "gemini-3.1-flash-lite",
      [1_048_576, 65_536],
      price("0.25", "1.5", { cacheRead: "0.025", audioInput: "0.5" }),
    ),
    model("gemini-3.1-pro-preview-customtools", [1_048_576, 65_536], price("2", "12", { cacheRead: "0.2" }), {
      tiers: [above(200_000, price("4", "18", { cacheRead: "0.4" }))],
    }),
    model("gemini-3.1-pro-preview", [1_048_576, 65_536], price("2", "12", { cacheRead: "0.2" }), {
      tiers: [above(200_000, price("4", "18", { cacheRead: "0.4" }))],
    }),
    model("gemini-3.5-flash", [1_048_576, 65_536], price("1.5", "9", { cacheRead: "0.15", audioInput: "1.5" })),
    model("gemini-embedding-001", [2_048, null], price("0.15", "0")),
    model("gemini-flash-latest", [1_048_576, 65_536], price("0.3", "2.5", { cacheRead: "0.075", audioInput: "1" })),
    model("gemini-flash-lite-latest", [1_048_576, 65_536], price("0.1", "0.4", { cacheRead: "0.025" })),
    model("gemini-3.8-flash", [1_048_576, 65_536], price("0.75", "3.75", { cacheRead: "0.075" }), {
      source: "https://github.com/BerriAI/litellm/discussions/39357",
      date: "2026-10-07",
    }),
    model("gemini-4-neon", [1_000_000, 65_536], price("3", "15", { cacheRead: "0.15" }), {
      source: "https://github.com/iyulab/TokenMeter/releases/tag/v0.17.0",
      date: "2026-11-25",
    }),
    model("gemini-4-hydrogen", [1_000_000, null], price("1.5", "7.5", { cacheRead: "0.075" }), {
      source: "https://github.com/iyulab/TokenMeter/releases/tag/v0.17.0",
      date: "2026-11-25",
    }),
  ],
};
