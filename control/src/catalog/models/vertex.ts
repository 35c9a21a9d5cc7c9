// Models of Google Vertex AI. Prices: https://cloud.google.com/vertex-ai/generative-ai/pricing
import { above, model, modelsDev, price, type ModelList } from "./list.ts";

export const vertexModels: ModelList = {
  providers: ["vertex"],
  source: modelsDev("google-vertex"),
  date: "2026-07-02",
  models: [
    model("claude-3-5-haiku@20241022", [200_000, 8_192], price("0.8", "4", { cacheRead: "0.08", cacheWrite: "1" })),
    model("claude-haiku-4-5@20251001", [200_000, 64_000], price("1", "5", { cacheRead: "0.1", cacheWrite: "1.25" })),
    model("claude-opus-4-1@20250805", [200_000, 32_000], price("15", "75", { cacheRead: "1.5", cacheWrite: "18.75" })),
    model("claude-opus-4-5@20251101", [200_000, 64_000], price("5", "25", { cacheRead: "0.5", cacheWrite: "6.25" })),
    model("claude-opus-4-6@default", [1_000_000, 128_000], price("5", "25", { cacheRead: "0.5", cacheWrite: "6.25" }), {
      tiers: [above(200_000, price("10", "37.5", { cacheRead: "1", cacheWrite: "12.5" }))],
    }),
    model("claude-opus-4-7@default", [1_000_000, 128_000], price("5", "25", { cacheRead: "0.5", cacheWrite: "6.25" }), {
      tiers: [above(200_000, price("10", "37.5", { cacheRead: "1", cacheWrite: "12.5" }))],
    }),
    model("claude-opus-4-8@default", [1_000_000, 128_000], price("5", "25", { cacheRead: "0.5", cacheWrite: "6.25" }), {
      tiers: [above(200_000, price("10", "37.5", { cacheRead: "1", cacheWrite: "12.5" }))],
    }),
    model("claude-opus-4@20250514", [200_000, 32_000], price("15", "75", { cacheRead: "1.5", cacheWrite: "18.75" })),
    model("claude-sonnet-4-5@20250929", [200_000, 64_000], price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75" })),
    model(
      "claude-sonnet-4-6@default",
      [1_000_000, 128_000],
      price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75" }),
      { tiers: [above(200_000, price("6", "22.5", { cacheRead: "0.6", cacheWrite: "7.5" }))] },
    ),
    model("claude-sonnet-4@20250514", [200_000, 64_000], price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75" })),
    model("claude-sonnet-5@default", [1_000_000, 128_000], price("2", "10", { cacheRead: "0.2", cacheWrite: "2.5" })),
    model("deepseek-ai/deepseek-v3.1-maas", [163_840, 32_768], price("0.6", "1.7")),
    model("deepseek-ai/deepseek-v3.2-maas", [163_840, 65_536], price("0.56", "1.68", { cacheRead: "0.056" })),
    model("gemini-2.5-flash-lite", [1_048_576, 65_536], price("0.1", "0.4", { cacheRead: "0.01", audioInput: "0.3" })),
    model("gemini-2.5-flash-tts", [32_768, 16_384], price("0.5", "10")),
    model("gemini-2.5-flash", [1_048_576, 65_536], price("0.3", "2.5", { cacheRead: "0.075", cacheWrite: "0.383" })),
    model("gemini-2.5-pro-tts", [32_768, 16_384], price("1", "20")),
    model("gemini-2.5-pro", [1_048_576, 65_536], price("1.25", "10", { cacheRead: "0.125" }), {
      tiers: [above(200_000, price("2.5", "15", { cacheRead: "0.25" }))],
    }),
    model("gemini-3-flash-preview", [1_048_576, 65_536], price("0.5", "3", { cacheRead: "0.05", audioInput: "1" })),
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
    model("gemini-flash-latest", [1_048_576, 65_536], price("0.3", "2.5", { cacheRead: "0.075", cacheWrite: "0.383" })),
    model("gemini-flash-lite-latest", [1_048_576, 65_536], price("0.1", "0.4", { cacheRead: "0.025" })),
    model("meta/llama-3.3-70b-instruct-maas", [128_000, 8_192], price("0.72", "0.72")),
    model("meta/llama-4-maverick-17b-128e-instruct-maas", [524_288, 8_192], price("0.35", "1.15")),
    model("moonshotai/kimi-k2-thinking-maas", [262_144, 262_144], price("0.6", "2.5")),
    model("openai/gpt-oss-120b-maas", [131_072, 32_768], price("0.09", "0.36")),
    model("openai/gpt-oss-20b-maas", [131_072, 32_768], price("0.07", "0.25")),
    model("qwen/qwen3-235b-a22b-instruct-2507-maas", [262_144, 16_384], price("0.22", "0.88")),
    model("zai-org/glm-4.7-maas", [200_000, 128_000], price("0.6", "2.2")),
    model("zai-org/glm-5-maas", [202_752, 131_072], price("1", "3.2", { cacheRead: "0.1" })),
  ],
};
