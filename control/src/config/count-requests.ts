// Whose requests are counted while they are under way: those of targets that have a limit, or that are chosen by how
// busy they are. Every route that leads to one of them takes part, or the count would not be true.
import type { Route, Target } from "../model/model.ts";
import { targetsOf } from "../model/routing.ts";

export function resolveCounts(routes: Route[], targets: Target[]): Route[] {
  const limited = targets.filter(({ circuitBreaker }) => circuitBreaker.maxConcurrentRequests > 0);
  const compared = routes.filter(({ balance }) => balance === "leastBusy").flatMap(targetsOf);
  const counted = new Set([...limited.map(({ name }) => name), ...compared]);
  return routes.map((route) => ({ ...route, countsRequests: targetsOf(route).some((name) => counted.has(name)) }));
}
