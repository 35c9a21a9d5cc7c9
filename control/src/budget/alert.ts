// When webhooks have to be told of a budget, and what. It is written down before it is sent: a restart forgets nothing.
import { randomUUID } from "node:crypto";
import type { Insertable } from "kysely";
import { formatUsd } from "../ledger/format-usage.ts";
import type { Webhook } from "../model/budgets.ts";
import type { AlertTable } from "../store/schema.ts";
import type { Store } from "../store/store.ts";
import { dimensionsOf, type Spending } from "./spending.ts";

/** The message of https://www.standardwebhooks.com. */
export interface AlertMessage {
  type: "budget.threshold_reached";
  timestamp: string;
  data: {
    budget: string;
    /** Whose budget it is: `{ "team": "search" }`; empty for everybody's. */
    match: Record<string, string>;
    unit: string;
    /** US dollars, or tokens; every digit. */
    limit: string;
    spent: string;
    percent: number;
    /** Whether requests are refused from 100 % on. */
    hard: boolean;
    period: { from: string; until: string | null };
  };
}

/** Once for each of these somebody is told. */
const occasion = ["webhook", "budget", "scope", "period", "budget_limit", "percent"] as const;

export interface AlertContext {
  webhooks: readonly Pick<Webhook, "name">[];
  now: number;
  /** Occasions that are known to be written down. */
  noted: Set<string>;
}

/** Writes down what is new for each webhook: once for each occasion, whoever else does the same. */
export async function noteAlerts(
  { db }: Store,
  spendings: readonly Spending[],
  { webhooks, now, noted }: AlertContext,
): Promise<void> {
  const due = spendings.flatMap((spending) => reached(spending).map((percent) => ({ spending, percent })));
  for (const { spending, percent } of due) {
    const rows = webhooks.map(({ name }) => toRow(spending, { percent, webhook: name, now }));
    const keys = rows.map((row) => JSON.stringify(occasion.map((column) => row[column])));
    if (keys.every((key) => noted.has(key))) continue;
    await db
      .insertInto("alerts")
      .values(rows)
      .onConflict((conflict) => conflict.columns(occasion).doNothing())
      .execute();
    for (const key of keys) noted.add(key);
  }
}

function reached({ budget, spent }: Spending): number[] {
  return budget.alerts.filter((percent) => spent * 100n >= BigInt(budget.limit) * BigInt(percent));
}

interface Occasion {
  percent: number;
  webhook: string;
  now: number;
}

function toRow(spending: Spending, { percent, webhook, now }: Occasion): Insertable<AlertTable> {
  const { budget, period, values } = spending;
  return {
    id: `msg_${randomUUID().replaceAll("-", "")}`,
    webhook,
    budget: budget.name,
    scope: JSON.stringify(values),
    period: period.from,
    budget_limit: budget.limit,
    percent,
    body: JSON.stringify(messageOf(spending, percent, now)),
    created_at: now,
    attempts: 0,
    due_at: now,
    delivered_at: null,
    failure: "",
  };
}

function messageOf(spending: Spending, percent: number, now: number): AlertMessage {
  return {
    type: "budget.threshold_reached",
    timestamp: new Date(now).toISOString(),
    data: messageData(spending, percent),
  };
}

export function messageData({ budget, period, values, spent }: Spending, percent: number): AlertMessage["data"] {
  const { name, unit, limit, soft } = budget;
  return {
    budget: name,
    match: Object.fromEntries(dimensionsOf(budget).map((by, index) => [by, values[index]!])),
    unit,
    limit: formatAmount(BigInt(limit), unit),
    spent: formatAmount(spent, unit),
    percent,
    hard: !soft,
    period: {
      from: new Date(period.from).toISOString(),
      until: period.until === null ? null : new Date(period.until).toISOString(),
    },
  };
}

function formatAmount(amount: bigint, unit: string): string {
  return unit === "cost" ? formatUsd(amount) : String(amount);
}
