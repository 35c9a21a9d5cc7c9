// Models of MiniMax. Prices: https://platform.minimax.io/docs/guides/pricing-paygo
import { above, model, modelsDev, price, type ModelList } from "./list.ts";

export const miniMaxModels: ModelList = {
  providers: ["minimax"],
  source: modelsDev("minimax"),
  date: "2026-07-02",
  models: [
    model("MiniMax-M2.1", [204_800, 131_072], price("0.3", "1.2")),
    model(
      "MiniMax-M2.5-highspeed",
      [204_800, 131_072],
      price("0.6", "2.4", { cacheRead: "0.06", cacheWrite: "0.375" }),
    ),
    model("MiniMax-M2.5", [204_800, 131_072], price("0.3", "1.2", { cacheRead: "0.03", cacheWrite: "0.375" })),
    model(
      "MiniMax-M2.7-highspeed",
      [204_800, 131_072],
      price("0.6", "2.4", { cacheRead: "0.06", cacheWrite: "0.375" }),
    ),
    model("MiniMax-M2.7", [204_800, 131_072], price("0.3", "1.2", { cacheRead: "0.06", cacheWrite: "0.375" })),
    model("MiniMax-M2", [196_608, 128_000], price("0.3", "1.2")),
    model("MiniMax-M3", [1_000_000, 128_000], price("0.3", "1.2", { cacheRead: "0.06" }), {
      tiers: [above(512_000, price("0.6", "2.4", { cacheRead: "0.12" }))],
    }),
  ],
};
