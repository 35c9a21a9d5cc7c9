// How a route of the model tells requests apart, in Envoy's terms.
import type { Route } from "../model/model.ts";
import type { ProtoJson } from "./resources.ts";

/** What a request must have beside its path and the route's own headers. */
interface Further {
  /** Null for any. */
  method?: string | null;
  /** Envoy's header matchers. */
  headers?: ProtoJson[];
}

/** Envoy's route match: `path` is one of its path specifiers. */
export function matchOf(route: Route, path: ProtoJson, { method = null, headers = [] }: Further = {}): ProtoJson {
  const exact = [...(method ? [{ name: ":method", value: method }] : []), ...route.headers];
  const all = [...exact.map(({ name, value }) => ({ name, string_match: { exact: value } })), ...headers];
  return { ...path, ...(all.length > 0 && { headers: all }) };
}

/** Of the routes that fit the same requests, models apart, the first. */
export function differentMatches(routes: Route[]): Route[] {
  const byMatch = Map.groupBy(routes, ({ pathPrefix, headers }) => {
    return JSON.stringify([pathPrefix, headers.map(({ name, value }) => [name, value]).sort()]);
  });
  return [...byMatch.values()].flatMap(([first]) => first ?? []);
}

/** Whether each request that fits `narrow` fits `wide` too, hosts and models apart. */
export function isCovered(narrow: Route, wide: Route): boolean {
  const under = narrow.pathPrefix === wide.pathPrefix;
  return under && wide.headers.every((h) => narrow.headers.some((n) => n.name === h.name && n.value === h.value));
}
