// How a route spreads requests over targets and what it does when one of them fails: plain data, and what follows
// from it. The plugin ai-fallback makes the same decisions for each request.

/** One is chosen for each request. */
export interface RouteTarget {
  /** A target's name. */
  target: string;
  /** Its part of the requests, beside the others' weights; 0 for none, so that it is tried after a failure alone. */
  weight: number;
  /** The provider's model name for this route; null leaves it to the target's own mapping. */
  model: string | null;
}

/** Tried in order when what was tried before has failed. */
export type Fallback = Omit<RouteTarget, "weight">;

export const balances = ["weighted", "roundRobin", "leastBusy", "fastest", "cheapest"] as const;
export type Balance = (typeof balances)[number];

/** What requests have in common that are to meet the same target. */
export type Affinity = { by: "header" | "cookie"; name: string } | { by: "promptCacheKey" | "conversation" };

/** When the next target is tried, beside what always counts: no connection, no answer, an error in place of one. */
export interface FallbackConditions {
  /** `429`, or `5xx` for the whole class. */
  statuses: string[];
  /** Whether an answer without any content counts as failed. */
  emptyAnswer: boolean;
  /** Whether an answer that the provider's content filter has held back does. */
  contentFilter: boolean;
}

/** A copy of some requests, whose answer nobody sees. */
export interface Mirror {
  target: string;
  /** Of the route's requests; above 0, at most 100. */
  percent: number;
}

/** When a target is left alone for a while. */
export interface CircuitBreaker {
  /** More go to the next target, or are refused where none has room; 0 for no limit. */
  maxConcurrentRequests: number;
  /** So many errors one after the other; 0 for never. */
  consecutiveErrors: number;
  /** What counts as one beside a connection that fails: `429`, `5xx`. */
  statuses: string[];
  /** For how long at first; each further time it is longer by as much. */
  ejectionMs: number;
  ejectionMsMax: number;
  /** What becomes of requests when every address is left alone: refused at once, or sent all the same. */
  whenOpen: "refuse" | "tryAnyway";
}

/** Asked again and again, whether there are requests or not. */
export interface HealthCheck {
  path: string;
  intervalMs: number;
  timeoutMs: number;
  unhealthyAfter: number;
  healthyAfter: number;
}

/** The parts of a route that say where its requests go. */
interface Planned {
  models: readonly string[];
  targets: readonly RouteTarget[];
  fallbacks: readonly Fallback[];
  lastResort: string | null;
  totalTimeoutMs: number;
  isRead: boolean;
  countsRequests: boolean;
}

/** Whether one target serves every request of the route as it is, so that no plugin has to look at them before. */
export function isDirect(route: Planned): boolean {
  return route.models.includes("*") && !route.isRead && !needsPlan(route);
}

/** Whether there is anything to decide or to remember beside one target's name. */
export function needsPlan(route: Planned): boolean {
  const { targets, fallbacks, lastResort, totalTimeoutMs, countsRequests } = route;
  const isOne = targets.length + fallbacks.length === 1;
  return !isOne || countsRequests || lastResort !== null || totalTimeoutMs > 0 || (targets[0]?.model ?? null) !== null;
}

/** Every name of a target that requests of the route may reach, each once, the copy's apart. */
export function targetsOf({ targets, fallbacks }: Planned): string[] {
  return [...new Set([...targets, ...fallbacks].map(({ target }) => target))];
}

/**
 * What is tried after one of `targets` is chosen: the others, the heaviest first, then the fallbacks. Nothing twice.
 */
export function planOf({ targets, fallbacks }: Planned, chosen: RouteTarget | null): Fallback[] {
  const ranked = [...targets].sort((a, b) => b.weight - a.weight);
  const all = [...(chosen ? [chosen] : []), ...ranked, ...fallbacks];
  const same = (a: Fallback, b: Fallback) => a.target === b.target && a.model === b.model;
  return all
    .filter((one, index) => all.findIndex((other) => same(one, other)) === index)
    .map(({ target, model }) => ({ target, model }));
}
