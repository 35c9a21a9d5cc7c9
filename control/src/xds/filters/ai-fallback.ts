// The plugin that reads the model from a request's body or path, finds its route by it, and plans which targets are
// tried in which order. Off unless an Envoy route leads to more than one target: most gateways never run it.
import { comparePrices } from "../../model/compare-prices.ts";
import { countsTokens, findService } from "../../model/dialect.ts";
import type { Model, Route, Target } from "../../model/model.ts";
import type { AutoRule, Names } from "../../model/names.ts";
import { offeredPrices, type OfferedPrice } from "../../model/offered-prices.ts";
import { isDirect, targetsOf, type Fallback } from "../../model/routing.ts";
import { apiRoots, surfaces, type Surface } from "../../model/surface.ts";
import { doorsOf } from "../../model/web.ts";
import { clusterName, clusterOf, lastResortCluster } from "../cluster-name.ts";
import { typed, type ProtoJson } from "../resources.ts";
import { movingBudgets } from "./budget.ts";
import { ContextWindows } from "./context-windows.ts";
import type { HttpFilter } from "./http-filter.ts";
import { discoveredIfNeeded, sourceOf, wasmExtension } from "./wasm-plugin.ts";

const name = "weir.ai-fallback";

/** Filter state that the plugin sets: the route it has chosen, and the cluster of the next attempt. */
export const routeState = "wasm.weir.route";
export const targetState = "wasm.weir.target";

/** The response header by which a target's plugin asks for the next target. */
export const retryHeader = "x-weir-retry";

export const aiFallback: HttpFilter = {
  name,
  chain: { ...discoveredIfNeeded(name), disabled: true },
  isNeeded: (model) => model.routes.some((route) => !isDirect(route)),
  extension: (model, options) =>
    wasmExtension({
      name,
      source: sourceOf(options.plugins, "ai-fallback"),
      configuration: {
        bodyBytesMax: model.gateway.bodyBytesMax,
        surfaces: Object.fromEntries(model.targets.map((target) => [clusterName(target), servedBy(target)])),
        maxConcurrentRequests: Object.fromEntries(limits(model)),
        routes: routesConfiguration(model),
        ...contextConfiguration(model),
        ...namesConfiguration(model.names),
        ...cheaperConfiguration(model),
        ...(model.names.requestOptions && { prices: pricesConfiguration(model) }),
      },
    }),
};

/** Which prompts have no place at a target. */
function contextConfiguration(model: Model): ProtoJson {
  const windows = new ContextWindows(model);
  const contexts = model.targets.flatMap((target) => {
    const table = windows.of(target);
    if (Object.keys(table).length === 0) return [];
    const { modelMapping, quirks } = target;
    const mapping = modelMapping.length > 0 && { modelMapping };
    const holdsOutput = quirks.includes("contextHoldsOutput") && { holdsOutput: true };
    return [[clusterName(target), { ...table, ...mapping, ...holdsOutput }] as const];
  });
  return contexts.length > 0 ? { ...windows.tables, contexts: Object.fromEntries(contexts) } : {};
}

/** How many requests each of the targets may have that are counted; 0 for any number. */
function limits({ routes, targets }: Model): [string, number][] {
  const names = new Set(routes.filter(({ countsRequests }) => countsRequests).flatMap(targetsOf));
  const counted = targets.filter(({ name }) => names.has(name));
  return counted.map((target) => [clusterName(target), target.circuitBreaker.maxConcurrentRequests]);
}

/** What a target can be asked for. Tokens the gateway counts itself where a provider does not. */
function servedBy(target: Target): Surface[] {
  return surfaces.filter((surface) => countsTokens(surface) || findService(target, surface));
}

const ownDoor = "own";

function routesConfiguration(model: Model): ProtoJson[] {
  const doors = doorsOf(model.web);
  return model.routes.map((route) => {
    const own = route.isAttachedOnly ? [] : [ownDoor];
    const all = [...own, ...(doors.get(route.name) ?? [])];
    const configuration = routeConfiguration(route, model);
    // The gateway's own listener goes without saying. A route that no listener has must not be taken for one of it.
    if (all.length === 1 && all[0] === ownDoor) return configuration;
    return { ...configuration, doors: all.length > 0 ? all : ["none"] };
  });
}

function routeConfiguration(route: Route, model: Model): ProtoJson {
  const { name, models, balance, affinity, lastResort } = route;
  return {
    name,
    match: matchConfiguration(route),
    models,
    targets: route.targets.map((target) => ({
      ...targetConfiguration(target, model),
      weight: target.weight,
      ...(balance === "cheapest" && comparePrices(route, target, model)),
    })),
    fallbacks: route.fallbacks.map((fallback) => targetConfiguration(fallback, model)),
    balance,
    ...(affinity && { affinity }),
    fallbackOn: route.fallbackOn,
    ...(route.totalTimeoutMs > 0 && { totalTimeoutMs: route.totalTimeoutMs }),
    ...(lastResort !== null && { lastResort: { cluster: lastResortCluster(lastResort) } }),
  };
}

function matchConfiguration({ pathPrefix, hosts, headers, query, cookies, callers, body }: Route): ProtoJson {
  const given = Object.entries(callers).filter(([, names]) => names.length > 0);
  const match = { hosts, pathPrefixes: apiRoots(pathPrefix), headers, query, cookies, ...Object.fromEntries(given) };
  return { ...match, ...(body.length > 0 && { body }) };
}

function namesConfiguration({ aliases, providerNames, requestOptions, auto }: Names): ProtoJson {
  return {
    ...(aliases.length > 0 && { aliases }),
    ...(providerNames && { providerNames }),
    ...(requestOptions && { requestOptions }),
    ...(auto && { auto: { rules: auto.rules.map(withoutNulls), model: auto.model } }),
  };
}

/** The models that requests may go to in place of those that they ask for. */
function cheaperConfiguration(model: Model): ProtoJson {
  const limits = model.limits.filter(({ shadow }) => !shadow).flatMap(({ cheaperModel }) => cheaperModel ?? []);
  const budgets = movingBudgets(model);
  // A budget of a model goes by the provider's name of it.
  const mapped = budgets.some(({ match }) => match.some(({ by }) => by === "model"));
  const mappings = model.targets.filter(({ modelMapping }) => mapped && modelMapping.length > 0);
  return {
    ...(limits.length > 0 && { cheaperModels: [...new Set(limits)] }),
    ...(budgets.length > 0 && { spentBudgets: true }),
    ...(mappings.length > 0 && {
      modelMappings: Object.fromEntries(mappings.map((target) => [clusterName(target), target.modelMapping])),
    }),
  };
}

function pricesConfiguration(model: Model): ProtoJson {
  const known = [...offeredPrices(model)].filter(([, prices]) => prices.size > 0);
  const pair = ([name, { input, output }]: [string, OfferedPrice]): [string, number[]] => [name, [input, output]];
  return Object.fromEntries(
    known.map(([target, prices]) => [clusterOf(target, model), Object.fromEntries([...prices].map(pair))]),
  );
}

function withoutNulls(rule: AutoRule): ProtoJson {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== null));
}

function targetConfiguration({ target, model: providerModel }: Fallback, model: Model): ProtoJson {
  return { cluster: clusterOf(target, model), ...(providerModel !== null && { model: providerModel }) };
}

/** `typed_per_filter_config` of an Envoy route on which the plugin runs. */
export const enableAiFallback: ProtoJson = {
  [name]: typed("envoy.config.route.v3.FilterConfig", { config: {} }),
};
