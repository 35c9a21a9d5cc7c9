// Models of Cohere. Prices: https://cohere.com/pricing
import { model, modelsDev, price, type ModelList } from "./list.ts";

export const cohereModels: ModelList = {
  providers: ["cohere"],
  source: modelsDev("cohere"),
  date: "2026-07-02",
  models: [
    model("command-a-03-2025", [256_000, 8_000], price("2.5", "10")),
    model("command-a-plus-05-2026", [128_000, 64_000], price("2.5", "10")),
    model("command-a-reasoning-08-2025", [256_000, 32_000], price("2.5", "10")),
    model("command-a-translate-08-2025", [8_000, 8_000], price("2.5", "10")),
    model("command-a-vision-07-2025", [128_000, 8_000], price("2.5", "10")),
    model("command-r-08-2024", [128_000, 4_000], price("0.15", "0.6")),
    model("command-r-plus-08-2024", [128_000, 4_000], price("2.5", "10")),
    model("command-r7b-12-2024", [128_000, 4_000], price("0.0375", "0.15")),
    model("command-r7b-arabic-02-2025", [128_000, 4_000], price("0.0375", "0.15")),
  ],
};
