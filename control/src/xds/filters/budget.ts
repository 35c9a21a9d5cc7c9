// The plugin that refuses requests of callers who have spent a budget, and reads tags in bodies. The control plane
// reads what is spent, and tells it as configuration: no request waits for a database.
import type { Model } from "../../model/model.ts";
import type { Budget, BudgetDimension, SpentBudget } from "../../model/budgets.ts";
import { typed, type ProtoJson } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";
import { discoveredIfNeeded, sourceOf, wasmExtension } from "./wasm-plugin.ts";

const name = "weir.budget";

export const budget: HttpFilter = {
  name,
  chain: { ...discoveredIfNeeded(name), disabled: true },
  isNeeded: runsBudget,
  extension: (model, options) =>
    wasmExtension({ name, source: sourceOf(options.plugins, "budget"), configuration: configurationOf(model) }),
};

export function hasHardBudget({ budgets }: Model): boolean {
  return budgets.some(({ soft }) => !soft);
}

/** It refuses by budgets, and reads the tags that they go by. */
export function runsBudget(model: Model): boolean {
  return hasHardBudget(model) || (model.ledger?.metadataTags.length ?? 0) > 0;
}

/** The hard budgets that have requests go to a cheaper model. */
export function movingBudgets({ budgets }: Model): Budget[] {
  return budgets.filter(({ soft, cheaperModel }) => !soft && cheaperModel !== null);
}

/** In the `typed_per_filter_config` of all routes: the plugin runs where there is something to refuse for. */
export const enableBudget: ProtoJson = {
  [name]: typed("envoy.config.route.v3.FilterConfig", { config: {} }),
};

/** In that of a route that spends nothing. */
export const disableBudget: ProtoJson = {
  [name]: typed("envoy.config.route.v3.FilterConfig", { disabled: true }),
};

function configurationOf({ budgets, spent = [], ledger, gateway }: Model): ProtoJson {
  // What is spent is known a little later than what the configuration says.
  const known = spent.filter((one) => budgets.some((budget) => budget.name === one.name && !budget.soft));
  const cheaper = new Map(budgets.map(({ name, cheaperModel }) => [name, cheaperModel]));
  const metadataTags = ledger?.metadataTags ?? [];
  return {
    budgets: known.map((one) => spentConfiguration(one, cheaper.get(one.name) ?? null)),
    ...(metadataTags.length > 0 && { metadataTags, bodyBytesMax: gateway.bodyBytesMax }),
  };
}

function spentConfiguration({ name, by, untilMs, values }: SpentBudget, cheaperModel: string | null): ProtoJson {
  const callers = by.filter((dimension) => dimension !== "model");
  const until = { ...(untilMs !== null && { untilMs }), ...(cheaperModel !== null && { cheaperModel }) };
  return { name, by: callers, ...until, spent: groupByCaller(by, values) };
}

/** Models are told by the lists of them that a caller has used up: only the targets' plugin knows which one it is. */
function groupByCaller(by: BudgetDimension[], all: string[][]): ProtoJson[] {
  const at = by.indexOf("model");
  const groups = new Map<string, { values: string[]; models: string[] }>();
  for (const values of all.filter((values) => values.every(isPlain))) {
    const own = values.filter((_, index) => index !== at);
    const key = JSON.stringify(own);
    const group = groups.get(key) ?? { values: own, models: [] };
    if (at >= 0) group.models.push(values[at]!);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ values, models }) => ({
    values,
    ...(models.length > 0 && { models: models.join("\n") }),
  }));
}

/** Models are named by clients: what would read as two lines is no name that a provider has. */
function isPlain(value: string): boolean {
  return !/[\u0000-\u001f]/.test(value);
}
