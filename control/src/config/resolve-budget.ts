// A budget of the configuration → one of the model.
import {
  budgetDimensions,
  type Budget,
  type BudgetCondition,
  type BudgetDimension,
  type BudgetPeriod,
  type Webhook,
} from "../model/budgets.ts";
import type { Ledger } from "../model/ledger.ts";
import { limitMax } from "../model/limits.ts";
import { didYouMean } from "./did-you-mean.ts";
import { formatPath, type Path } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import { budgetSchema, webhookSchema, type BudgetConfig, type WebhookConfig } from "./schema/budget.ts";

export const budgetPart = { field: "budgets", schema: budgetSchema };
export const webhookPart = { field: "webhooks", schema: webhookSchema };

/** What is known of the whole file while budgets are resolved. */
export interface BudgetContext {
  report: Report;
  /** By dimension; absent where they cannot all be known. */
  names: { readonly [dimension in BudgetDimension]?: readonly string[] | undefined };
}

/** Null when something in it cannot be, which the report then says. */
export function resolveBudget(config: BudgetConfig, path: Path, context: BudgetContext): Budget | null {
  const { name, unit, per: period, soft, limit: given } = config;
  const limit = unit === "cost" ? Number(given.nano) : given.whole;
  const limitPath = [...path, "limit"];
  if (unit !== "cost" && !given.isWhole) {
    context.report.error(limitPath, { message: "limit must be a whole number", fix: "Leave out its decimals" });
    return null;
  }
  if (limit === 0) {
    const fix = "Write how much may be spent, or disable the key that may spend nothing";
    context.report.error(limitPath, { message: "limit must be more than 0", fix });
    return null;
  }
  if (limit > limitMax) {
    const most = unit === "cost" ? limitMax / 1e9 : limitMax;
    context.report.error(limitPath, { message: `limit must be at most ${most}`, fix: "Write a smaller one" });
    return null;
  }
  reportUnknownNames(config, path, context);
  const alerts = [...new Set(config.alerts)].sort((a, b) => a - b);
  const cheaperModel = config.onExceeded?.model ?? null;
  return { name, match: resolveMatch(config.match), unit, limit, period, soft, cheaperModel, alerts };
}

/** Keys have their names in their consumers alone, so who asks for one asks for each consumer's by itself. */
function resolveMatch(match: BudgetConfig["match"]): BudgetCondition[] {
  const consumer = match.consumer ?? (match.key === undefined ? undefined : "*");
  const given = { ...match, consumer };
  return budgetDimensions.flatMap((by) => {
    const value = given[by];
    return value === undefined ? [] : [{ by, value: value === "*" ? null : value }];
  });
}

/** A budget for a name that nothing has would never be spent. */
function reportUnknownNames({ match }: BudgetConfig, path: Path, { report, names }: BudgetContext): void {
  for (const by of budgetDimensions) {
    const value = match[by];
    const known = names[by];
    if (value === undefined || value === "*" || !known || known.includes(value)) continue;
    const meant = didYouMean(value, known);
    const fix = meant
      ? `Did you mean "${meant}"?`
      : `Use one of: ${known.slice(0, 20).join(", ") || "(there is none)"}`;
    const message = `There is no ${by} of this name, so nothing counts for this budget`;
    report.warning([...path, "match", by], { message, fix });
  }
}

const dayMs = 24 * 3_600_000;
/** At their longest. */
const periodMs: Record<BudgetPeriod, number> = {
  day: dayMs,
  week: 7 * dayMs,
  month: 31 * dayMs,
  total: Number.POSITIVE_INFINITY,
};

/** Sums that are deleted before a budget's period is over are missing in it. */
export function reportForgotten(budgets: readonly Budget[], ledger: Ledger | null, report: Report): void {
  const keptMs = ledger?.retention.daysMs ?? 0;
  const forgetting = keptMs === 0 ? [] : budgets.filter(({ period }) => keptMs < periodMs[period]);
  if (forgetting.length === 0) return;
  const names = forgetting.map(({ name }) => name).join(", ");
  report.warning(["ledger", "retention", "days"], {
    message: `Sums are deleted that budgets still need: ${names}`,
    fix: "Keep them for longer than the budgets' periods, or forever",
  });
}

export function resolveWebhook(
  config: WebhookConfig,
  { path, references }: { path: Path; references: Map<string, Reference> },
  report: Report,
): Webhook {
  const secretPath = [...path, "secret"];
  if (!references.has(formatPath(secretPath))) {
    const fix = "Put it in an environment variable and write ${WEBHOOK_SECRET}";
    report.warning(secretPath, { message: "secret is written into the file itself", fix });
  }
  const url = toSecret(config.url, [...path, "url"], references);
  return { name: config.name, url, secret: toSecret(config.secret, secretPath, references) };
}

/** It is the ledger that adds up. */
export function reportNoLedger(report: Report): void {
  const message = "Without a ledger nobody knows what is spent";
  report.error(["budgets"], { message, fix: "Add the section ledger: {}" });
}
