// Which request headers a provider does not see, and how the originals are kept: attempts share one set of headers,
// so what one attempt has written stands there still when the next begins.
import { HeaderList, requestHeaders, Slice, Writer } from "@weir/sdk/assembly";
import { Target } from "./target";

/** The filter state that carries what `SavedHeaders` keeps from one attempt to the next. */
export const SAVED_HEADERS = Slice.of("weir.saved_headers");

const WEIR = Slice.of("x-weir-");

/** What a client authenticates with (to the gateway, not to the provider), and what would hide the answer. */
const WITHHELD: StaticArray<Slice> = [
  Slice.of("authorization"),
  Slice.of("x-api-key"),
  Slice.of("api-key"),
  Slice.of("x-goog-api-key"),
  Slice.of("proxy-authorization"),
  Slice.of("cookie"),
  Slice.of("x-amz-date"),
  Slice.of("x-amz-security-token"),
  // The client's tags, for the ledger.
  Slice.of("weir-tags"),
  // A compressed answer could not be read on its way.
  Slice.of("accept-encoding"),
  // Envoy's, for the plugins, and what it adds to a mirrored request. Who the client is, is no provider's business.
  Slice.of("x-envoy-attempt-count"),
  Slice.of("x-envoy-internal"),
  Slice.of("x-forwarded-for"),
];

/** Whether no provider is to see the header `name`. */
export function isWithheld(name: Slice): bool {
  return isOneOf(name, WITHHELD) || name.startsWith(WEIR);
}

/** What clients of one dialect say to its own provider: versions, betas, organisations. */
const DIALECT_PREFIXES: StaticArray<Slice> = [
  Slice.of("anthropic-"),
  Slice.of("openai-"),
  Slice.of("x-dashscope-"),
  Slice.of("x-goog-"),
];

/** Whether the header `name` means something to providers of one dialect only. */
export function belongsToDialect(name: Slice): bool {
  for (let i = 0; i < DIALECT_PREFIXES.length; ++i) if (name.startsWith(DIALECT_PREFIXES[i])) return true;
  return false;
}

/** Whether `name` is one of `names`. */
export function isOneOf(name: Slice, names: StaticArray<Slice>): bool {
  for (let i = 0, count = names.length; i < count; ++i) if (name.equals(names[i])) return true;
  return false;
}

/** Takes away what no provider is to see, but for what the target sets itself. */
export function withhold(headers: HeaderList, target: Target): void {
  for (let i = 0, count = WITHHELD.length; i < count; ++i) {
    if (headers.indexOf(WITHHELD[i]) >= 0) withholdOne(WITHHELD[i], target);
  }
  for (let i = 0, count = headers.length; i < count; ++i) {
    if (headers.nameStartsWith(i, WEIR)) withholdOne(headers.name(i), target);
  }
}

function withholdOne(name: Slice, target: Target): void {
  if (!target.sets(name)) requestHeaders.remove(name);
}

const WAS_PRESENT: u8 = 0x3d;
const WAS_ABSENT: u8 = 0x2d;
const ABSENT = new Writer().byte(WAS_ABSENT).take();

/** Original values of headers that were changed, by name. It travels from attempt to attempt in filter state. */
@final
export class SavedHeaders {
  private list: HeaderList;
  /** Whether something was added since it was read. */
  isChanged: bool = false;

  /** Empty, or what `toBytes` of an earlier attempt gave. */
  constructor(bytes: Slice | null) {
    this.list = bytes ? HeaderList.fromWire(bytes) : new HeaderList();
  }

  /** How many names are kept. */
  get length(): i32 {
    return this.list.length;
  }

  /** Name `i`. */
  name(i: i32): Slice {
    return this.list.name(i);
  }

  /** The original value of name `i`; null if the header was absent. */
  value(i: i32): Slice | null {
    const kept = this.list.value(i);
    return kept.at(0) == WAS_PRESENT ? kept.slice(1) : null;
  }

  /** Keeps the value that `name` has now (null: none), unless an earlier one is kept already. */
  keep(name: Slice, value: Slice | null): void {
    if (this.list.indexOf(name) >= 0) return;
    this.list.add(name, value ? new Writer(value.length + 1).byte(WAS_PRESENT).bytes(value).take() : ABSENT);
    this.isChanged = true;
  }

  /** For the next attempt. */
  toBytes(): Slice {
    return this.list.toWire();
  }
}
