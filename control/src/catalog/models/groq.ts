// Models of Groq. Prices: https://groq.com/pricing
import { model, modelsDev, price, type ModelList } from "./list.ts";

export const groqModels: ModelList = {
  providers: ["groq"],
  source: modelsDev("groq"),
  date: "2026-07-02",
  models: [
    model("llama-3.1-8b-instant", [131_072, 131_072], price("0.05", "0.08")),
    model("llama-3.3-70b-versatile", [131_072, 32_768], price("0.59", "0.79")),
    model("meta-llama/llama-4-scout-17b-16e-instruct", [131_072, 8_192], price("0.11", "0.34")),
    model("meta-llama/llama-prompt-guard-2-22m", [512, 512], price("0.03", "0.03")),
    model("meta-llama/llama-prompt-guard-2-86m", [512, 512], price("0.04", "0.04")),
    model("openai/gpt-oss-120b", [131_072, 65_536], price("0.15", "0.6", { cacheRead: "0.075" })),
    model("openai/gpt-oss-20b", [131_072, 65_536], price("0.075", "0.3", { cacheRead: "0.0375" })),
    model("openai/gpt-oss-safeguard-20b", [131_072, 65_536], price("0.075", "0.3")),
    model("qwen/qwen3-32b", [131_072, 40_960], price("0.29", "0.59")),
  ],
};
