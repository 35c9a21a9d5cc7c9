// Messages of Envoy's RateLimitService, as far as they matter.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/service/ratelimit/v3/rls.proto
import { encodeBase64, Slice, Writer } from "@weir/sdk/assembly";
import { FieldReader, findField, writeField } from "@weir/sdk/assembly/bytes/protobuf";
import { algorithmName } from "./algorithm-name";
import { LimitWindow } from "./limit";
import { periodName } from "./period";
import { Rule } from "./rule";
import { Unit, unitName } from "./unit";
import { varintSize, writeVarint } from "./varint";

// RateLimitRequest, RateLimitDescriptor, Entry, UInt64Value.
const DOMAIN: u32 = 1;
const DESCRIPTORS: u32 = 2;
const ENTRIES: u32 = 1;

const LIMIT = Slice.of("limit");
const COUNTER = Slice.of("counter");
const WINDOW = Slice.of("window");
const MAX = Slice.of("max");
const SHADOW = Slice.of("shadow");
const LEASE = Slice.of("lease");
const TRUE = Slice.of("true");
const RESERVATION = Slice.of("reservation");
/** The lease of what is not there yet, as an entry. */
export const NEW_LEASE = entryOf(LEASE, Slice.of("new"));
const SLASH: u8 = 0x2f;
/** Field 4, a varint. */
const IS_NEGATIVE: u8 = 4 << 3;
const VALUE: u8 = 1 << 3;
/** The tag of a descriptor, and of its hits. */
const DESCRIPTOR_TAG: u8 = (2 << 3) | 2;
const HITS_TAG: u8 = (3 << 3) | 2;
// RateLimitResponse, Struct, its entry, Value, ListValue.
const METADATA: u32 = 6;
const FIELDS: u32 = 1;
const FIELD_VALUE: u32 = 2;
const STRING_VALUE: u32 = 3;
const LIST_VALUE: u32 = 6;
const LIST_VALUES: u32 = 1;

/** Behind a settlement that has been sent before. */
export const AGAIN = attempt("again");
/** Behind what has asked: it is to be as if it had not. */
export const UNDO = attempt("undo");

function attempt(name: string): Slice {
  return descriptorOf(Slice.of("attempt"), Slice.of(name));
}

/** A descriptor that is no limit's, as bytes to put behind a request. */
function descriptorOf(key: Slice, value: Slice): Slice {
  const field = new Writer(64);
  writeField(field, DESCRIPTORS, entryOf(key, value));
  return field.take();
}

/** One entry of a descriptor, as bytes to put into it. */
function entryOf(key: Slice, value: Slice): Slice {
  const entry = new Writer(key.length + value.length + 16);
  writeField(entry, 1, key);
  writeField(entry, 2, value);
  const field = new Writer(entry.length + 16);
  writeField(field, ENTRIES, entry.take());
  return field.take();
}

/** The entry of the counter with this name among its limit's; empty where there is one. */
export function counterEntry(counter: Slice): Slice {
  return counter.length ? entryOf(COUNTER, encodeBase64(counter)) : Slice.empty();
}

export function leaseEntry(lease: Slice): Slice {
  return entryOf(LEASE, lease);
}

/** A request but for its domain: a descriptor for each window of each limit. Several in a row are one too. */
@final
export class GlobalRequest {
  private readonly message: Writer = new Writer(1024);
  /** Whether it asks for nothing. */
  isEmpty: bool = true;

  /** Window number `index` of the limit; `counter` and `lease` are entries. */
  add(rule: Rule, index: i32, counter: Slice, lease: Slice, hits: i64): void {
    const head = headOf(rule, index);
    this.begin(head.length + counter.length + lease.length, hits);
    this.message.bytes(head).bytes(counter).bytes(lease);
    this.end(hits);
  }

  /** For a service that has the limits in its own configuration: what nests in what there is the order here. */
  count(rule: Rule, counter: Slice, window: LimitWindow, hits: i64): void {
    const head = new Writer(128).bytes(entryOf(LIMIT, rule.name)).bytes(entryOf(WINDOW, nameOf(window)));
    const entries = head.bytes(counterEntry(counter)).take();
    this.begin(entries.length, hits);
    this.message.bytes(entries);
    this.end(hits);
  }

  /** What it belongs to: however often it is sent, it is done once. */
  identify(reservation: Slice): void {
    this.message.bytes(descriptorOf(RESERVATION, reservation));
  }

  /** A descriptor with entries of so many bytes. */
  private begin(size: i32, hits: i64): void {
    this.message.byte(DESCRIPTOR_TAG);
    writeVarint(this.message, size + 2 + amountSize(hits) + (hits < 0 ? 2 : 0));
  }

  private end(hits: i64): void {
    this.message
      .byte(HITS_TAG)
      .byte(<u8>amountSize(hits))
      .byte(VALUE);
    writeVarint(this.message, <u64>abs(hits));
    if (hits < 0) this.message.byte(IS_NEGATIVE).byte(1);
    this.isEmpty = false;
  }

  take(): Slice {
    return this.message.take();
  }
}

/** Of a UInt64Value. */
function amountSize(hits: i64): i32 {
  return 1 + varintSize(<u64>abs(hits));
}

/** The entries of a limit's window that are the same for each request: written once. */
function headOf(rule: Rule, index: i32): Slice {
  const heads = rule.heads;
  for (let i = heads.length; i <= index; ++i) {
    const window = rule.windows.list[i];
    const head = new Writer(192).bytes(entryOf(LIMIT, rule.name)).bytes(entryOf(WINDOW, nameOf(window)));
    head.bytes(entryOf(MAX, new Writer().integer(window.limit).take()));
    if (rule.isShadow) head.bytes(entryOf(SHADOW, TRUE));
    heads.push(head.take());
  }
  return heads[index];
}

function nameOf(window: LimitWindow): Slice {
  const name = new Writer().bytes(unitName(window.unit));
  if (window.unit == Unit.Concurrent) return name.take();
  name.byte(SLASH).bytes(periodName(window.period));
  return name.byte(SLASH).bytes(algorithmName(window.algorithm)).take();
}

/** The domain, in front of a request. */
export function domainOf(domain: Slice): Slice {
  const field = new Writer(domain.length + 16);
  writeField(field, DOMAIN, domain);
  return field.take();
}

/** What the answer to one request says exactly: JSON; empty where it says nothing. */
export function exactOf(message: Slice): Slice {
  const value = metadataOf(message);
  const text = value ? findField(value, STRING_VALUE) : null;
  return text ? text : Slice.empty();
}

/** The same for each of several that were one: JSON, or the gRPC code of what could not be done. */
export function exactsOf(message: Slice): Slice[] {
  const value = metadataOf(message);
  const list = value ? findField(value, LIST_VALUE) : null;
  const texts: Slice[] = [];
  if (!list) return texts;
  const reader = new FieldReader(list);
  while (reader.next()) {
    const text = reader.number == LIST_VALUES ? findField(reader.content, STRING_VALUE) : null;
    texts.push(text ? text : Slice.empty());
  }
  return texts;
}

/** The value of the only field of its dynamic metadata. */
function metadataOf(message: Slice): Slice | null {
  const metadata = findField(message, METADATA);
  const field = metadata ? findField(metadata, FIELDS) : null;
  return field ? findField(field, FIELD_VALUE) : null;
}
