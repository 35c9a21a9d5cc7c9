// Models of Anthropic. Prices: https://platform.claude.com/docs/en/about-claude/pricing
import { above, model, modelsDev, price, type ModelList } from "./list.ts";

export const anthropicModels: ModelList = {
  providers: ["anthropic", "claude"],
  source: modelsDev("anthropic"),
  date: "2026-07-02",
  models: [
    model(
      "claude-3-5-sonnet-20240620",
      [200_000, 8_192],
      price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75", cacheWriteHour: "6" }),
      { shutdownDate: "2025-10-28" },
    ),
    model(
      "claude-3-5-sonnet-20241022",
      [200_000, 8_192],
      price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75", cacheWriteHour: "6" }),
      { shutdownDate: "2025-10-28" },
    ),
    model(
      "claude-3-7-sonnet-20250219",
      [200_000, 64_000],
      price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75", cacheWriteHour: "6" }),
      { shutdownDate: "2026-02-19" },
    ),
    model(
      "claude-3-haiku-20240307",
      [200_000, 4_096],
      price("0.25", "1.25", { cacheRead: "0.03", cacheWrite: "0.3", cacheWriteHour: "0.5" }),
    ),
    model(
      "claude-3-opus-20240229",
      [200_000, 4_096],
      price("15", "75", { cacheRead: "1.5", cacheWrite: "18.75", cacheWriteHour: "30" }),
      { shutdownDate: "2026-01-05" },
    ),
    model(
      "claude-3-sonnet-20240229",
      [200_000, 4_096],
      price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75", cacheWriteHour: "6" }),
      { shutdownDate: "2025-07-21" },
    ),
    model(
      "claude-fable-5",
      [1_000_000, 128_000],
      price("10", "50", { cacheRead: "1", cacheWrite: "12.5", cacheWriteHour: "20" }),
    ),
    model(
      "claude-haiku-4-5-20251001",
      [200_000, 64_000],
      price("1", "5", { cacheRead: "0.1", cacheWrite: "1.25", cacheWriteHour: "2" }),
    ),
    model(
      "claude-haiku-4-5",
      [200_000, 64_000],
      price("1", "5", { cacheRead: "0.1", cacheWrite: "1.25", cacheWriteHour: "2" }),
    ),
    model(
      "claude-opus-4-0",
      [200_000, 32_000],
      price("15", "75", { cacheRead: "1.5", cacheWrite: "18.75", cacheWriteHour: "30" }),
      { shutdownDate: "2026-06-15" },
    ),
    model(
      "claude-opus-4-1-20250805",
      [200_000, 32_000],
      price("15", "75", { cacheRead: "1.5", cacheWrite: "18.75", cacheWriteHour: "30" }),
      { shutdownDate: "2026-08-05" },
    ),
    model(
      "claude-opus-4-1",
      [200_000, 32_000],
      price("15", "75", { cacheRead: "1.5", cacheWrite: "18.75", cacheWriteHour: "30" }),
      { shutdownDate: "2026-08-05" },
    ),
    model(
      "claude-opus-4-20250514",
      [200_000, 32_000],
      price("15", "75", { cacheRead: "1.5", cacheWrite: "18.75", cacheWriteHour: "30" }),
      { shutdownDate: "2026-06-15" },
    ),
    model(
      "claude-opus-4-5-20251101",
      [200_000, 64_000],
      price("5", "25", { cacheRead: "0.5", cacheWrite: "6.25", cacheWriteHour: "10" }),
    ),
    model(
      "claude-opus-4-5",
      [200_000, 64_000],
      price("5", "25", { cacheRead: "0.5", cacheWrite: "6.25", cacheWriteHour: "10" }),
    ),
    model(
      "claude-opus-4-6",
      [1_000_000, 128_000],
      price("5", "25", { cacheRead: "0.5", cacheWrite: "6.25", cacheWriteHour: "10" }),
    ),
    model(
      "claude-opus-4-7",
      [1_000_000, 128_000],
      price("5", "25", { cacheRead: "0.5", cacheWrite: "6.25", cacheWriteHour: "10" }),
    ),
    model(
      "claude-opus-4-8",
      [1_000_000, 128_000],
      price("5", "25", { cacheRead: "0.5", cacheWrite: "6.25", cacheWriteHour: "10" }),
    ),
    model(
      "claude-sonnet-4-0",
      [200_000, 64_000],
      price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75", cacheWriteHour: "6" }),
      { shutdownDate: "2026-06-15" },
    ),
    model(
      "claude-sonnet-4-20250514",
      [200_000, 64_000],
      price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75", cacheWriteHour: "6" }),
      { shutdownDate: "2026-06-15" },
    ),
    model(
      "claude-sonnet-4-5-20250929",
      [200_000, 64_000],
      price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75", cacheWriteHour: "6" }),
    ),
    model(
      "claude-sonnet-4-5",
      [200_000, 64_000],
      price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75", cacheWriteHour: "6" }),
    ),
    model(
      "claude-sonnet-4-6",
      [1_000_000, 64_000],
      price("3", "15", { cacheRead: "0.3", cacheWrite: "3.75", cacheWriteHour: "6" }),
    ),
    model(
      "claude-sonnet-5",
      [1_000_000, 128_000],
      price("2", "10", { cacheRead: "0.2", cacheWrite: "2.5", cacheWriteHour: "4" }),
    ),
    model(
      "claude-opus-5",
      [1_000_000, 128_000],
      price("5", "25", { cacheRead: "0.5", cacheWrite: "6.25", cacheWriteHour: "10" }),
      { source: "https://platform.claude.com/docs/en/models/opus-5/overview", date: "2026-11-25" },
    ),
    model(
      "claude-opus-5-5",
      [1_000_000, 128_000],
      price("4", "20", { cacheRead: "0.2", cacheWrite: "5", cacheWriteHour: "8" }),
      { source: "https://platform.claude.com/docs/en/models/opus-5-5/overview", date: "2026-11-25" },
    ),
    model(
      "claude-sonnet-5-5",
      [1_000_000, 128_000],
      price("2", "10", { cacheRead: "0.1", cacheWrite: "2.5", cacheWriteHour: "4" }),
      { source: "https://github.com/kurofune/claudit/releases/tag/v1.9.2", date: "2026-10-24" },
    ),
    model(
      "claude-haiku-5-5",
      [1_000_000, 128_000],
      price("0.1", "0.5", { cacheRead: "0.01", cacheWrite: "0.125", cacheWriteHour: "0.2" }),
      {
        tiers: [above(100_000, price("0.5", "2.5", { cacheRead: "0.05", cacheWrite: "0.625", cacheWriteHour: "1" }))],
        source: "https://github.com/kurofune/claudit/releases/tag/v1.9.2",
        date: "2026-10-24",
      },
    ),
  ],
};
