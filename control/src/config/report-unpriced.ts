// Limits on money, and the models whose prices nobody knows.
import type { Limit } from "../model/limits.ts";
import type { Model } from "../model/model.ts";
import { unpricedOffers } from "../model/offered-prices.ts";
import type { Report } from "./report.ts";

const namesMax = 5;

/** The model; a cost that cannot be told must not be taken for none. */
export function withUnpricedReported(model: Model, report: Report): Model {
  const unpriced = model.limits.some(countsCost) ? unpricedOffers(model) : [];
  if (unpriced.length > 0) reportUnpriced(model, unpriced, report);
  return model;
}

function reportUnpriced({ limits }: Model, unpriced: string[], report: Report): void {
  const more = unpriced.length > namesMax ? ` and ${unpriced.length - namesMax} more` : "";
  const names = unpriced.slice(0, namesMax).join(", ") + more;
  for (const [index, limit] of limits.entries()) {
    if (!countsCost(limit)) continue;
    const what = limit.onUnknownPrice === "refuse" ? "refuses" : "does not count";
    const message = `This limit ${what} what has no price: ${names}`;
    report.warning(["limits", index], { message, fix: "Write the price under models:" });
  }
}

function countsCost({ windows }: Limit): boolean {
  return windows.some(({ unit }) => unit === "cost");
}
