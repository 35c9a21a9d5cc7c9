// What is known of models by a provider's names of them: control/src/model/model-table.ts has made a row of each, which
// is found here as modelFacts finds it there.
import { isDigit } from "@weir/sdk/assembly/bytes/integer";
import { Slice } from "@weir/sdk/assembly/bytes/slice";

const STAR: u8 = 0x2a;
const DOT: u8 = 0x2e;
const DASH: u8 = 0x2d;
const AT: u8 = 0x40;
const MODELS = Slice.of("models/");
/** Bedrock's inference profiles. */
const REGIONS: StaticArray<Slice> = [
  Slice.of("us."),
  Slice.of("us-gov."),
  Slice.of("eu."),
  Slice.of("apac."),
  Slice.of("au."),
  Slice.of("jp."),
  Slice.of("ca."),
  Slice.of("global."),
];

/** One row: where it stands among its table's. */
@final
class Row {
  constructor(
    /** Without the star of a prefix. */
    readonly name: Slice,
    /** Whether the configuration says so itself. */
    readonly isOwn: bool,
    readonly index: i32,
  ) {}
}

/** The rows of one target. */
@final
export class ModelTable {
  private readonly exact: Map<string, Row> = new Map<string, Row>();
  private readonly prefixes: Row[] = [];
  private size: i32 = 0;

  /** Adds the row of a name, or of a prefix with its star; each row has the number of those before it. */
  add(name: Slice, isOwn: bool): void {
    const isPrefix = name.at(name.length - 1) == STAR;
    const row = new Row(isPrefix ? name.slice(0, name.length - 1) : name, isOwn, this.size++);
    if (isPrefix) this.prefixes.push(row);
    else this.exact.set(name.toText(), row);
  }

  /** The number of the row of `model`; −1 where nothing is known of it. */
  find(model: Slice): i32 {
    const plain = plainName(model);
    const exact = this.exactRow(model, plain);
    const prefix = this.longestPrefix(model, plain);
    if (!exact) return prefix ? prefix.index : -1;
    return prefix && prefix.isOwn && !exact.isOwn ? prefix.index : exact.index;
  }

  private exactRow(model: Slice, plain: Slice): Row | null {
    const undated = plain.slice(0, plain.length - dateLength(plain));
    const names: StaticArray<Slice> = [model, plain, undated];
    for (let i = 0; i < names.length; ++i) {
      const name = names[i].toText();
      if (this.exact.has(name)) return this.exact.get(name);
    }
    return null;
  }

  private longestPrefix(model: Slice, plain: Slice): Row | null {
    let best: Row | null = null;
    for (let i = 0; i < this.prefixes.length; ++i) {
      const row = this.prefixes[i];
      if (!model.startsWith(row.name) && !plain.startsWith(row.name)) continue;
      const isBetter = best ? precedes(row, best) : true;
      if (isBetter) best = row;
    }
    return best;
  }
}

function precedes(row: Row, other: Row): bool {
  return row.isOwn != other.isOwn ? row.isOwn : row.name.length > other.name.length;
}

/** Without what platforms put in front of a model's own name. */
function plainName(model: Slice): Slice {
  const name = model.startsWith(MODELS) ? model.slice(MODELS.length) : model;
  for (let i = 0; i < REGIONS.length; ++i) {
    const region = REGIONS[i];
    if (name.startsWith(region) && isVendorAt(name, region.length)) return name.slice(region.length);
  }
  return name;
}

/** Whether a word and a dot stand there. */
function isVendorAt(name: Slice, from: i32): bool {
  let at = from;
  while (at < name.length && isWord(name.at(at))) ++at;
  return at > from && name.at(at) == DOT;
}

function isWord(byte: u8): bool {
  return isDigit(byte) || <u32>(byte | 0x20) - 0x61 < 26 || byte == 0x5f;
}

/** How many bytes at the end are a whole date with its mark: `-2025-04-14`, `-20251001`, `@20251001`. */
function dateLength(name: Slice): i32 {
  const long = name.length - 11;
  if (isDateAt(name, long, 1)) return 11;
  return isDateAt(name, name.length - 9, 0) ? 9 : 0;
}

function isDateAt(name: Slice, at: i32, dash: i32): bool {
  if (at < 0 || (name.at(at) != DASH && name.at(at) != AT)) return false;
  const month = at + 5 + dash;
  const day = month + 2 + dash;
  if (dash && (name.at(month - 1) != DASH || name.at(day - 1) != DASH)) return false;
  const year = numberAt(name, at + 1, 4);
  const isDay = isBetween(numberAt(name, day, 2), 1, 31) && isBetween(numberAt(name, month, 2), 1, 12);
  return isDay && isBetween(year, 1900, 2099);
}

function isBetween(value: i32, least: i32, most: i32): bool {
  return value >= least && value <= most;
}

/** −1 where not all of it are digits. */
function numberAt(name: Slice, at: i32, count: i32): i32 {
  let value = 0;
  for (let i = at; i < at + count; ++i) {
    if (!isDigit(name.at(i))) return -1;
    value = value * 10 + (name.at(i) - 0x30);
  }
  return value;
}
