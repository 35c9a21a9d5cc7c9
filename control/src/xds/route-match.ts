// How a route of the model tells requests apart, in Envoy's terms.
import type { Condition, Route } from "../model/model.ts";
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
  return withConditions(path, {
    headers: [...exact.map(toMatcher), ...headers],
    query_parameters: route.query.map(toMatcher),
    cookies: route.cookies.map(toMatcher),
  });
}

function withConditions(path: ProtoJson, conditions: Record<string, ProtoJson[]>): ProtoJson {
  return { ...path, ...Object.fromEntries(Object.entries(conditions).filter(([, matchers]) => matchers.length > 0)) };
}

function toMatcher({ name, value }: Condition): ProtoJson {
  return { name, string_match: { exact: value } };
}

/** Of the routes that fit the same requests, models apart, the first. */
export function differentMatches(routes: Route[]): Route[] {
  const sorted = (conditions: Condition[]) => conditions.map(({ name, value }) => [name, value]).sort();
  const byMatch = Map.groupBy(routes, ({ pathPrefix, headers, query, cookies }) =>
    JSON.stringify([pathPrefix, sorted(headers), sorted(query), sorted(cookies)]),
  );
  return [...byMatch.values()].flatMap(([first]) => first ?? []);
}

/** Whether each request that fits `narrow` fits `wide` too, hosts and models apart. */
export function isCovered(narrow: Route, wide: Route): boolean {
  const has = (conditions: Condition[], { name, value }: Condition) =>
    conditions.some((other) => other.name === name && other.value === value);
  return (
    narrow.pathPrefix === wide.pathPrefix &&
    (["headers", "query", "cookies"] as const).every((kind) => wide[kind].every((one) => has(narrow[kind], one)))
  );
}
