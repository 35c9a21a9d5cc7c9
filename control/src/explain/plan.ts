// The order in which a route's targets would be tried, and why: the decisions of ai-fallback, as far as they can be
// known beforehand. What is drawn, what is cooling down, who is busy and who is fast, only a running gateway knows.
import { comparePrices } from "../model/compare-prices.ts";
import type { Model, Route } from "../model/model.ts";
import { needsPlan, planOf, targetsOf, type Affinity, type Fallback, type RouteTarget } from "../model/routing.ts";
import type { Plan } from "./explanation.ts";
import type { LiveFigures } from "./live-figures.ts";
import type { Wishes } from "./wishes.ts";

export interface PlannedAttempt {
  planned: Fallback;
  because: string;
}

/** What a plan is made for. */
export interface PlanFor {
  model: Model;
  /** What the client's model stands for. */
  name: string | null;
  sort: Wishes["sort"];
  live: LiveFigures | null;
}

/** The route without the targets that cannot serve what is asked for, as long as there are others. */
export function withTargetsFor(route: Route, isAble: (target: string) => boolean): Route {
  const able = ({ target }: Fallback) => isAble(target);
  if (!targetsOf(route).some(isAble)) return route;
  return { ...route, targets: route.targets.filter(able), fallbacks: route.fallbacks.filter(able) };
}

/** Null where there is nothing to decide. */
export function describePlan(route: Route, wanted: PlanFor): Plan | null {
  if (!needsPlan(route) && route.mirror === null) return null;
  const total = totalWeight(route.targets);
  const isByWeight = route.balance === "weighted" || route.balance === "roundRobin";
  const balance = wanted.sort === "throughput" ? "throughput" : route.balance;
  const choice = ranked(route, wanted).map(({ target, model, weight }) => {
    const now = wanted.live?.of({ target, model }, balance) ?? null;
    const known = balance === "cheapest" && { hasPrice: priceOf(route, { target, model }, wanted) !== null };
    return { target, model, percent: isByWeight ? percentOf(weight, total) : null, ...known, now };
  });
  return {
    choice,
    balance,
    affinity: route.affinity && describeAffinity(route.affinity),
    fallbackOn: route.fallbackOn,
    attemptTimeoutMs: route.attemptTimeoutMs,
    totalTimeoutMs: route.totalTimeoutMs,
    lastResort: route.lastResort,
    mirror: route.mirror,
  };
}

/** As they would be where the first of those is chosen that may be. */
export function plannedAttempts(route: Route, wanted: PlanFor): PlannedAttempt[] {
  const targets = ranked(route, wanted);
  const ordered = { ...route, targets: route.balance === "cheapest" ? withFallingWeights(targets) : targets };
  const all = planOf(ordered, ordered.targets[0] ?? null);
  return all.map((planned, index) => ({ planned, because: reason(route, planned, index, wanted) }));
}

/** The heaviest first, or the cheapest. */
function ranked(route: Route, wanted: PlanFor): RouteTarget[] {
  const byWeight = [...route.targets].sort((a, b) => b.weight - a.weight);
  if (route.balance !== "cheapest") return byWeight;
  const scoreOf = (one: RouteTarget): number => {
    return one.weight === 0 ? Number.MAX_VALUE : (priceOf(route, one, wanted) ?? Number.MAX_SAFE_INTEGER);
  };
  return byWeight.sort((a, b) => scoreOf(a) - scoreOf(b));
}

/** What is in order already stays so. */
function withFallingWeights(targets: RouteTarget[]): RouteTarget[] {
  return targets.map((target, index) => ({ ...target, weight: targets.length - index }));
}

function priceOf(route: Route, planned: Fallback, { model, name }: PlanFor): number | null {
  const { price, prices } = comparePrices(route, planned, model);
  return price ?? (name === null ? null : (prices?.[name] ?? null));
}

function reason(route: Route, planned: Fallback, index: number, wanted: PlanFor): string {
  const { targets, fallbacks, balance } = route;
  const target = targets.find((one) => isSame(one, planned));
  if (targets.length + fallbacks.length === 1) return "the route's only target";
  if (!target && index > 0) return `fallback ${fallbacks.findIndex((one) => isSame(one, planned)) + 1}`;
  if (!target || targets.length === 1) return "every request begins here";
  if (target.weight === 0) return "weight 0, tried after a failure";
  switch (balance) {
    case "leastBusy":
      return "begins when it has the fewest requests under way for its weight, else tried in that order";
    case "fastest":
      return "begins when it has been the fastest of late, else tried in that order";
    case "cheapest":
      return whyCheapest(route, planned, index, wanted);
    default:
      return byWeight(target, targets, index);
  }
}

function byWeight({ weight }: RouteTarget, targets: RouteTarget[], index: number): string {
  const share = `${percentOf(weight, totalWeight(targets))} % of requests begin here`;
  return index === 0 ? share : `${share}; tried next after a failure elsewhere`;
}

function whyCheapest(route: Route, planned: Fallback, index: number, wanted: PlanFor): string {
  const price = priceOf(route, planned, wanted);
  if (price === null) return "its price is not known, so what has one goes first";
  const others = route.targets.filter((one) => one.weight > 0 && !isSame(one, planned));
  const isShared = others.some((one) => priceOf(route, one, wanted) === price);
  const chance = isShared ? ", as is another: chance decides" : "";
  return index === 0 || isShared ? `${index === 0 ? "the cheapest" : "as cheap"}${chance}` : "dearer than those before";
}

function isSame(a: Fallback, b: Fallback): boolean {
  return a.target === b.target && a.model === b.model;
}

function totalWeight(targets: RouteTarget[]): number {
  return targets.reduce((total, { weight }) => total + weight, 0);
}

/** With at most two decimals. */
function percentOf(weight: number, total: number): number {
  return total === 0 ? 0 : Math.round((weight / total) * 10_000) / 100;
}

function describeAffinity(affinity: Affinity): string {
  switch (affinity.by) {
    case "header":
    case "cookie":
      return `${affinity.by} ${affinity.name}`;
    case "promptCacheKey":
      return "prompt_cache_key";
    case "conversation":
      return "the conversation's beginning";
  }
}
