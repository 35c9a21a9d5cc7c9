// Which routes a request may end at, before its model is known. Where that is in doubt a route is counted in: who asks
// wants to know what a request might reach.
import type { CallerCondition, Route } from "./model.ts";
import { isDirect } from "./routing.ts";
import { apiRoots } from "./surface.ts";

const conditions = ["headers", "query", "cookies"] as const;

/** The routes that may serve a request which Envoy gives to `route`; `candidates` are those for its host, in order. */
export function servingRoutes(route: Route, candidates: readonly Route[]): Route[] {
  // No plugin looks for another one.
  if (isDirect(route)) return [route];
  const possible = candidates.filter((other) => areNested(route, other) && overlaps(route, other));
  const last = possible.findIndex((other) => takesAll(other, route));
  return last < 0 ? possible : possible.slice(0, last + 1);
}

/** Whether a request may meet the conditions of both: there is none on which they differ. */
export function overlaps(route: Route, other: Route): boolean {
  return !conditions.some((kind) =>
    other[kind].some((o) => route[kind].some((r) => r.name === o.name && r.value !== o.value)),
  );
}

/** Whether the paths of one are below the other's. The plugin that looks for routes goes by prefixes alone. */
function areNested(route: Route, other: Route): boolean {
  const roots = apiRoots(route.pathPrefix);
  return apiRoots(other.pathPrefix).some((o) => roots.some((r) => isBelow(r, o) || isBelow(o, r)));
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

/** Whether `other` takes every request for `route` that comes so far. */
function takesAll(other: Route, route: Route): boolean {
  const fits = conditions.every((kind) =>
    other[kind].every((o) => route[kind].some((r) => r.name === o.name && r.value === o.value)),
  );
  return fits && !isConditional(other) && other.pathPrefix === route.pathPrefix && other.models.includes("*");
}

/** Whether it depends on who calls, or on the body, whether a request is one for the route: Envoy cannot tell. */
export function isConditional({ callers, body }: Route): boolean {
  return hasCallers(callers) || body.length > 0;
}

export function hasCallers({ consumers, organizations, teams }: CallerCondition): boolean {
  return consumers.length + organizations.length + teams.length > 0;
}
