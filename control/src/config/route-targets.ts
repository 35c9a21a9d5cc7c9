// Where a route's requests go: names of providers → targets with weights, in the order in which they are tried. A
// provider with several keys stands for all of its targets.
import type { Fallback, RouteTarget } from "../model/routing.ts";
import { membersNamed, type KnownProviders, type PoolMember } from "./known-provider.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import type { RouteConfig } from "./schema/route.ts";

/** One line of `targets` or `fallbacks`, with what it stands for. */
interface Entry {
  provider: string;
  weight: number;
  model: string | null;
  standIn: boolean;
  path: Path;
  members: PoolMember[];
}

export interface RouteTargets {
  targets: RouteTarget[];
  fallbacks: Fallback[];
}

/** Null when no target is left. */
export function resolveTargets(
  config: RouteConfig,
  providers: KnownProviders,
  report: Report,
  path: Path,
): RouteTargets | null {
  const targets = config.targets.map((given, index) => ({
    ...given,
    model: given.model ?? null,
    path: [...path, "targets", index],
    members: membersNamed(given.provider, providers),
  }));
  const fallbacks = config.fallbacks.map((given, index) => ({
    ...given,
    weight: 1,
    model: given.model ?? null,
    path: [...path, "fallbacks", index],
    members: membersNamed(given.provider, providers),
  }));
  reportWeights(targets, report, [...path, "targets"]);
  reportRepeated([...targets, ...fallbacks], report);
  return chain(targets, fallbacks);
}

/** Stand-ins count only where nothing else does; where no target is available the first fallback takes its place. */
function chain(targets: Entry[], fallbacks: Entry[]): RouteTargets | null {
  const isThere = ({ members }: Entry) => members.length > 0;
  const isReal = (entry: Entry) => isThere(entry) && !entry.standIn;
  const isWanted = [...targets, ...fallbacks].some(isReal) ? isReal : isThere;
  const first = targets.filter(isWanted);
  const then = fallbacks.filter(isWanted);
  const chosen = first.length > 0 ? first : then.splice(0, 1);
  return chosen.length > 0 ? { targets: spread(chosen), fallbacks: unique(then.flatMap(inOrder)) } : null;
}

/** The keys of a provider share out its weight. */
function spread(entries: Entry[]): RouteTarget[] {
  const shares = entries.flatMap(({ members, weight, model }) => {
    const sum = members.reduce((total, member) => total + member.weight, 0) || 1;
    return members.map((member) => ({ target: member.target.name, weight: (weight * member.weight) / sum, model }));
  });
  const sums = entries.map(({ members }) => members.reduce((total, { weight }) => total + weight, 0) || 1);
  return unique(toWholeNumbers(shares, sums.reduce(leastMultiple, 1)));
}

/** Plugins add weights up in 32 bits. */
const wholeWeightMax = 1_000_000;

/** Weights in the same proportions; `multiple` times each of them is a whole number. */
function toWholeNumbers(targets: RouteTarget[], multiple: number): RouteTarget[] {
  // What was written in whole numbers stays as it was written.
  if (multiple === 1) return targets;
  const highest = Math.max(...targets.map(({ weight }) => weight));
  const common = targets.reduce((divisor, { weight }) => greatestDivisor(divisor, Math.round(weight * multiple)), 0);
  const factor = Math.min(multiple / (common || 1), wholeWeightMax / (highest || 1));
  // Rounding must take nobody all of its traffic.
  return targets.map((target) => ({
    ...target,
    weight: target.weight && Math.max(1, Math.round(target.weight * factor)),
  }));
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

function leastMultiple(a: number, b: number): number {
  return (a / greatestDivisor(a, b)) * b;
}

function inOrder({ members, model }: Entry): Fallback[] {
  const byWeight = [...members].sort((a, b) => b.weight - a.weight);
  return byWeight.map(({ target }) => ({ target: target.name, model }));
}

/** A provider and one of its keys may both be named. */
function unique<T extends Fallback>(targets: T[]): T[] {
  const keys = targets.map(({ target, model }) => JSON.stringify([target, model]));
  return targets.filter((_, index) => keys.indexOf(keys[index]!) === index);
}

function reportWeights(entries: Entry[], report: Report, path: Path): void {
  if (entries.some(({ weight }) => weight > 0)) return;
  const message = "Every target has weight 0, so that none would be chosen";
  report.error(path, { message, fix: "Give at least one of them a weight above 0" });
}

/** The same target twice is no second chance; a chain that came back to one would never end. */
function reportRepeated(entries: Entry[], report: Report): void {
  entries.forEach(({ provider, model, path }, index) => {
    const earlier = entries.slice(0, index).find((other) => other.provider === provider && other.model === model);
    if (!earlier) return;
    const message = `"${provider}" is tried already, by ${report.placeOf(earlier.path)}`;
    const fix = "Remove one of the two, or give it another model";
    report.error([...path, "provider"], { message, fix });
  });
}
