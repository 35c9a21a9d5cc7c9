// Models of Moonshot AI. Prices: https://platform.moonshot.ai/docs/pricing/chat
import { model, modelsDev, price, type ModelList } from "./list.ts";

export const moonshotModels: ModelList = {
  providers: ["moonshot"],
  source: modelsDev("moonshotai"),
  date: "2026-07-02",
  models: [
    model("kimi-k2-0711-preview", [131_072, 16_384], price("0.6", "2.5", { cacheRead: "0.15" })),
    model("kimi-k2-0905-preview", [262_144, 262_144], price("0.6", "2.5", { cacheRead: "0.15" })),
    model("kimi-k2-thinking-turbo", [262_144, 262_144], price("1.15", "8", { cacheRead: "0.15" })),
    model("kimi-k2-thinking", [262_144, 262_144], price("0.6", "2.5", { cacheRead: "0.15" })),
    model("kimi-k2-turbo-preview", [262_144, 262_144], price("2.4", "10", { cacheRead: "0.6" })),
    model("kimi-k2.5", [262_144, 262_144], price("0.6", "3", { cacheRead: "0.1" })),
    model("kimi-k2.6", [262_144, 262_144], price("0.95", "4", { cacheRead: "0.16" })),
    model("kimi-k2.7-code-highspeed", [262_144, 262_144], price("1.9", "8", { cacheRead: "0.38" })),
    model("kimi-k2.7-code", [262_144, 262_144], price("0.95", "4", { cacheRead: "0.19" })),
  ],
};
