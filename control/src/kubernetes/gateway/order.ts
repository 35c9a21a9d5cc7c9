// The order in which rules are tried, whatever routes they are from:
// https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
import { byAge } from "../objects.ts";
import type { RouteObject } from "./objects.ts";
import type { RuleRoute } from "./rules.ts";
import { specificity } from "./hostnames.ts";

export interface Placed {
  /** Which of its route's host names it is there for. */
  hostname: string;
  object: RouteObject;
  route: RuleRoute;
}

/** Host, exact path, longer path, method, headers, query; then the older route. The sort is stable for the rest. */
export function byPrecedence(a: Placed, b: Placed): number {
  const [ranks, others] = [rank(a), rank(b)];
  const differing = ranks.findIndex((value, index) => value !== others[index]);
  if (differing >= 0) return others[differing]! - ranks[differing]!;
  return a.object === b.object ? 0 : byAge(a.object, b.object);
}

function rank({ hostname, route: { match } }: Placed): number[] {
  const { path, method, headers, query } = match;
  return [
    specificity(hostname),
    path.type === "exact" ? 1 : 0,
    path.value.length,
    method === null ? 0 : 1,
    headers.length,
    query.length,
  ];
}
