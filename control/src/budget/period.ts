// The periods of budgets, in UTC.
import type { BudgetPeriod } from "../model/budgets.ts";

/** Unix milliseconds. */
export interface Period {
  from: number;
  /** Null for one that never ends. */
  until: number | null;
}

const dayMs = 24 * 3_600_000;

/** The period that `now` is in. */
export function periodAt(now: number, period: BudgetPeriod): Period {
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  switch (period) {
    case "day":
      return { from: Date.UTC(year, month, day), until: Date.UTC(year, month, day + 1) };
    case "week": {
      // Sunday is 0, and the last day of a week.
      const monday = Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7));
      return { from: monday, until: monday + 7 * dayMs };
    }
    case "month":
      return { from: Date.UTC(year, month), until: Date.UTC(year, month + 1) };
    case "total":
      return { from: 0, until: null };
  }
}
