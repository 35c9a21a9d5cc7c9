// What a request must have for a limit to be for it.
import { Regex, Slice } from "@weir/sdk/assembly";
import { Network } from "@weir/sdk/assembly/bytes/network";
import { Fact, RequestFacts } from "./request-facts";

/** How a value is compared. */
export const enum Match {
  Exact = 0,
  Prefix = 1,
  Regex = 2,
  /** Any value, each with a counter of its own. */
  Each = 3,
  Network = 4,
}

/** A condition. */
@final
export class Condition {
  constructor(
    readonly fact: Fact,
    /** Of the header, the parameter or the cookie. */
    readonly name: Slice,
    readonly match: Match,
    readonly pattern: Slice,
    readonly regex: Regex | null = null,
    readonly network: Network | null = null,
  ) {}

  /** Whether the request has it. */
  holds(facts: RequestFacts): bool {
    if (this.match == Match.Network) {
      const network = this.network;
      const address = facts.address;
      return network != null && address != null && network.holds(address);
    }
    const value = facts.get(this.fact, this.name);
    return value.length > 0 && this.fits(value);
  }

  private fits(value: Slice): bool {
    if (this.match == Match.Exact) return value.equals(this.pattern);
    if (this.match == Match.Prefix) return value.startsWith(this.pattern);
    const regex = this.regex;
    return regex ? regex.match(value) != null : true;
  }
}
