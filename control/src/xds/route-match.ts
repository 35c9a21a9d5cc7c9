// How a route of the model tells requests apart, in Envoy's terms.
import type { Route } from "../model/model.ts";
import type { ProtoJson } from "./resources.ts";

/** Envoy's route match: `path` is one of its path specifiers, `method` null for any. */
export function matchOf(route: Route, path: ProtoJson, method: string | null = null): ProtoJson {
  const headers = [...(method ? [{ name: ":method", value: method }] : []), ...route.headers];
  return {
    ...path,
    ...(headers.length > 0 && {
      headers: headers.map(({ name, value }) => ({ name, string_match: { exact: value } })),
    }),
  };
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
