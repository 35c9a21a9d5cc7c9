// The part of a route that a request asks for: fewer of its targets, or the same ones in another order. Never one more.
import { Slice } from "@weir/sdk/assembly";
import { PlannedTarget } from "./planned-target";
import { Route } from "./route";
import { Wishes } from "./wishes";

/** The part of `route` that is the provider's (an empty one's: all of it) and that the wishes leave; null for none. */
export function narrowed(route: Route, provider: Slice, wishes: Wishes | null): Route | null {
  const part = route.withoutTargets();
  keep(route.weighted, part.weighted, provider, wishes);
  keep(route.ranked, part.ranked, provider, wishes);
  keep(route.fallbacks, part.fallbacks, provider, wishes);
  if (!part.ranked.length && !part.fallbacks.length) return null;
  return wishes && wishes.order.length ? inOrder(part, wishes) : part;
}

function keep(all: PlannedTarget[], kept: PlannedTarget[], provider: Slice, wishes: Wishes | null): void {
  for (let i = 0; i < all.length; ++i) {
    const target = all[i];
    if (provider.length && !target.isNamed(provider)) continue;
    if (wishes && wishes.only.length && !isOneOf(target, wishes.only)) continue;
    if (wishes && isOneOf(target, wishes.ignore)) continue;
    kept.push(target);
  }
}

function isOneOf(target: PlannedTarget, names: Slice[]): bool {
  for (let i = 0; i < names.length; ++i) if (target.isNamed(names[i])) return true;
  return false;
}

/** The first name that is there begins, by the weights of its keys; the others follow, and then those not named. */
function inOrder(route: Route, wishes: Wishes): Route | null {
  const part = route.withoutTargets();
  for (let i = 0; i < wishes.order.length; ++i) {
    const isFirst = !part.ranked.length;
    take(route.ranked, part, wishes.order[i], isFirst);
    take(route.fallbacks, part, wishes.order[i], isFirst);
  }
  if (wishes.allowsFallbacks) {
    rest(route.ranked, part);
    rest(route.fallbacks, part);
  }
  return part.ranked.length || part.fallbacks.length ? part : null;
}

function take(targets: PlannedTarget[], part: Route, name: Slice, isFirst: bool): void {
  for (let i = 0; i < targets.length; ++i) {
    const target = targets[i];
    if (!target.isNamed(name) || part.ranked.includes(target)) continue;
    part.ranked.push(target);
    if (isFirst && target.weight) part.weighted.push(target);
  }
}

function rest(targets: PlannedTarget[], part: Route): void {
  for (let i = 0; i < targets.length; ++i) if (!part.ranked.includes(targets[i])) part.fallbacks.push(targets[i]);
}
