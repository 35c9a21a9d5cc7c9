// The part of a route that a request asks for: fewer of its targets, or the same ones in another order. Never one more.
import { Slice } from "@weir/sdk/assembly";
import { Affinity } from "./affinity";
import { Balance } from "./balance";
import { Choice } from "./names";
import { PlannedTarget } from "./planned-target";
import { Prices } from "./prices";
import { Route } from "./route";
import { Sort, Wishes } from "./wishes";

/** The part of a choice's route that is its provider's, where it has one, and that the wishes leave; null for none. */
export function narrowed(choice: Choice, wishes: Wishes, prices: Prices): Route | null {
  const route = choice.route;
  const part = route.withoutTargets();
  for (let i = 0; i < route.ranked.length; ++i) {
    const target = route.ranked[i];
    if (isKept(target, choice, wishes, prices)) part.addTarget(target);
  }
  for (let i = 0; i < route.fallbacks.length; ++i) {
    const target = route.fallbacks[i];
    if (isKept(target, choice, wishes, prices)) part.fallbacks.push(target);
  }
  if (!part.ranked.length && !part.fallbacks.length) return null;
  const sorted = wishes.sort == Sort.Price ? byPrice(part, choice.model, prices) : part;
  if (wishes.sort > Sort.Price) spreadBySpeed(part, wishes.sort);
  return wishes.order.length ? inOrder(sorted, wishes) : sorted;
}

function isKept(target: PlannedTarget, choice: Choice, wishes: Wishes, prices: Prices): bool {
  if (choice.provider.length && !target.isNamed(choice.provider)) return false;
  if (wishes.only.length && !isOneOf(target, wishes.only)) return false;
  if (isOneOf(target, wishes.ignore)) return false;
  if (!wishes.hasMaxPrice) return true;
  const price = prices.find(target, choice.model);
  return price != null && price.input <= wishes.inputMax && price.output <= wishes.outputMax;
}

function isOneOf(target: PlannedTarget, names: Slice[]): bool {
  for (let i = 0; i < names.length; ++i) if (target.isNamed(names[i])) return true;
  return false;
}

/** The cheapest begins; what costs nobody knows how much comes last. */
function byPrice(route: Route, model: Slice, prices: Prices): Route {
  const all = route.ranked.concat(route.fallbacks);
  const sums = new StaticArray<f64>(all.length);
  for (let i = 0; i < all.length; ++i) {
    const target = all[i];
    const price = prices.find(target, model);
    const sum = price ? price.sum : Infinity;
    let at = i;
    for (; at > 0 && sums[at - 1] > sum; --at) {
      all[at] = all[at - 1];
      sums[at] = sums[at - 1];
    }
    all[at] = target;
    sums[at] = sum;
  }
  const part = route.withoutTargets();
  part.addTarget(all[0]);
  for (let i = 1; i < all.length; ++i) part.fallbacks.push(all[i]);
  return part;
}

/** All of it becomes one choice, in which the plan decides by what has been measured. */
function spreadBySpeed(route: Route, sort: Sort): void {
  for (let i = 0; i < route.fallbacks.length; ++i) route.addTarget(route.fallbacks[i]);
  route.fallbacks.length = 0;
  route.balance = sort == Sort.Throughput ? Balance.Throughput : Balance.Fastest;
  route.affinity = new Affinity();
}

/** The first name that is there begins, by the weights of its keys; the others follow, and then those not named. */
function inOrder(route: Route, wishes: Wishes): Route | null {
  const all = route.ranked.concat(route.fallbacks);
  const part = route.withoutTargets();
  for (let i = 0; i < wishes.order.length; ++i) {
    const isFirst = !part.ranked.length;
    for (let j = 0; j < all.length; ++j) {
      const target = all[j];
      if (!target.isNamed(wishes.order[i]) || isPlaced(target, part)) continue;
      if (isFirst) part.addTarget(target);
      else part.fallbacks.push(target);
    }
  }
  for (let i = 0; i < all.length; ++i) {
    if (wishes.allowsFallbacks && !isPlaced(all[i], part)) part.fallbacks.push(all[i]);
  }
  return part.ranked.length || part.fallbacks.length ? part : null;
}

function isPlaced(target: PlannedTarget, part: Route): bool {
  return part.ranked.includes(target) || part.fallbacks.includes(target);
}
