// Finds routes that no request can reach, because one earlier route takes all that they would.
import type { BodyCondition, CallerCondition, Condition, Route } from "../model/model.ts";
import type { Names } from "../model/names.ts";
import { targetsOf } from "../model/routing.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";

export interface PlacedRoute {
  route: Route;
  path: Path;
}

/**
 * Warns about each route that one earlier route covers whole. Several that cover it together are not seen. Where
 * clients may name providers, a route with another one is reached all the same, unless the earlier serves every model.
 */
export function reportShadowed(routes: PlacedRoute[], report: Report, { providerNames }: Names): void {
  const isReached = (wide: Route, narrow: Route) =>
    providerNames && !wide.models.includes("*") && targetsOf(narrow).some((name) => !targetsOf(wide).includes(name));
  const earlier = new RouteIndex();
  for (const placed of routes) {
    const { route, path } = placed;
    const wide = earlier
      .candidates(route)
      .find((other) => covers(other.route, route) && !isReached(other.route, route));
    if (wide) {
      const message = `No request reaches this route: "${wide.route.name}" at ${report.placeOf(wide.path)} takes them all`;
      report.warning(path, { message, fix: "Move it above that route, or narrow that route's match or models" });
    }
    earlier.add(placed);
  }
}

/** Beyond these a file has so many routes alike that looking at all of them would take seconds. */
const candidatesMax = 1000;

/** Routes by prefix and model pattern: what covers a route has a pattern that covers its first model. */
class RouteIndex {
  readonly #routes = new Map<string, PlacedRoute[]>();

  add(placed: PlacedRoute): void {
    for (const pattern of placed.route.models) {
      const key = keyOf(placed.route, pattern);
      const found = this.#routes.get(key);
      if (found) found.push(placed);
      else this.#routes.set(key, [placed]);
    }
  }

  candidates(route: Route): PlacedRoute[] {
    const model = route.models[0]!;
    const stem = model.endsWith("*") ? model.slice(0, -1) : model;
    const patterns = Array.from({ length: stem.length + 1 }, (_, length) => `${stem.slice(0, length)}*`);
    return [model, ...patterns]
      .flatMap((pattern) => this.#routes.get(keyOf(route, pattern)) ?? [])
      .slice(0, candidatesMax);
  }
}

function keyOf({ pathPrefix }: Route, pattern: string): string {
  return `${pathPrefix} ${pattern}`;
}

function covers(wide: Route, narrow: Route): boolean {
  return (
    coversHosts(wide.hosts, narrow.hosts) &&
    coversConditions(wide.headers, narrow.headers) &&
    coversConditions(wide.query, narrow.query) &&
    coversConditions(wide.cookies, narrow.cookies) &&
    coversCallers(wide.callers, narrow.callers) &&
    wide.body.every((a) => narrow.body.some((b) => isSame(a, b))) &&
    narrow.models.every((model) => wide.models.some((pattern) => coversPattern(pattern, model)))
  );
}

function coversConditions(wide: Condition[], narrow: Condition[]): boolean {
  return wide.every((a) => narrow.some((b) => a.name === b.name && a.value === b.value));
}

const callerKinds = ["consumers", "organizations", "teams"] as const;

function coversCallers(wide: CallerCondition, narrow: CallerCondition): boolean {
  return callerKinds.every((kind) => {
    if (wide[kind].length === 0) return true;
    return (
      narrow[kind].length > 0 && narrow[kind].every((one) => wide[kind].some((pattern) => coversPattern(pattern, one)))
    );
  });
}

function isSame(a: BodyCondition, b: BodyCondition): boolean {
  return a.value === b.value && a.path.join(".") === b.path.join(".");
}

function coversHosts(wide: string[], narrow: string[]): boolean {
  if (wide.length === 0) return true;
  return narrow.length > 0 && narrow.every((host) => wide.some((pattern) => coversHost(pattern, host)));
}

function coversHost(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith("*.") && host.endsWith(pattern.slice(1)));
}

function coversPattern(wide: string, narrow: string): boolean {
  if (!wide.endsWith("*")) return wide === narrow;
  return narrow.startsWith(wide.slice(0, -1));
}
