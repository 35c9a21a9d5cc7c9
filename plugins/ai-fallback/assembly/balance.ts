// Which of a route's targets a request goes to first.
import { randomNumber } from "@weir/sdk/assembly";
import { mixed } from "./hash";
import { PlannedTarget } from "./planned-target";

/** How requests without affinity are spread. */
export const enum Balance {
  /** At random, by weight. */
  Weighted = 0,
  /** In turn, each as often as its weight says. A worker counts for itself. */
  RoundRobin = 1,
  /** To the one with the fewest requests under way, by weight. From here on the others are ranked alike. */
  LeastBusy = 2,
  /** To the one whose first token comes soonest. */
  Fastest = 3,
  /** To the one with the lowest price for the model. */
  Cheapest = 4,
  /** To the one whose tokens come fastest. No route has it: a request wishes for it. */
  Throughput = 5,
}

/** Whether it goes by how fast targets have been. */
export function isMeasured(balance: Balance): bool {
  return balance == Balance.Fastest || balance == Balance.Throughput;
}

const HIGHEST_FRACTION: f64 = 9007199254740992.0;

/** One of `candidates`, of which there is at least one, each with a weight above 0: at random. */
export function chooseWeighted(candidates: PlannedTarget[]): PlannedTarget {
  let rest = <i64>(randomNumber() % <u64>totalWeight(candidates));
  let i = 0;
  while (i + 1 < candidates.length && rest >= candidates[i].weight) rest -= candidates[i++].weight;
  return candidates[i];
}

/**
 * As `chooseWeighted`, the same one for the same key as long as it is there (rendezvous hashing): where a target comes
 * or goes, or its weight changes, only as many keys move as must.
 * https://www.snia.org/sites/default/files/SDC15_presentations/dist_sys/Jason_Resch_New_Consistent_Hashings_Rev.pdf
 */
export function chooseByKey(candidates: PlannedTarget[], key: u64): PlannedTarget {
  let best = 0;
  let bestScore: f64 = -1;
  for (let i = 0; i < candidates.length; ++i) {
    const fraction = (<f64>(mixed(key, candidates[i].hash) >> 11) + 0.5) / HIGHEST_FRACTION;
    const score = <f64>candidates[i].weight / -Math.log(fraction);
    if (score <= bestScore) continue;
    best = i;
    bestScore = score;
  }
  return candidates[best];
}

function totalWeight(candidates: PlannedTarget[]): i64 {
  let total: i64 = 0;
  for (let i = 0; i < candidates.length; ++i) total += candidates[i].weight;
  return total;
}

/** Takes turns: each time, the target that is furthest behind its share (smooth weighted round robin). */
@final
export class Turns {
  private readonly all: PlannedTarget[] = [];
  private readonly credits: i64[] = [];

  /** As `chooseWeighted`. Those that are left out for a while do not make up for it later. */
  choose(candidates: PlannedTarget[]): PlannedTarget {
    let best = 0;
    let bestPlace = 0;
    for (let i = 0; i < candidates.length; ++i) {
      const place = this.placeOf(candidates[i]);
      this.credits[place] += candidates[i].weight;
      if (i > 0 && this.credits[place] <= this.credits[bestPlace]) continue;
      best = i;
      bestPlace = place;
    }
    this.credits[bestPlace] -= totalWeight(candidates);
    return candidates[best];
  }

  private placeOf(target: PlannedTarget): i32 {
    const known = this.all.indexOf(target);
    if (known >= 0) return known;
    this.all.push(target);
    this.credits.push(0);
    return this.all.length - 1;
  }
}
