// Models of Cerebras. Prices: https://www.cerebras.ai/pricing
import { model, modelsDev, price, type ModelList } from "./list.ts";

export const cerebrasModels: ModelList = {
  providers: ["cerebras"],
  source: modelsDev("cerebras"),
  date: "2026-07-02",
  models: [
    model("gpt-oss-120b", [131_072, 40_960], price("0.35", "0.75")),
    model("zai-glm-4.7", [131_072, 40_960], price("2.25", "2.75")),
  ],
};
