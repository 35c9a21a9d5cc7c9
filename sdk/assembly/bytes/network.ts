// Networks (`10.0.0.0/8`, `2001:db8::/32`) and whether an address is in one. IPv4 addresses are compared as the IPv6
// addresses they are mapped to, so that it does not matter in which form Envoy tells them. RFC 4291 §2.2, RFC 4632.
import { parseInteger } from "./integer";
import { Slice } from "./slice";
import { hexDigit } from "./hex";

const SLASH: u8 = 0x2f;
const COLON: u8 = 0x3a;
const DOT: u8 = 0x2e;
const OPENING_BRACKET: u8 = 0x5b;
const CLOSING_BRACKET: u8 = 0x5d;
/** 16 bits each. */
const GROUPS: i32 = 8;
const IPV4_BITS: i32 = 96;
const MAPPED: u32 = 0xffff;

/** An address: eight groups of 16 bits. */
@final
export class Address {
  readonly groups: StaticArray<u16> = new StaticArray<u16>(GROUPS);

  /** Reads an address without port. Null for anything else. */
  static parse(text: Slice): Address | null {
    const address = new Address();
    const isRead = text.indexOf(COLON) < 0 ? address.readMapped(text) : address.readGroups(text);
    return isRead ? address : null;
  }

  /** Reads what Envoy has as `source.address`: `192.0.2.7:4711`, `[2001:db8::7]:4711`. */
  static ofPeer(text: Slice): Address | null {
    if (text.at(0) == OPENING_BRACKET) return Address.parse(text.slice(1, text.lastIndexOf(CLOSING_BRACKET)));
    const colon = text.lastIndexOf(COLON);
    return Address.parse(colon < 0 ? text : text.slice(0, colon));
  }

  private readMapped(text: Slice): bool {
    this.groups[5] = <u16>MAPPED;
    return this.readDotted(text, GROUPS - 2);
  }

  /** The four numbers of an IPv4 address, as two groups from `index` on. */
  private readDotted(text: Slice, index: i32): bool {
    let from = 0;
    for (let i = 0; i < 4; ++i) {
      const dot = text.indexOf(DOT, from);
      const part = text.slice(from, i < 3 && dot >= 0 ? dot : text.length);
      const number = part.length > 0 && part.length <= 3 ? parseInteger(part, -1) : -1;
      if (number < 0 || number > 255 || (i < 3 && dot < 0)) return false;
      const at = index + (i >> 1);
      this.groups[at] = <u16>(((<u32>this.groups[at]) << 8) | <u32>number);
      from = dot + 1;
    }
    return true;
  }

  /** Groups between colons; `::` stands for as many of zeros as are missing. */
  private readGroups(text: Slice): bool {
    let gap = -1;
    let count = 0;
    let from = 0;
    if (text.at(0) == COLON) {
      if (text.at(1) != COLON) return false;
      from = 1;
    }
    while (from < text.length) {
      if (text.at(from) == COLON) {
        if (gap >= 0) return false;
        gap = count;
        ++from;
        continue;
      }
      const colon = text.indexOf(COLON, from);
      const part = text.slice(from, colon < 0 ? text.length : colon);
      const size = this.readGroup(part, count, colon < 0);
      if (!size) return false;
      count += size;
      from += part.length + 1;
      // A colon with nothing behind it is no separator.
      if (colon == text.length - 1) return false;
    }
    return this.spread(gap, count);
  }

  /** How many groups `part` comes to; 0 where it is none. */
  private readGroup(part: Slice, index: i32, isLast: bool): i32 {
    if (isLast && part.indexOf(DOT) >= 0) return index <= GROUPS - 2 && this.readDotted(part, index) ? 2 : 0;
    if (index >= GROUPS || part.length > 4) return 0;
    let value: u32 = 0;
    for (let i = 0; i < part.length; ++i) {
      const digit = hexDigit(part.at(i));
      if (digit < 0) return 0;
      value = (value << 4) | <u32>digit;
    }
    this.groups[index] = <u16>value;
    return 1;
  }

  /** Moves what stands behind the gap to the end. */
  private spread(gap: i32, count: i32): bool {
    if (gap < 0) return count == GROUPS;
    if (count >= GROUPS) return false;
    for (let i = count - 1; i >= gap; --i) {
      this.groups[GROUPS - count + i] = this.groups[i];
      this.groups[i] = 0;
    }
    return true;
  }
}

/** Addresses that begin with the same bits. */
@final
export class Network {
  private constructor(
    private readonly address: Address,
    private readonly bits: i32,
  ) {}

  /** Reads a network, or a single address. Null for anything else. */
  static parse(text: Slice): Network | null {
    const slash = text.indexOf(SLASH);
    const bare = slash < 0 ? text : text.slice(0, slash);
    const address = Address.parse(bare);
    if (!address) return null;
    const offset = bare.indexOf(COLON) < 0 ? IPV4_BITS : 0;
    const bits = slash < 0 ? GROUPS * 16 - offset : parseInteger(text.slice(slash + 1), -1);
    return bits < 0 || bits > GROUPS * 16 - offset ? null : new Network(address, <i32>bits + offset);
  }

  /** Whether `address` is in it. */
  holds(address: Address): bool {
    for (let i = 0, left = this.bits; left > 0; ++i, left -= 16) {
      const difference = <u32>(this.address.groups[i] ^ address.groups[i]);
      if (difference >> max(16 - left, 0)) return false;
    }
    return true;
  }
}
