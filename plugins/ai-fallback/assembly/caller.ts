// Who calls, as a plugin in front has found out. Asked for once, and only where some route wants to know.
import { getProperty, Slice } from "@weir/sdk/assembly";
import { fitsPattern } from "@weir/dialects/surfaces/assembly/allow-list";

/** What is known of a caller. */
export const enum CallerField {
  Consumer = 0,
  Organization = 1,
  Team = 2,
}

const STATES: StaticArray<Slice> = [Slice.of("weir.consumer"), Slice.of("weir.organization"), Slice.of("weir.team")];

/** The caller of one request. */
@final
export class Caller {
  private readonly values: StaticArray<Slice | null> = new StaticArray<Slice | null>(STATES.length);

  /** The field's value; empty where there is none. */
  value(field: CallerField): Slice {
    const known = this.values[field];
    if (known) return known;
    const found = getProperty(STATES[field]);
    const value = found ? found : Slice.empty();
    this.values[field] = value;
    return value;
  }
}

/** Names, or beginnings with a star behind them, of which one must fit. */
@final
export class CallerCondition {
  constructor(
    private readonly field: CallerField,
    private readonly patterns: Slice[],
  ) {}

  /** Whether it is one of them who calls. Who is not known is none of them. */
  fits(caller: Caller): bool {
    const value = caller.value(this.field);
    if (!value.length) return false;
    for (let i = 0; i < this.patterns.length; ++i) if (fitsPattern(this.patterns[i], value)) return true;
    return false;
  }
}
