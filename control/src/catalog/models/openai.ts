// Models of OpenAI. Prices: https://developers.openai.com/api/docs/pricing
import { above, model, modelsDev, price, type ModelList } from "./list.ts";

export const openAiModels: ModelList = {
  providers: ["openai"],
  source: modelsDev("openai"),
  date: "2026-07-02",
  models: [
    model("gpt-3.5-turbo", [16_385, 4_096], price("0.5", "1.5"), { shutdownDate: "2026-10-23" }),
    model("gpt-4-turbo", [128_000, 4_096], price("10", "30"), { shutdownDate: "2026-10-23" }),
    model("gpt-4.1-mini", [1_047_576, 32_768], price("0.4", "1.6", { cacheRead: "0.1" }), {
      shutdownDate: "2027-01-14",
    }),
    model("gpt-4.1-nano", [1_047_576, 32_768], price("0.1", "0.4", { cacheRead: "0.025" }), {
      shutdownDate: "2026-10-23",
    }),
    model("gpt-4.1", [1_047_576, 32_768], price("2", "8", { cacheRead: "0.5" }), { shutdownDate: "2027-01-14" }),
    model("gpt-4", [8_192, 8_192], price("30", "60"), { shutdownDate: "2026-10-23" }),
    model("gpt-4o-2024-05-13", [128_000, 4_096], price("5", "15"), { shutdownDate: "2026-10-23" }),
    model("gpt-4o-2024-08-06", [128_000, 16_384], price("2.5", "10", { cacheRead: "1.25" })),
    model("gpt-4o-2024-11-20", [128_000, 16_384], price("2.5", "10", { cacheRead: "1.25" })),
    model("gpt-4o-mini", [128_000, 16_384], price("0.15", "0.6", { cacheRead: "0.075" }), {
      shutdownDate: "2027-01-14",
    }),
    model("gpt-4o", [128_000, 16_384], price("2.5", "10", { cacheRead: "1.25" }), { shutdownDate: "2027-01-14" }),
    model("gpt-5-chat-latest", [400_000, 128_000], price("1.25", "10", { cacheRead: "0.125" })),
    model("gpt-5-codex", [400_000, 128_000], price("1.25", "10", { cacheRead: "0.125" })),
    model("gpt-5-mini", [400_000, 128_000], price("0.25", "2", { cacheRead: "0.025" }), { shutdownDate: "2026-12-11" }),
    model("gpt-5-nano", [400_000, 128_000], price("0.05", "0.4", { cacheRead: "0.005" }), {
      shutdownDate: "2026-12-11",
    }),
    model("gpt-5-pro", [400_000, 272_000], price("15", "120"), { shutdownDate: "2026-12-11" }),
    model("gpt-5.1-chat-latest", [128_000, 16_384], price("1.25", "10", { cacheRead: "0.125" })),
    model("gpt-5.1-codex-max", [400_000, 128_000], price("1.25", "10", { cacheRead: "0.125" })),
    model("gpt-5.1-codex-mini", [400_000, 128_000], price("0.25", "2", { cacheRead: "0.025" })),
    model("gpt-5.1-codex", [400_000, 128_000], price("1.25", "10", { cacheRead: "0.125" }), {
      shutdownDate: "2026-07-23",
    }),
    model("gpt-5.1", [400_000, 128_000], price("1.25", "10", { cacheRead: "0.125" }), { shutdownDate: "2027-04-01" }),
    model("gpt-5.2-chat-latest", [128_000, 16_384], price("1.75", "14", { cacheRead: "0.175" }), {
      shutdownDate: "2026-08-10",
    }),
    model("gpt-5.2-codex", [400_000, 128_000], price("1.75", "14", { cacheRead: "0.175" })),
    model("gpt-5.2-pro", [400_000, 128_000], price("21", "168")),
    model("gpt-5.2", [400_000, 128_000], price("1.75", "14", { cacheRead: "0.175" })),
    model("gpt-5.3-chat-latest", [128_000, 16_384], price("1.75", "14", { cacheRead: "0.175" }), {
      shutdownDate: "2026-08-10",
    }),
    model("gpt-5.3-codex-spark", [128_000, 32_000], price("1.75", "14", { cacheRead: "0.175" })),
    model("gpt-5.3-codex", [400_000, 128_000], price("1.75", "14", { cacheRead: "0.175" })),
    model("gpt-5.4-mini", [400_000, 128_000], price("0.75", "4.5", { cacheRead: "0.075" })),
    model("gpt-5.4-nano", [400_000, 128_000], price("0.2", "1.25", { cacheRead: "0.02" })),
    model("gpt-5.4-pro", [1_050_000, 128_000], price("30", "180"), { tiers: [above(272_000, price("60", "270"))] }),
    model("gpt-5.4", [1_050_000, 128_000], price("2.5", "15", { cacheRead: "0.25" }), {
      tiers: [above(272_000, price("5", "22.5", { cacheRead: "0.5" }))],
    }),
    model("gpt-5.5-pro", [1_050_000, 128_000], price("30", "180"), { tiers: [above(272_000, price("60", "270"))] }),
    model("gpt-5.5", [1_050_000, 128_000], price("5", "30", { cacheRead: "0.5" }), {
      tiers: [above(272_000, price("10", "45", { cacheRead: "1" }))],
    }),
    model("gpt-5", [400_000, 128_000], price("1.25", "10", { cacheRead: "0.125" }), { shutdownDate: "2026-12-11" }),
    model("o1-pro", [200_000, 100_000], price("150", "600"), { shutdownDate: "2026-10-23" }),
    model("o1", [200_000, 100_000], price("15", "60", { cacheRead: "7.5" }), { shutdownDate: "2026-10-23" }),
    model("o3-deep-research", [200_000, 100_000], price("10", "40", { cacheRead: "2.5" })),
    model("o3-mini", [200_000, 100_000], price("1.1", "4.4", { cacheRead: "0.55" }), { shutdownDate: "2026-10-23" }),
    model("o3-pro", [200_000, 100_000], price("20", "80"), { shutdownDate: "2026-12-11" }),
    model("o3", [200_000, 100_000], price("2", "8", { cacheRead: "0.5" }), { shutdownDate: "2026-12-11" }),
    model("o4-mini-deep-research", [200_000, 100_000], price("2", "8", { cacheRead: "0.5" })),
    model("o4-mini", [200_000, 100_000], price("1.1", "4.4", { cacheRead: "0.275" }), { shutdownDate: "2026-10-23" }),
    model("text-embedding-3-large", [8_191, null], price("0.13", "0")),
    model("text-embedding-3-small", [8_191, null], price("0.02", "0")),
    model("text-embedding-ada-002", [8_192, null], price("0.1", "0")),
    model("gpt-5.6-sol", [1_050_000, 128_000], price("4", "20", { cacheRead: "0.4" }), {
      source: "https://github.com/BerriAI/litellm/discussions/42523",
      date: "2026-09-22",
    }),
    model("gpt-5.6-terra", [1_050_000, 128_000], price("2", "12", { cacheRead: "0.2" }), {
      tiers: [above(272_000, price("4", "18", { cacheRead: "0.4" }))],
      source: "https://docs.apiyi.com/live/2026-07/gpt-5-6-terra-luna-price-cut",
      date: "2026-07-31",
    }),
    model("gpt-5.6-luna", [1_050_000, 128_000], price("0.2", "1.2", { cacheRead: "0.02" }), {
      tiers: [above(272_000, price("0.4", "1.8", { cacheRead: "0.04" }))],
      source: "https://docs.apiyi.com/live/2026-07/gpt-5-6-terra-luna-price-cut",
      date: "2026-07-31",
    }),
    model("gpt-6-astra", [1_050_000, 128_000], price("10", "50", { cacheRead: "1", cacheWrite: "12.5" }), {
      tiers: [above(272_000, price("20", "75", { cacheRead: "2", cacheWrite: "25" }))],
      source: "https://github.com/BerriAI/litellm/discussions/39633",
      date: "2026-09-05",
    }),
    model("gpt-6-sol", [1_050_000, 128_000], price("2", "10", { cacheRead: "0.2", cacheWrite: "2.5" }), {
      tiers: [above(272_000, price("4", "15", { cacheRead: "0.4", cacheWrite: "5" }))],
      source: "https://github.com/merefield/codexometer/releases/tag/v0.18.4",
      date: "2026-09-22",
    }),
    model("gpt-6-luna", [1_050_000, 128_000], price("0.1", "0.5", { cacheRead: "0.01", cacheWrite: "0.125" }), {
      tiers: [above(272_000, price("0.2", "0.75", { cacheRead: "0.02", cacheWrite: "0.25" }))],
      source: "https://github.com/merefield/codexometer/releases/tag/v0.18.4",
      date: "2026-09-22",
    }),
    model("gpt-6.1-sol", [1_050_000, 128_000], price("2", "10", { cacheRead: "0.1" }), {
      tiers: [above(272_000, price("4", "15", { cacheRead: "0.2" }))],
      source: "https://github.com/KZCFG/AILSA-SubSwitch/releases/tag/v1.0.0-g",
      date: "2026-10-01",
    }),
    model("gpt-6.1-terra", [1_050_000, 128_000], price("1", "5", { cacheRead: "0.05", cacheWrite: "1.25" }), {
      tiers: [above(272_000, price("2", "7.5", { cacheRead: "0.1" }))],
      source: "https://docs.litellm.ai/blog/gpt-6-1-terra",
      date: "2026-10-27",
    }),
    model("gpt-6.2-sol", [1_050_000, 128_000], price("2", "10", { cacheRead: "0.1", cacheWrite: "2.5" }), {
      tiers: [above(272_000, price("4", "15", { cacheRead: "0.2", cacheWrite: "5" }))],
      source: "https://github.com/iyulab/TokenMeter/releases/tag/v0.17.0",
      date: "2026-11-25",
    }),
    model("gpt-6.2-astra", [1_050_000, 128_000], price("8", "40", { cacheRead: "0.4", cacheWrite: "10" }), {
      tiers: [above(272_000, price("16", "60", { cacheRead: "0.8", cacheWrite: "20" }))],
      source: "https://github.com/iyulab/TokenMeter/releases/tag/v0.17.0",
      date: "2026-11-25",
    }),
  ],
};
