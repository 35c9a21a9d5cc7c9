// The cheaper models that limits and budgets name: there, able to answer a chat, and no way back to where a request
// comes from. One that is wrong is left out: what is too much is refused.
import type { Budget } from "../model/budgets.ts";
import { isBudgetFor, isLimitFor } from "../model/cheaper-model.ts";
import { findService } from "../model/dialect.ts";
import type { Limit } from "../model/limits.ts";
import type { Model } from "../model/model.ts";
import { targetsOf } from "../model/routing.ts";
import type { Surface } from "../model/surface.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import { routesFor } from "./resolve-names.ts";

const chatSurfaces: Surface[] = ["chat/completions", "responses", "messages", "generateContent"];

/** What names a cheaper model, and the models that it is for. */
interface Mover {
  name: string;
  cheaperModel: string | null;
  isFor: (model: string) => boolean;
  /** Whether it is for some models alone. */
  isOfModels: boolean;
  /** The one that it is for, if it is one. */
  only: string | null;
}

/** The model, without what cannot be; every request is read where there is one of them. */
export function checkCheaperModels(model: Model, report: Report): Model {
  const limits = model.limits.map((_, index) => checkedLimit(model, index, { report, path: ["limits", index] }));
  const budgets = model.budgets.map((_, index) => checkedBudget(model, index, { report, path: ["budgets", index] }));
  return withReadRoutes({ ...model, limits, budgets });
}

/** One of the model's limits, without a cheaper model that cannot be. */
export function checkedLimit(model: Model, index: number, at: At): Limit {
  const limit = model.limits[index]!;
  return isPossible(index, model.limits.map(limitMover), { model, at }) ? limit : { ...limit, cheaperModel: null };
}

export function checkedBudget(model: Model, index: number, at: At): Budget {
  const budget = model.budgets[index]!;
  return isPossible(index, model.budgets.map(budgetMover), { model, at }) ? budget : { ...budget, cheaperModel: null };
}

function limitMover(limit: Limit): Mover {
  const { name, match, cheaperModel } = limit;
  const of = match.find(({ by }) => by === "model");
  const only = of?.match === "exact" ? of.pattern : null;
  const isOfModels = of !== undefined && of.match !== "each";
  return { name, cheaperModel, isFor: (model) => isLimitFor(limit, model), isOfModels, only };
}

function budgetMover(budget: Budget): Mover {
  const { name, match, cheaperModel } = budget;
  const only = match.find(({ by }) => by === "model")?.value ?? null;
  return { name, cheaperModel, isFor: (model) => isBudgetFor(budget, model), isOfModels: only !== null, only };
}

/** Where mistakes are told. */
interface At {
  report: Report;
  path: Path;
}

function isPossible(index: number, all: Mover[], { model, at: { report, path } }: { model: Model; at: At }): boolean {
  const mover = all[index]!;
  const cheaper = mover.cheaperModel;
  if (cheaper === null) return true;
  const at = [...path, "onExceeded", "model"];
  const fail = (message: string, fix: string): false => {
    report.error(at, { message, fix });
    return false;
  };
  const routes = routesFor(cheaper, model.names, model.routes);
  if (routes.length === 0) {
    return fail("No route serves this model", "Write the name of a model that a route serves, or add it to a route");
  }
  const targets = model.targets.filter(({ name }) => routes.some((route) => targetsOf(route).includes(name)));
  if (!targets.some((target) => chatSurfaces.some((surface) => findService(target, surface)))) {
    return fail("No target of this model answers chats", "Write the name of a model that does");
  }
  if (mover.only === cheaper) return fail("It is the model that is too much already", "Write another one");
  const way = wayBack(mover, all);
  if (way) return fail(`Requests would come back: ${way.join(", ")}`, "Let one of them refuse");
  return true;
}

/** The names of limits by which a request comes back to the models that `mover` is for; null where none does. */
function wayBack(mover: Mover, all: Mover[]): string[] | null {
  const names = [mover.name];
  let at = mover.cheaperModel!;
  if (!mover.isOfModels) return null;
  for (;;) {
    const model = at;
    const next = all.find((one) => one.cheaperModel !== null && one.isOfModels && one.isFor(model) && one !== mover);
    if (!next || names.includes(next.name)) return null;
    names.push(next.name);
    at = next.cheaperModel!;
    if (mover.isFor(at)) return names;
  }
}

/** By the model that a request asks for nobody can tell where it goes any more. */
export function withReadRoutes(model: Model): Model {
  const isMoved = [...model.limits, ...model.budgets].some(({ cheaperModel }) => cheaperModel !== null);
  return isMoved ? { ...model, routes: model.routes.map((route) => ({ ...route, isRead: true })) } : model;
}
