// What tokens cost: pico-dollars a token, sums in nano-dollars, as control/src/model/price.ts has it. Both keep to the
// cases of fixtures/costs.json.
import { Usage } from "@weir/dialects/hub/assembly/usage";

const PICOS_PER_NANO: i64 = 1000;
/** Every sum of two stays below 2⁶³, and whole in a double. */
export const COST_MAX: i64 = 9_000_000_000_000_000;

/** Prices of each kind of token. */
@final
export class TokenPrices {
  input: i64 = 0;
  output: i64 = 0;
  cacheRead: i64 = 0;
  cacheWrite: i64 = 0;
  cacheWriteHour: i64 = 0;
  reasoning: i64 = 0;
  audioInput: i64 = 0;
  audioOutput: i64 = 0;

  /** They hold for a request with more input than this. */
  aboveInputTokens: i64 = -1;
}

/** What is left of a whole when its parts are taken out of it. */
@final
class Rest {
  constructor(private left: i64) {}

  /** Takes a part, as far as it goes. */
  take(part: i64): i64 {
    const taken = min(max<i64>(part, 0), this.left);
    this.left -= taken;
    return taken;
  }

  get all(): i64 {
    return this.left;
  }
}

/** The price of one model. */
@final
export class Price {
  /** The first has no bound; those of larger requests follow, ascending. */
  readonly tiers: TokenPrices[] = [];

  /** What `usage` costs, rounded once, half up. */
  cost(usage: Usage): i64 {
    const input = max<i64>(0, usage.inputTokens);
    const prices = this.pricesFor(input);
    const written = max<i64>(0, usage.cacheWriteTokens);
    const hour = min(max<i64>(0, usage.cacheWriteHourTokens), written);
    const inputs = new Rest(input);
    const read = inputs.take(usage.cachedTokens);
    const wrote = inputs.take(written);
    const keptHour = min(hour, wrote);
    const heard = inputs.take(usage.audioInputTokens);
    const outputs = new Rest(max<i64>(0, usage.outputTokens));
    const thought = outputs.take(usage.reasoningTokens);
    const spoke = outputs.take(usage.audioOutputTokens);
    const sum = new PicoSum();
    sum.add(inputs.all, prices.input);
    sum.add(read, prices.cacheRead);
    sum.add(wrote - keptHour, prices.cacheWrite);
    sum.add(keptHour, prices.cacheWriteHour);
    sum.add(heard, prices.audioInput);
    sum.add(outputs.all, prices.output);
    sum.add(thought, prices.reasoning);
    sum.add(spoke, prices.audioOutput);
    return sum.nanos;
  }

  private pricesFor(inputTokens: i64): TokenPrices {
    let prices = this.tiers[0];
    for (let i = 1; i < this.tiers.length; ++i) {
      if (inputTokens > this.tiers[i].aboveInputTokens) prices = this.tiers[i];
    }
    return prices;
  }
}

/** A sum that does not overflow: what is larger than any limit is as large as the largest. */
@final
class PicoSum {
  private picos: i64 = 0;
  private rough: f64 = 0;

  add(count: i64, price: i64): void {
    this.rough += <f64>count * <f64>price;
    if (!this.isBeyond) this.picos += count * price;
  }

  private get isBeyond(): bool {
    return this.rough >= <f64>COST_MAX * <f64>PICOS_PER_NANO;
  }

  get nanos(): i64 {
    return this.isBeyond ? COST_MAX : (this.picos + PICOS_PER_NANO / 2) / PICOS_PER_NANO;
  }
}
