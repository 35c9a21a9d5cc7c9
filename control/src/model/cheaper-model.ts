// Which models the limits and budgets are for that may send a request to a cheaper one.
import type { Budget } from "./budgets.ts";
import type { Limit } from "./limits.ts";
import { mapModel } from "./match-model.ts";

/** Whether a request for `model` may be one of the limit's, whatever else it must have. */
export function isLimitFor({ match }: Limit, model: string): boolean {
  const of = match.find(({ by }) => by === "model");
  if (!of || of.match === "each" || of.match === "network") return true;
  return mapModel([{ match: of.match, pattern: of.pattern, model: "" }], model).mapping !== null;
}

export function isBudgetFor({ match }: Budget, model: string): boolean {
  const only = match.find(({ by }) => by === "model")?.value ?? null;
  return only === null || only === model;
}
