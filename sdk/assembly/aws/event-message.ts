// One message of an AWS event stream: its headers, read where they lie, and its payload. Framing is event-stream.ts's.
// https://smithy.io/2.0/aws/amazon-eventstream.html#headers
import { Fault, FaultCode } from "../bytes/fault";
import { Slice } from "../bytes/slice";

/** The type of a header's value, as the wire has it. */
export const enum EventHeaderType {
  True = 0,
  False = 1,
  Int8 = 2,
  Int16 = 3,
  Int32 = 4,
  Int64 = 5,
  Bytes = 6,
  String = 7,
  /** Milliseconds since 1970. */
  Timestamp = 8,
  Uuid = 9,
}

/** One header: its value's bytes, big-endian where it is a number. */
@final
export class EventHeader {
  constructor(
    /** Without a length; UTF-8, which is not checked. */
    readonly name: Slice,
    readonly type: EventHeaderType,
    /** Of `Bytes`, `String` and `Uuid` the value; of the others its bytes; empty for booleans. */
    readonly value: Slice,
  ) {}

  /** Whether the value is `true`. */
  get isTrue(): bool {
    return this.type == EventHeaderType.True;
  }

  /** An integer's or a timestamp's value; 0 for other types. */
  get integer(): i64 {
    const value = this.value;
    switch (this.type) {
      case EventHeaderType.Int8:
        return <i64>(<i8>value.at(0));
      case EventHeaderType.Int16:
        return <i64>(<i16>(((<u32>value.at(0)) << 8) | value.at(1)));
      case EventHeaderType.Int32:
        return <i64>(<i32>bigEndian32(value, 0));
      case EventHeaderType.Int64:
      case EventHeaderType.Timestamp:
        return ((<i64>bigEndian32(value, 0)) << 32) | bigEndian32(value, 4);
      default:
        return 0;
    }
  }

  /** A string's value; empty for other types. */
  get text(): Slice {
    return this.type == EventHeaderType.String ? this.value : Slice.empty();
  }
}

/** A message whose checksums were right. Its slices are views of `raw`. */
@final
export class EventMessage {
  constructor(
    /** The exact bytes. The `raw` of all messages, joined, is exactly the stream. */
    readonly raw: Slice,
    /** The headers as they stand on the wire. */
    readonly headers: Slice,
    readonly payload: Slice,
  ) {}

  /** The header with this name (names are case-sensitive), or null. Of duplicates the last, as AWS's own SDKs do. */
  header(name: Slice): EventHeader | null {
    let found: EventHeader | null = null;
    let header = this.headerAt(0);
    while (header) {
      if (header.name.equals(name)) found = header;
      header = this.headerAfter(header);
    }
    return found;
  }

  /** The value of the string header `name`; empty where there is none. */
  text(name: Slice): Slice {
    const header = this.header(name);
    return header ? header.text : Slice.empty();
  }

  /** The first header, or null. */
  get firstHeader(): EventHeader | null {
    return this.headerAt(0);
  }

  /** The header behind `header`, or null. */
  headerAfter(header: EventHeader): EventHeader | null {
    return this.headerAt(header.value.end - this.headers.start);
  }

  private headerAt(at: i32): EventHeader | null {
    const headers = this.headers;
    const typeAt = typeOffset(headers, at);
    if (typeAt < 0) return null;
    const type = <EventHeaderType>headers.at(typeAt);
    const size = valueSize(headers, typeAt);
    const valueAt = typeAt + 1 + (hasLength(type) ? 2 : 0);
    if (size < 0 || valueAt + size > headers.length) return null;
    return new EventHeader(headers.slice(at + 1, typeAt), type, headers.slice(valueAt, valueAt + size));
  }
}

/** Checks that headers are whole and of known types. `base` is their offset, for the fault. */
export function checkHeaders(headers: Slice, base: i32): Fault | null {
  let at = 0;
  while (at < headers.length) {
    const typeAt = typeOffset(headers, at);
    const size = typeAt < 0 ? -1 : valueSize(headers, typeAt);
    if (size < 0) return new Fault(FaultCode.InvalidFormat, base + at, "event stream header");
    at = typeAt + 1 + (hasLength(<EventHeaderType>headers.at(typeAt)) ? 2 : 0) + size;
  }
  return at > headers.length ? new Fault(FaultCode.InvalidFormat, base, "event stream header") : null;
}

/** Where the type of the header at `at` stands, or −1: there is none, or it has no name. */
function typeOffset(headers: Slice, at: i32): i32 {
  const size: i32 = headers.at(at);
  const typeAt = at + 1 + size;
  return size && typeAt < headers.length ? typeAt : -1;
}

function hasLength(type: EventHeaderType): bool {
  return type == EventHeaderType.Bytes || type == EventHeaderType.String;
}

/** The size of a value without its length, or −1 for an unknown type. */
function valueSize(headers: Slice, typeAt: i32): i32 {
  switch (<EventHeaderType>headers.at(typeAt)) {
    case EventHeaderType.True:
    case EventHeaderType.False:
      return 0;
    case EventHeaderType.Int8:
      return 1;
    case EventHeaderType.Int16:
      return 2;
    case EventHeaderType.Int32:
      return 4;
    case EventHeaderType.Int64:
    case EventHeaderType.Timestamp:
      return 8;
    case EventHeaderType.Bytes:
    case EventHeaderType.String:
      return typeAt + 2 < headers.length ? ((<i32>headers.at(typeAt + 1)) << 8) | headers.at(typeAt + 2) : -1;
    case EventHeaderType.Uuid:
      return 16;
    default:
      return -1;
  }
}

/** Four bytes, big-endian; bytes outside count as 0. */
export function bigEndian32(bytes: Slice, at: i32): u32 {
  const high = ((<u32>bytes.at(at)) << 24) | ((<u32>bytes.at(at + 1)) << 16);
  return high | ((<u32>bytes.at(at + 2)) << 8) | bytes.at(at + 3);
}
