// The models that some routes list, aliases and `auto` among them, and what is known of each.
import { mapModel, matchesModel } from "./match-model.ts";
import { modelFacts, type ModelFacts } from "./model-facts.ts";
import type { Model, Route, Target } from "./model.ts";
import { autoName, behindProvider, type Names } from "./names.ts";
import { planOf, targetsOf } from "./routing.ts";

export interface ListedModel {
  id: string;
  /** Those that serve it. */
  routes: Route[];
  /** Who may serve it; none when the route's targets are not there. */
  targets: Target[];
  owner: string;
  /** Of the model at the target that most requests begin at; null where nothing is known. */
  facts: ModelFacts | null;
}

/** In the routes' order, then the aliases, then `auto`; each once. */
export function listModels(routes: readonly Route[], model: Model): ListedModel[] {
  const ids = new Set(routes.flatMap(({ listedModels }) => listedModels));
  const own = [...ids].map((id) =>
    describe(
      id,
      routes.filter(({ listedModels }) => listedModels.includes(id)),
      model,
    ),
  );
  return [...own.filter(({ id }) => !isOther(id, model.names)), ...otherNames(routes, model)];
}

function isOther(id: string, { aliases, auto }: Names): boolean {
  return aliases.some(({ name }) => name === id) || (auto !== null && id === autoName);
}

function otherNames(routes: readonly Route[], model: Model): ListedModel[] {
  const { aliases, auto } = model.names;
  const named = aliases
    .filter(({ name }) => auto === null || name !== autoName)
    .flatMap(({ name, model: meant }) => {
      const found = placeOf(meant, routes, model);
      return found ? [{ ...describe(found.model, found.routes, model), id: name }] : [];
    });
  if (!auto) return named;
  // What it costs depends on the request.
  const chosen = new Set([auto.model, ...auto.rules.map((rule) => rule.model)]);
  const behind = [...chosen].map((name) => aliases.find((alias) => alias.name === name)?.model ?? name);
  const places = behind.flatMap((name) => placeOf(name, routes, model)?.routes ?? []);
  if (places.length === 0) return named;
  return [...named, { ...describe(autoName, [...new Set(places)], model), facts: null }];
}

/** The routes that serve a name which may have its provider before it. */
function placeOf(name: string, routes: readonly Route[], { names }: Model): { model: string; routes: Route[] } | null {
  for (const { provider, model } of names.providerNames ? behindProvider(name) : []) {
    const serving = routes.filter((route) => serves(route, model) && hasTarget(route, provider));
    if (serving.length > 0) return { model, routes: serving };
  }
  const serving = routes.filter((route) => serves(route, name));
  return serving.length > 0 ? { model: name, routes: serving } : null;
}

function serves({ models }: Route, model: string): boolean {
  return models.some((pattern) => matchesModel(pattern, model));
}

/** Whether a target or its provider has this name; the case does not count. */
export function isNamed(target: string, name: string): boolean {
  const [own, given] = [target.toLowerCase(), name.toLowerCase()];
  return own === given || own.startsWith(`${given}/`);
}

export function hasTarget(route: Route, name: string): boolean {
  return targetsOf(route).some((target) => isNamed(target, name));
}

function describe(id: string, routes: Route[], model: Model): ListedModel {
  const [route] = routes;
  const names = route ? targetsOf(route) : [];
  const targets = names.flatMap((name) => model.targets.find((target) => target.name === name) ?? []);
  const owner = targets[0]?.provider ?? names[0] ?? "";
  return { id, routes, targets, owner, facts: route ? factsOf(id, route, model) : null };
}

function factsOf(id: string, route: Route, model: Model): ModelFacts | null {
  const [first] = planOf(route, null);
  const target = model.targets.find(({ name }) => name === first?.target);
  if (!first || !target) return null;
  return modelFacts(model.models, target, first.model ?? mapModel(target.modelMapping, id).model);
}
