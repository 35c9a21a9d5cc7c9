// Models of Perplexity. Prices: https://docs.perplexity.ai/getting-started/pricing
import { model, modelsDev, price, type ModelList } from "./list.ts";

export const perplexityModels: ModelList = {
  providers: ["perplexity"],
  source: modelsDev("perplexity"),
  date: "2026-07-02",
  models: [
    model("sonar-deep-research", [128_000, 32_768], price("2", "8", { reasoning: "3" })),
    model("sonar-pro", [200_000, 8_192], price("3", "15")),
    model("sonar-reasoning-pro", [128_000, 4_096], price("2", "8")),
    model("sonar", [128_000, 4_096], price("1", "1")),
  ],
};
