// Models of xAI. Prices: https://docs.x.ai/docs/models
import { above, model, modelsDev, price, type ModelList } from "./list.ts";

export const xaiModels: ModelList = {
  providers: ["xai", "grok"],
  source: modelsDev("xai"),
  date: "2026-07-02",
  models: [
    model("grok-4.20-0309-non-reasoning", [1_000_000, 30_000], price("1.25", "2.5", { cacheRead: "0.2" }), {
      tiers: [above(200_000, price("2.5", "5", { cacheRead: "0.4" }))],
    }),
    model("grok-4.20-0309-reasoning", [1_000_000, 30_000], price("1.25", "2.5", { cacheRead: "0.2" }), {
      tiers: [above(200_000, price("2.5", "5", { cacheRead: "0.4" }))],
    }),
    model("grok-4.20-multi-agent-0309", [1_000_000, 30_000], price("1.25", "2.5", { cacheRead: "0.2" }), {
      tiers: [above(200_000, price("2.5", "5", { cacheRead: "0.4" }))],
    }),
    model("grok-4.3", [1_000_000, 30_000], price("1.25", "2.5", { cacheRead: "0.2" }), {
      tiers: [above(200_000, price("2.5", "5", { cacheRead: "0.4" }))],
    }),
    model("grok-build-0.1", [256_000, 256_000], price("1", "2", { cacheRead: "0.2" }), {
      tiers: [above(200_000, price("2", "4", { cacheRead: "0.4" }))],
    }),
  ],
};
