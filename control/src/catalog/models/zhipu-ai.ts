// Models of Z.ai (Zhipu AI). Prices: https://docs.z.ai/guides/overview/pricing
import { model, modelsDev, price, type ModelList } from "./list.ts";

export const zhipuAiModels: ModelList = {
  providers: ["zhipuai"],
  source: modelsDev("zai"),
  date: "2026-07-02",
  models: [
    model("glm-4.5-air", [131_072, 98_304], price("0.2", "1.1", { cacheRead: "0.03" })),
    model("glm-4.5", [131_072, 98_304], price("0.6", "2.2", { cacheRead: "0.11" })),
    model("glm-4.5v", [64_000, 16_384], price("0.6", "1.8")),
    model("glm-4.6", [204_800, 131_072], price("0.6", "2.2", { cacheRead: "0.11" })),
    model("glm-4.6v", [128_000, 32_768], price("0.3", "0.9")),
    model("glm-4.7-flashx", [200_000, 131_072], price("0.07", "0.4", { cacheRead: "0.01" })),
    model("glm-4.7", [204_800, 131_072], price("0.6", "2.2", { cacheRead: "0.11" })),
    model("glm-5-turbo", [200_000, 131_072], price("1.2", "4", { cacheRead: "0.24" })),
    model("glm-5.1", [200_000, 131_072], price("1.4", "4.4", { cacheRead: "0.26" })),
    model("glm-5.2", [1_000_000, 131_072], price("1.4", "4.4", { cacheRead: "0.26" })),
    model("glm-5", [204_800, 131_072], price("1", "3.2", { cacheRead: "0.2" })),
    model("glm-5v-turbo", [200_000, 131_072], price("1.2", "4", { cacheRead: "0.24" })),
  ],
};
