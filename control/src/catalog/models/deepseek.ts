// Models of DeepSeek. Prices: https://api-docs.deepseek.com/quick_start/pricing
import { model, modelsDev, price, type ModelList } from "./list.ts";

export const deepseekModels: ModelList = {
  providers: ["deepseek"],
  source: modelsDev("deepseek"),
  date: "2026-07-02",
  models: [
    model("deepseek-chat", [1_000_000, 384_000], price("0.14", "0.28", { cacheRead: "0.0028" })),
    model("deepseek-reasoner", [1_000_000, 384_000], price("0.14", "0.28", { cacheRead: "0.0028" })),
    model("deepseek-v4-flash", [1_000_000, 384_000], price("0.14", "0.28", { cacheRead: "0.0028" })),
    model("deepseek-v4-pro", [1_000_000, 384_000], price("0.435", "0.87", { cacheRead: "0.003625" })),
  ],
};
