// What limits have to know of an answer's tokens. Each count is asked of the host by itself.
import { isHeld, Unit } from "./unit";

/** Each includes those before it. */
export const enum UsageWanted {
  Nothing = 0,
  Sums = 1,
  Cached = 2,
  /** The tokens of each kind. */
  Kinds = 3,
}

/** For a window of this unit. */
export function usageWantedBy(unit: Unit): UsageWanted {
  if (!isHeld(unit)) return UsageWanted.Nothing;
  if (unit == Unit.Weighted || unit == Unit.Cost) return UsageWanted.Kinds;
  return unit == Unit.Cached ? UsageWanted.Cached : UsageWanted.Sums;
}
