// What models cost at a route's targets, by the names that a request may have for them: for wishes for a price, which
// are met before it is known what the provider calls the model.
import { mapModel, matchesModel } from "./match-model.ts";
import { modelFacts } from "./model-facts.ts";
import type { Model, Route, Target } from "./model.ts";
import { behindProvider } from "./names.ts";
import type { Fallback } from "./routing.ts";

/** Pico-dollars a token. */
export interface OfferedPrice {
  input: number;
  output: number;
}

/** The models that routes' targets are known to be asked for and that have no price, each as `model at target`. */
export function unpricedOffers(model: Model): string[] {
  const found = new Set<string>();
  for (const { target, planned, names } of placesOf(model)) {
    for (const own of providerNames({ target, planned, names })) {
      if (!modelFacts(model.models, target, own)?.price) found.add(`${own} at ${target.name}`);
    }
  }
  return [...found];
}

/** The prices by target, and there by the route's name of the model, else by the request's. */
export function offeredPrices(model: Model): Map<string, Map<string, OfferedPrice>> {
  const prices = new Map(model.targets.map(({ name }) => [name, new Map<string, OfferedPrice>()]));
  for (const place of placesOf(model)) addPrices(prices.get(place.target.name)!, place, model);
  return prices;
}

function placesOf(model: Model): Place[] {
  return model.routes.flatMap((route) => {
    const names = namesFor(route, model);
    return [...route.targets, ...route.fallbacks].flatMap((planned) => {
      const target = model.targets.find(({ name }) => name === planned.target);
      return target ? [{ target, planned, names }] : [];
    });
  });
}

/** What the target's provider calls the models. */
function providerNames({ target, planned, names }: Place): string[] {
  if (planned.model !== null) return [planned.model];
  return names.map((name) => mapModel(target.modelMapping, name).model);
}

interface Place {
  target: Target;
  planned: Fallback;
  names: string[];
}

function addPrices(prices: Map<string, OfferedPrice>, { target, planned, names }: Place, { models }: Model): void {
  for (const name of planned.model === null ? names : [planned.model]) {
    const own = planned.model ?? mapModel(target.modelMapping, name).model;
    const price = modelFacts(models, target, own)?.price?.picoUsd;
    if (price) prices.set(name, { input: price.input, output: price.output });
  }
}

/** The exact names that the route serves, and those that its patterns hold as far as anybody knows of them. */
function namesFor({ models, listedModels }: Route, { models: rows, names }: Model): string[] {
  const behind = [
    ...names.aliases.map(({ model }) => model),
    ...(names.auto ? [names.auto.model, ...names.auto.rules.map(({ model }) => model)] : []),
  ];
  const bare = behind.flatMap((name) => [name, ...behindProvider(name).map(({ model }) => model)]);
  const all = [...models, ...listedModels, ...bare, ...rows.map(({ name }) => name)];
  const exact = new Set(all.filter((name) => !name.endsWith("*")));
  return [...exact].filter((name) => models.some((pattern) => matchesModel(pattern, name)));
}
