// What becomes of a target's requests while all its addresses are left alone, where the configuration leaves it to the
// routes: to refuse them at once helps only where there is another target to try.
import type { Route, Target } from "../model/model.ts";
import { targetsOf } from "../model/routing.ts";
import type { PoolMember } from "./known-provider.ts";

/** The targets in their own order. A target that no route leads to refuses. */
export function resolveWhenOpen(members: PoolMember[], routes: Route[]): Target[] {
  const alone = new Set(routes.filter((route) => !hasOther(route)).flatMap(targetsOf));
  return members.map(({ target, whenOpen }) => {
    const auto = alone.has(target.name) ? "tryAnyway" : "refuse";
    return { ...target, circuitBreaker: { ...target.circuitBreaker, whenOpen: whenOpen === "auto" ? auto : whenOpen } };
  });
}

function hasOther(route: Route): boolean {
  return route.lastResort !== null || targetsOf(route).length > 1;
}
