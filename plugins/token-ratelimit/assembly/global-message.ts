// Messages of Envoy's RateLimitService, as far as they matter.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/service/ratelimit/v3/rls.proto
import { encodeBase64, isUtf8, JsonKind, JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { findField, writeField } from "@weir/sdk/assembly/bytes/protobuf";
import { algorithmName } from "./algorithm-name";
import { LimitWindow } from "./limit";
import { periodName } from "./period";
import { Rule } from "./rule";
import { Unit, unitName } from "./unit";
import { writeVarint } from "./varint";

const LIMIT = Slice.of("limit");
const COUNTER = Slice.of("counter");
const WINDOW = Slice.of("window");
const MAX = Slice.of("max");
const SHADOW = Slice.of("shadow");
const LEASE = Slice.of("lease");
const TRUE = Slice.of("true");
const RESERVATION = Slice.of("reservation");
/** The lease of what is not there yet. */
export const NEW_LEASE = Slice.of("new");
const SLASH: u8 = 0x2f;
// RateLimitRequest, RateLimitDescriptor, Entry, UInt64Value.
const DOMAIN: u32 = 1;
const DESCRIPTORS: u32 = 2;
const ENTRIES: u32 = 1;
const HITS: u32 = 3;
/** Field 4, a varint. */
const IS_NEGATIVE: u8 = 4 << 3;
const VALUE: u8 = 1 << 3;
// RateLimitResponse, Struct, its entry, Value.
const METADATA: u32 = 6;
const FIELDS: u32 = 1;
const FIELD_VALUE: u32 = 2;
const STRING_VALUE: u32 = 3;

/** Behind a settlement that has been sent before. */
export const AGAIN = attempt("again");
/** Behind what has asked: it is to be as if it had not. */
export const UNDO = attempt("undo");

function attempt(name: string): Slice {
  return descriptorOf(Slice.of("attempt"), Slice.of(name));
}

/** A descriptor that is no limit's, as bytes to put behind a request. */
function descriptorOf(key: Slice, value: Slice): Slice {
  const descriptor = new Writer(64);
  addEntry(descriptor, key, value);
  const field = new Writer(64);
  writeField(field, DESCRIPTORS, descriptor.take());
  return field.take();
}

/** A request that is written, one descriptor for each window of each limit. */
@final
export class GlobalRequest {
  private readonly message: Writer = new Writer(512);
  /** Whether it asks for nothing. */
  isEmpty: bool = true;

  constructor(domain: Slice) {
    writeField(this.message, DOMAIN, domain);
  }

  /** `counter` is the counter's name among the limit's. */
  add(rule: Rule, counter: Slice, window: LimitWindow, lease: Slice, hits: i64): void {
    const descriptor = new Writer(192);
    addEntry(descriptor, LIMIT, rule.name);
    if (counter.length) addEntry(descriptor, COUNTER, encodeBase64(counter));
    addEntry(descriptor, WINDOW, nameOf(window));
    addEntry(descriptor, MAX, new Writer().integer(window.limit).take());
    if (rule.isShadow) addEntry(descriptor, SHADOW, TRUE);
    addEntry(descriptor, LEASE, lease);
    this.addHits(descriptor, hits);
  }

  /** For a service that has the limits in its own configuration: what nests in what there is the order here. */
  count(rule: Rule, counter: Slice, window: LimitWindow, hits: i64): void {
    const descriptor = new Writer(128);
    addEntry(descriptor, LIMIT, rule.name);
    addEntry(descriptor, WINDOW, nameOf(window));
    if (counter.length) addEntry(descriptor, COUNTER, encodeBase64(counter));
    this.addHits(descriptor, hits);
  }

  /** What it belongs to: however often it is sent, it is done once. */
  identify(reservation: Slice): void {
    this.message.bytes(descriptorOf(RESERVATION, reservation));
  }

  private addHits(descriptor: Writer, hits: i64): void {
    const amount = new Writer().byte(VALUE);
    writeVarint(amount, <u64>abs(hits));
    writeField(descriptor, HITS, amount.take());
    if (hits < 0) descriptor.byte(IS_NEGATIVE).byte(1);
    writeField(this.message, DESCRIPTORS, descriptor.take());
    this.isEmpty = false;
  }

  take(): Slice {
    return this.message.take();
  }
}

function addEntry(descriptor: Writer, key: Slice, value: Slice): void {
  const entry = new Writer();
  writeField(entry, 1, key);
  writeField(entry, 2, value);
  writeField(descriptor, ENTRIES, entry.take());
}

function nameOf(window: LimitWindow): Slice {
  const name = new Writer().bytes(unitName(window.unit));
  if (window.unit == Unit.Concurrent) return name.take();
  name.byte(SLASH).bytes(periodName(window.period));
  return name.byte(SLASH).bytes(algorithmName(window.algorithm)).take();
}

/** What the answer says of each counter, as a JSON list in `tape`; −1 where it does not. */
export function readRows(message: Slice, tape: JsonTape): i32 {
  const metadata = findField(message, METADATA);
  const field = metadata ? findField(metadata, FIELDS) : null;
  const value = field ? findField(field, FIELD_VALUE) : null;
  const text = value ? findField(value, STRING_VALUE) : null;
  if (!text || !isUtf8(text) || tape.scan(text)) return -1;
  return tape.kind(tape.root) == JsonKind.Array ? tape.root : -1;
}
