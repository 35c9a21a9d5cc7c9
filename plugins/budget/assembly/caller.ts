// Who calls, as key-auth has found out.
import { getProperty, requestHeaders, Slice } from "@weir/sdk/assembly";

/** What is known of a caller. */
export const enum CallerField {
  Organization = 0,
  Team = 1,
  User = 2,
  Consumer = 3,
  Key = 4,
  /** Any number of them. */
  Tag = 5,
}

const NAMES: StaticArray<string> = ["organization", "team", "user", "consumer", "key", "tag"];
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

/** What Envoy makes of `x-weir-tags`. */
export const TAGS = Slice.of("weir-tags");
const COMMA: u8 = 0x2c;

/** The caller of one request. What several budgets want to know is asked for once. */
@final
export class Caller {
  private knownTags: string[] | null = null;
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

  /** What the request is tagged with. */
  get tags(): string[] {
    const known = this.knownTags;
    if (known) return known;
    const tags: string[] = [];
    const header = requestHeaders.get(TAGS);
    if (header) for (let from = 0; from < header.length;) from = takeTag(header, from, tags);
    this.knownTags = tags;
    return tags;
  }
}

/** Adds the name that begins at `from`, without blanks around it. Gives where the next one begins. */
function takeTag(header: Slice, from: i32, tags: string[]): i32 {
  const comma = header.indexOf(COMMA, from);
  const end = comma < 0 ? header.length : comma;
  const tag = header.slice(from, end).toText().trim();
  if (tag.length && !tags.includes(tag)) tags.push(tag);
  return end + 1;
}
