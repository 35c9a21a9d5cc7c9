// Who calls, as key-auth has found out.
import { getProperty, Slice } from "@weir/sdk/assembly";

/** What is known of a caller. */
export const enum CallerField {
  Organization = 0,
  Team = 1,
  User = 2,
  Consumer = 3,
  Key = 4,
}

const NAMES: StaticArray<string> = ["organization", "team", "user", "consumer", "key"];
const STATES: StaticArray<Slice> = [
  Slice.of("weir.organization"),
  Slice.of("weir.team"),
  Slice.of("weir.user"),
  Slice.of("weir.consumer"),
  Slice.of("weir.key"),
];

/** The field that the configuration calls so; −1 for none. */
export function fieldNamed(name: Slice): i32 {
  const text = name.toText();
  for (let i = 0; i < NAMES.length; ++i) if (NAMES[i] == text) return i;
  return -1;
}

/** The caller of one request. What several budgets want to know is asked for once. */
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
