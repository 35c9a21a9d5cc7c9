// What a route's targets are ranked by where not their weights decide: how busy they are, how fast, or how cheap.
import { randomNumber } from "@weir/sdk/assembly";
import { Balance, isMeasured } from "./balance";
import { mixed } from "./hash";
import { PlannedTarget } from "./planned-target";
import { usualNanos, usualPace } from "./speed";
import { Wanted } from "./wanted";

/** One request in so many goes to any target, by weight: one that has become faster is found again by it. */
const exploresOneIn: u64 = 20;

/** A tie goes to any of those that are alike: less than any difference that counts. */
const tieMax: f64 = 1e-6;

/** What has no price that is known is tried after all that has, by weight. */
const unknownPrice: f64 = 1e12;

function priceScore(price: i32): f64 {
  return price < 0 ? unknownPrice : <f64>price;
}

/** Ranks the targets of one plan. */
@final
export class Ranking {
  private readonly random: u64 = randomNumber();

  constructor(
    private readonly balance: Balance,
    private readonly wanted: Wanted,
  ) {
    wanted.explores = isMeasured(balance) && this.random % exploresOneIn == 0;
  }

  /** The lower, the better; `count` is how many requests the target has under way. */
  score(target: PlannedTarget, count: i64): f64 {
    if (!target.weight) return Infinity;
    const tie = <f64>(mixed(this.random, target.hash) >> 32) / <f64>u32.MAX_VALUE;
    const weight = <f64>target.weight;
    if (this.balance == Balance.LeastBusy) return (<f64>(count + 1) / weight) * (1 + tie * tieMax);
    if (this.balance == Balance.Cheapest) return priceScore(target.priceOf(this.wanted.model)) + tie;
    if (this.balance == Balance.Throughput) return <f64>usualPace(target, this.wanted.surface) + tie;
    return <f64>usualNanos(target, this.wanted.surface, this.wanted.isStream) + tie;
  }
}
