// Models of Fireworks AI. Prices: https://fireworks.ai/pricing
import { model, modelsDev, price, type ModelList } from "./list.ts";

export const fireworksModels: ModelList = {
  providers: ["fireworks"],
  source: modelsDev("fireworks-ai"),
  date: "2026-07-02",
  models: [
    model(
      "accounts/fireworks/models/deepseek-v4-flash",
      [1_000_000, 384_000],
      price("0.14", "0.28", { cacheRead: "0.028" }),
    ),
    model(
      "accounts/fireworks/models/deepseek-v4-pro",
      [1_000_000, 384_000],
      price("1.74", "3.48", { cacheRead: "0.145" }),
    ),
    model("accounts/fireworks/models/glm-5p1", [202_800, 131_072], price("1.4", "4.4", { cacheRead: "0.26" })),
    model("accounts/fireworks/models/glm-5p2", [1_048_575, 131_072], price("1.4", "4.4", { cacheRead: "0.26" })),
    model("accounts/fireworks/models/gpt-oss-120b", [131_072, 32_768], price("0.15", "0.6", { cacheRead: "0.015" })),
    model("accounts/fireworks/models/gpt-oss-20b", [131_072, 32_768], price("0.07", "0.3", { cacheRead: "0.035" })),
    model("accounts/fireworks/models/kimi-k2p6", [262_000, 262_000], price("0.95", "4", { cacheRead: "0.16" })),
    model("accounts/fireworks/models/kimi-k2p7-code", [262_000, 262_000], price("0.95", "4", { cacheRead: "0.19" })),
    model("accounts/fireworks/models/minimax-m2p7", [196_608, 196_608], price("0.3", "1.2", { cacheRead: "0.06" })),
    model("accounts/fireworks/models/minimax-m3", [512_000, 512_000], price("0.3", "1.2", { cacheRead: "0.06" })),
    model("accounts/fireworks/models/qwen3p7-plus", [262_144, 65_536], price("0.4", "1.6", { cacheRead: "0.08" })),
    model("accounts/fireworks/routers/glm-5p1-fast", [202_800, 131_072], price("2.8", "8.8", { cacheRead: "0.52" })),
    model("accounts/fireworks/routers/glm-5p2-fast", [1_048_575, 131_072], price("2.1", "6.6", { cacheRead: "0.21" })),
    model("accounts/fireworks/routers/kimi-k2p6-fast", [262_000, 262_000], price("2", "8", { cacheRead: "0.3" })),
    model("accounts/fireworks/routers/kimi-k2p6-turbo", [262_000, 262_000], price("2", "8", { cacheRead: "0.3" })),
    model(
      "accounts/fireworks/routers/kimi-k2p7-code-fast",
      [262_000, 262_000],
      price("1.9", "8", { cacheRead: "0.38" }),
    ),
  ],
};
