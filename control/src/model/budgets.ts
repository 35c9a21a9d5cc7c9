// How much may be spent until when, and who is told: plain data. What has been spent, the ledger knows.
import type { Secret } from "./secret.ts";

export const budgetDimensions = ["organization", "team", "user", "consumer", "key", "model", "tag"] as const;
export type BudgetDimension = (typeof budgetDimensions)[number];

export const budgetUnits = ["cost", "inputTokens", "outputTokens", "totalTokens"] as const;
/** What is added up. `cost` is in nano-dollars: 1,000,000,000 are one. */
export type BudgetUnit = (typeof budgetUnits)[number];

export const budgetPeriods = ["day", "week", "month", "total"] as const;
/** In UTC; weeks begin on Mondays. `total` never ends. */
export type BudgetPeriod = (typeof budgetPeriods)[number];

export interface Budget {
  /** Unique. */
  name: string;
  /** All must hold; empty for everything that is spent. No dimension is there twice. */
  match: BudgetCondition[];
  unit: BudgetUnit;
  limit: number;
  period: BudgetPeriod;
  /** Tells, and refuses nothing. */
  soft: boolean;
  /** What chat requests go to when it is spent, by the clients' name; null refuses them. */
  cheaperModel: string | null;
  /** Per cent of the limit at which webhooks are told, ascending. */
  alerts: number[];
}

export interface BudgetCondition {
  by: BudgetDimension;
  /** Null: any, each with a sum of its own. */
  value: string | null;
}

/** A hard budget with those for whom nothing is left of it. */
export interface SpentBudget {
  name: string;
  by: BudgetDimension[];
  /** When the next period begins, in Unix milliseconds; null for never. */
  untilMs: number | null;
  /** A value for each dimension of `by`, in its order. */
  values: string[][];
}

/** Whom alerts are sent to. */
export interface Webhook {
  /** Unique. */
  name: string;
  /** Who knows it may send to it. */
  url: Secret;
  /** Signs what is sent, as https://www.standardwebhooks.com tells: base64, after `whsec_` or not. */
  secret: Secret;
}
