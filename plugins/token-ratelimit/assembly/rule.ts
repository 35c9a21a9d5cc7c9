// A limit as configured: what it is for, what it allows, and where its counters are.
import { Slice, Writer } from "@weir/sdk/assembly";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { Condition, Match } from "./condition";
import { LimitWindows } from "./limit";
import { Price } from "./price";
import { counterName, Fact, RequestFacts } from "./request-facts";
import { SHARDS, Shards, shardsOf } from "./shards";
import { TokenWeights } from "./token-weights";
import { Amounts, Unit } from "./unit";

/** What becomes of a request whose limit the service that counts cannot be asked about. */
export const enum StoreFailure {
  /** It is counted by this Envoy alone. */
  Local,
  /** It is let through, and not counted. */
  Open,
  /** It is refused. */
  Closed,
}

/** One of the configuration's limits. */
@final
export class Rule {
  readonly conditions: Condition[] = [];
  readonly windows: LimitWindows = new LimitWindows();
  readonly weights: TokenWeights = new TokenWeights();
  /** −1 for none. */
  outputTokensMax: i64 = -1;
  /** Whether it only counts. */
  isShadow: bool = false;
  onStoreFailure: StoreFailure = StoreFailure.Local;
  /** Whether it lets nothing through whose price is not known. */
  refusesUnpriced: bool = false;
  /** What is asked in place of the model, where a request does not fit; empty where it is refused. */
  cheaper: Slice = Slice.empty();
  /** What global-message.ts has written of each window. */
  readonly heads: Slice[] = [];
  private shardsMade: Shards | null = null;

  constructor(readonly name: Slice) {}

  /** Where its counters are. */
  get shards(): Shards {
    const made = this.shardsMade;
    if (made) return made;
    const shards = shardsOf(this.name, this.hasEach ? SHARDS : 1);
    this.shardsMade = shards;
    return shards;
  }

  private get hasEach(): bool {
    for (let i = 0; i < this.conditions.length; ++i) if (this.conditions[i].match == Match.Each) return true;
    return false;
  }

  /** Whether it matters for it what a request has of this. */
  goesBy(fact: Fact): bool {
    for (let i = 0; i < this.conditions.length; ++i) if (this.conditions[i].fact == fact) return true;
    return false;
  }

  /** Whether it is for the request. */
  holds(facts: RequestFacts): bool {
    for (let i = 0; i < this.conditions.length; ++i) if (!this.conditions[i].holds(facts)) return false;
    return true;
  }

  /** What the request's counter is called among the limit's: the values that have counters of their own. */
  counterName(facts: RequestFacts): Slice {
    if (!this.hasEach) return Slice.empty();
    const writer = new Writer(64);
    for (let i = 0; i < this.conditions.length; ++i) {
      const condition = this.conditions[i];
      if (condition.match != Match.Each) continue;
      if (writer.length) writer.byte(0);
      writer.bytes(counterName(facts.get(condition.fact, condition.name)));
    }
    return writer.take();
  }

  get countsCost(): bool {
    return this.windows.counts(Unit.Cost);
  }

  /** What so many tokens are in each unit. At an unknown price they cost nothing that could be counted. */
  amountsOf(usage: Usage, price: Price | null): Amounts {
    const amounts = new Amounts();
    const input = max<i64>(0, usage.inputTokens);
    const output = max<i64>(0, usage.outputTokens);
    amounts.set(Unit.Requests, 1);
    amounts.set(Unit.Concurrent, 1);
    amounts.set(Unit.Input, input);
    amounts.set(Unit.Output, output);
    amounts.set(Unit.Total, input + output);
    amounts.set(Unit.Cached, max<i64>(0, usage.cachedTokens));
    if (this.windows.counts(Unit.Weighted)) amounts.set(Unit.Weighted, this.weights.sum(usage));
    if (price && this.countsCost) amounts.set(Unit.Cost, price.cost(usage));
    return amounts;
  }
}
