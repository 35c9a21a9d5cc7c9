// What has been spent of budgets, by the ledger's sums: each request is in them as soon as it is recorded.
import { sql } from "kysely";
import type { Budget, BudgetDimension, BudgetUnit, SpentBudget } from "../model/budgets.ts";
import { toBigInt } from "../store/schema.ts";
import type { Store } from "../store/store.ts";
import { periodAt, type Period } from "./period.ts";

/** A budget's sum for some of those whom it tells apart. */
export interface Spending {
  budget: Budget;
  period: Period;
  /** Whose it is, in the order of the budget's conditions. */
  values: string[];
  /** In the budget's unit. */
  spent: bigint;
}

const columns: Record<BudgetUnit, string[]> = {
  cost: ["cost_nano_usd"],
  inputTokens: ["input_tokens"],
  outputTokens: ["output_tokens"],
  totalTokens: ["input_tokens", "output_tokens"],
};

/** All that was spent of `budget` in the period that `now` is in. Who has spent nothing is not among them. */
export async function readSpending({ db }: Store, budget: Budget, now: number): Promise<Spending[]> {
  const period = periodAt(now, budget.period);
  const by = dimensionsOf(budget).map((name) => sql.ref(name));
  const hasTag = dimensionsOf(budget).includes("tag");
  const sum = sql.join(
    columns[budget.unit].map((column) => sql`sum(${sql.ref(column)})`),
    sql` + `,
  );
  const until = period.until === null ? sql`` : sql`and period < ${period.until}`;
  const conditions = budget.match.map(({ by, value }) =>
    value === null ? sql`and ${sql.ref(by)} <> ''` : sql`and ${sql.ref(by)} = ${value}`,
  );
  const { rows } = await sql<Record<string, string | number | bigint | null>>`
    select ${sql.join([...by, sql`${sum} as spent`])} from ${sql.table(hasTag ? "tag_days" : "usage_days")}
    where period >= ${period.from} ${until} ${sql.join(conditions, sql` `)}
    ${by.length > 0 ? sql`group by ${sql.join(by)}` : sql``}
  `.execute(db);
  return rows.map(({ spent, ...at }) => ({
    budget,
    period,
    values: dimensionsOf(budget).map((name) => String(at[name])),
    spent: toBigInt(spent ?? 0),
  }));
}

export function dimensionsOf({ match }: Budget): BudgetDimension[] {
  return match.map(({ by }) => by);
}

/** The hard budgets of which some have nothing left. */
export function findSpent(budgets: readonly Budget[], spendings: readonly Spending[]): SpentBudget[] {
  return budgets.flatMap((budget) => {
    const own = spendings.filter((spending) => spending.budget === budget);
    const over = own.filter(({ spent }) => spent >= BigInt(budget.limit)).map(({ values }) => values);
    if (budget.soft || over.length === 0) return [];
    // In one order, so that the same state is the same configuration.
    over.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return [{ name: budget.name, by: dimensionsOf(budget), untilMs: own[0]!.period.until, values: over }];
  });
}
