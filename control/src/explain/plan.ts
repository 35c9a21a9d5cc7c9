// The order in which a route's targets would be tried, and why: the decisions of ai-fallback, as far as they can be
// known beforehand. What is drawn, and what is cooling down, only a running gateway knows.
import type { Route } from "../model/model.ts";
import { needsPlan, planOf, targetsOf, type Affinity, type Fallback, type RouteTarget } from "../model/routing.ts";
import type { Plan } from "./explanation.ts";

export interface PlannedAttempt {
  planned: Fallback;
  because: string;
}

/** The route without the targets that cannot serve what is asked for, as long as there are others. */
export function withTargetsFor(route: Route, isAble: (target: string) => boolean): Route {
  const able = ({ target }: Fallback) => isAble(target);
  if (!targetsOf(route).some(isAble)) return route;
  return { ...route, targets: route.targets.filter(able), fallbacks: route.fallbacks.filter(able) };
}

/** Null where there is nothing to decide. */
export function describePlan(route: Route): Plan | null {
  if (!needsPlan(route) && route.mirror === null) return null;
  const total = totalWeight(route.targets);
  return {
    choice: route.targets.map(({ target, model, weight }) => ({ target, model, percent: percentOf(weight, total) })),
    balance: route.balance,
    affinity: route.affinity && describeAffinity(route.affinity),
    fallbackOn: route.fallbackOn,
    attemptTimeoutMs: route.attemptTimeoutMs,
    totalTimeoutMs: route.totalTimeoutMs,
    lastResort: route.lastResort,
    mirror: route.mirror,
  };
}

/** As they would be where the heaviest target is the one that is chosen. */
export function plannedAttempts(route: Route): PlannedAttempt[] {
  const heaviest = [...route.targets].sort((a, b) => b.weight - a.weight)[0] ?? null;
  const total = totalWeight(route.targets);
  return planOf(route, heaviest).map((planned, index) => ({ planned, because: reason(route, planned, index, total) }));
}

function reason({ targets, fallbacks }: Route, planned: Fallback, index: number, total: number): string {
  const target = targets.find((one) => isSame(one, planned));
  if (targets.length + fallbacks.length === 1) return "the route's only target";
  const share = `${percentOf(target?.weight ?? 0, total)} % of requests begin here`;
  if (index === 0) return target && targets.length > 1 ? share : "every request begins here";
  if (!target) return `fallback ${fallbacks.findIndex((one) => isSame(one, planned)) + 1}`;
  return target.weight === 0 ? "weight 0, tried after a failure" : `${share}; tried next after a failure elsewhere`;
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
