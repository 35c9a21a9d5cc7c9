// Finds routes that are meant to be open and are not, because what Envoy can tell of a request does not tell it apart
// from one for a route that asks for a key.
import type { Route } from "../model/model.ts";
import { overlaps, servingRoutes } from "../model/serving.ts";
import type { Report } from "./report.ts";
import type { PlacedRoute } from "./shadow.ts";

/** Warns about each of them. */
export function reportClosed(placed: PlacedRoute[], report: Report): void {
  placed.forEach(({ route, path }, index) => {
    if (route.auth !== "none") return;
    const others = placed.filter((other) => meet(route.hosts, other.route.hosts));
    const serving = new Set<Route>(servingRoutes(route, others.map(routeOf)));
    for (const other of placed.slice(0, index).map(routeOf)) if (takesFirst(other, route)) serving.add(other);
    const closed = others.find((other) => other.route.auth === "key" && serving.has(other.route));
    if (!closed) return;
    const message = `A key is needed all the same: the route "${closed.route.name}" at ${report.placeOf(closed.path)} may get the same requests, and asks for one`;
    const fix = "Give one of the two a pathPrefix, a host or a header of its own";
    report.warning([...path, "auth"], { message, fix });
  });
}

/** Whether Envoy may give requests for `route` to `other`, which comes before it. */
function takesFirst(other: Route, route: Route): boolean {
  return other.pathPrefix === route.pathPrefix && overlaps(route, other);
}

function routeOf({ route }: PlacedRoute): Route {
  return route;
}

/** Whether a host may be meant by both. */
function meet(some: string[], others: string[]): boolean {
  if (some.length === 0 || others.length === 0) return true;
  return some.some((a) => others.some((b) => covers(a, b) || covers(b, a)));
}

function covers(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith("*.") && host.endsWith(pattern.slice(1)));
}
