// Whether a request fits into all limits that are for it. What it takes of each is set aside, or of none: where one
// refuses it, those before it get back what they gave.
import { nowMs, Slice } from "@weir/sdk/assembly";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { Reservation } from "./counter";
import { Exceeded } from "./exceeded";
import { Price } from "./price";
import { RateHeaders } from "./rate-headers";
import { RequestAmounts } from "./request-amounts";
import { RequestFacts } from "./request-facts";
import { Rule } from "./rule";
import { Transaction } from "./store";
import { Amounts, Unit, UNIT_COUNT } from "./unit";
import { UsageWanted } from "./usage-wanted";

/** What a request has set aside by one limit. */
@final
class Held {
  constructor(
    readonly rule: Rule,
    readonly name: Slice,
    readonly reservation: Reservation,
  ) {}
}

/** What one request has set aside, from when it is let through until it is over. */
@final
export class Admission {
  /** The limits that have refused it, or would have. */
  fired: Slice[] = [];
  /** Why it is refused; null where it is let through. */
  exceeded: Exceeded | null = null;
  /** The limit by which it is. */
  refusing: Rule | null = null;
  /** The bound on the tokens of each answer; −1 for none. */
  outputTokensMax: i64 = -1;
  /** Whether the bound is a limit's, and lower than what the request says. */
  isBound: bool = false;
  /** Of the model at the target that is tried first; null where it is not known. */
  price: Price | null = null;
  readonly headers: RateHeaders = new RateHeaders();
  private readonly held: Held[] = [];
  /** The limits that are for the request. */
  readonly rules: Rule[] = [];

  /** The counters of a service without reservations that have counted the request already. */
  counted: Slice[] = [];

  /** Asks no limit so far. */
  constructor(
    rules: Rule[],
    private readonly facts: RequestFacts,
    private readonly request: RequestAmounts,
  ) {
    for (let i = 0; i < rules.length; ++i) if (rules[i].holds(facts)) this.rules.push(rules[i]);
    this.findBound();
  }

  /** Asks `rules`, as this Envoy counts them. Refused, it has set nothing aside. */
  reserveHere(rules: Rule[]): void {
    if (!rules.length) return;
    const now = <i64>nowMs();
    for (let i = 0; i < rules.length && !this.exceeded; ++i) this.reserve(rules[i], now);
    if (this.exceeded) this.release(now);
  }

  /** What the request takes of a limit at the most, at least 1 of each unit. */
  askedOf(rule: Rule): Amounts {
    const usage = this.estimate();
    const asked = rule.amountsOf(usage, this.price);
    // All of the prompt may come from a cache.
    asked.set(Unit.Cached, usage.inputTokens);
    for (let unit = 0; unit < UNIT_COUNT; ++unit) asked.set(unit, max<i64>(1, asked.get(unit)));
    return asked;
  }

  counterName(rule: Rule): Slice {
    return rule.counterName(this.facts);
  }

  /** The request does not fit into a limit. */
  refuse(rule: Rule, exceeded: Exceeded): void {
    this.fired.push(rule.name);
    if (rule.isShadow || this.exceeded) return;
    this.exceeded = exceeded;
    this.refusing = rule;
  }

  /** Whether any limit is for the request. */
  get isLimited(): bool {
    return this.rules.length > 0;
  }

  /** What they have to know of what the answer has used. */
  get usageWanted(): UsageWanted {
    let wanted: UsageWanted = UsageWanted.Nothing;
    for (let i = 0; i < this.rules.length; ++i) wanted = max(wanted, this.rules[i].windows.usageWanted);
    return wanted;
  }

  /** Whether any of them counts tokens. */
  get countsTokens(): bool {
    for (let i = 0; i < this.rules.length; ++i) {
      if (this.rules[i].windows.countsTokens) return true;
    }
    return false;
  }

  /** The limits that count what tokens cost. */
  get costRules(): Rule[] {
    const found: Rule[] = [];
    for (let i = 0; i < this.rules.length; ++i) if (this.rules[i].countsCost) found.push(this.rules[i]);
    return found;
  }

  /** The lowest of the limits' bounds and the request's. */
  private findBound(): void {
    this.outputTokensMax = this.request.outputTokensMax;
    if (!this.request.isChat) return;
    for (let i = 0; i < this.rules.length; ++i) {
      const bound = this.rules[i].outputTokensMax;
      if (bound < 0 || this.rules[i].isShadow) continue;
      if (this.outputTokensMax >= 0 && this.outputTokensMax <= bound) continue;
      this.outputTokensMax = bound;
      this.isBound = true;
    }
  }

  private estimate(): Usage {
    const request = this.request;
    const usage = new Usage();
    const each = this.outputTokensMax >= 0 ? this.outputTokensMax : request.outputUsual;
    usage.inputTokens = request.inputTokens;
    usage.outputTokens = each * request.answers;
    return usage;
  }

  /** What the request may use, in tokens. */
  get reservedTokens(): i64 {
    const usage = this.estimate();
    return usage.inputTokens + usage.outputTokens;
  }

  private reserve(rule: Rule, now: i64): void {
    const asked = this.askedOf(rule);
    const name = this.counterName(rule);
    const change = new Transaction(rule.shards, name, now);
    let reservation: Reservation | null = null;
    let full: Exceeded | null = null;
    do {
      change.load();
      const counter = change.counter;
      rule.windows.advance(counter, now);
      full = this.fullOf(rule, change, asked);
      if (full && !rule.isShadow) {
        if (!counter.isSetBack) break;
      } else reservation = rule.windows.take(counter, asked);
    } while (!change.commit());
    if (!rule.isShadow) this.headers.see(rule.windows, change.counter);
    if (full) this.refuse(rule, full);
    if ((!full || rule.isShadow) && reservation && !change.isGivenUp) this.held.push(new Held(rule, name, reservation));
  }

  private fullOf(rule: Rule, change: Transaction, asked: Amounts): Exceeded | null {
    const counter = change.counter;
    const window = rule.windows.full(counter, asked);
    if (!window) return null;
    const waitMs = rule.windows.waitMs(counter, asked);
    return new Exceeded(rule.name, window, asked, window.remaining(counter), waitMs);
  }

  /** Gives everything back, as if the request had never been. */
  private release(now: i64): void {
    for (let i = 0; i < this.held.length; ++i) settle(this.held[i], new Amounts(), 0, now);
    this.held.length = 0;
  }

  /** The request is over, and has used so much at this price. */
  settle(usage: Usage, price: Price | null): void {
    if (!this.held.length) return;
    const now = <i64>nowMs();
    for (let i = 0; i < this.held.length; ++i) {
      settle(this.held[i], this.held[i].rule.amountsOf(usage, price), 1, now);
    }
    this.held.length = 0;
  }
}

function settle(held: Held, real: Amounts, requests: i64, now: i64): void {
  const windows = held.rule.windows;
  const change = new Transaction(held.rule.shards, held.name, now);
  do {
    change.load();
    windows.advance(change.counter, now);
    windows.settle(change.counter, held.reservation, real, requests);
  } while (!change.commit());
}
