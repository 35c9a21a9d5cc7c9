// Whether the caller may use a model. Who calls was found out downstream; the model is known here.
import { getProperty, Slice } from "@weir/sdk/assembly";
import { ALLOWED_MODELS, allowsModel } from "@weir/dialects/surfaces/assembly/allow-list";
import { modelNotFound, Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { budgetSpent, budgetSpentHeaders, SPENT_MODELS, SpentModel } from "@weir/dialects/surfaces/assembly/spent";
import { Exchange } from "./exchange";

/** Null where the caller may use `model`; else what is answered, which is what a model that is not there gets. */
export function refuseModel(model: Slice): Refusal | null {
  if (!model.length) return null;
  const allowed = getProperty(ALLOWED_MODELS);
  return !allowed || allowsModel(allowed, model) ? null : modelNotFound(model);
}

/** Null where something is left of the budgets for what the provider calls `model`. */
export function refuseSpent(exchange: Exchange, model: Slice): Refusal | null {
  const state = getProperty(SPENT_MODELS);
  if (!state) return null;
  const spent = SpentModel.find(state, exchange.providerModelOf(model));
  if (!spent) return null;
  const refusal = budgetSpent(spent.budget, exchange.wanted.surface.family);
  refusal.headers = budgetSpentHeaders(spent.untilMs);
  return refusal;
}
