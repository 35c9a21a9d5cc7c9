// JsonTape: one pass over a JSON text that checks all of it and notes where every value lies. Nothing is copied:
// nodes are spans over the source. The grammar inside a value is scan.ts's, editing is edit.ts's.
import { Fault, FaultCode } from "../bytes/fault";
import { allocate, sameBytes } from "../bytes/memory";
import { isDigit, isInteger, parseInteger, toInteger } from "../bytes/integer";
import { parseNumber } from "../bytes/number-parse";
import { Slice } from "../bytes/slice";
import { findMalformed } from "../bytes/utf8-check";
import {
  beginScan,
  fail,
  failAt,
  frame,
  JSON_DEPTH_MAX,
  sawEscape,
  sawHighBits,
  setFrame,
  skipBlank,
  skipNumber,
  skipString,
  skipWord,
  takeFault,
} from "./scan";
import { unescape } from "./unescape";

/** How many values a tape records: 20 MiB of nodes. Texts with more need a smaller `recordDepth`. */
export const JSON_NODES_MAX: i32 = 1 << 20;

/** What a value is. */
export const enum JsonKind {
  Object = 0,
  Array = 1,
  String = 2,
  Number = 3,
  True = 4,
  False = 5,
  Null = 6,
  /** There is no such node. */
  Missing = 7,
}

// A node is five u32: start, end, start and end of the key's content (0 where there is none), then the flags with
// the next sibling's index (0 where there is none).
const NODE_SIZE: u32 = 20;
// The first buffer of nodes has one for each 64 bytes of text, as in conversations, within these bounds.
const NODES_FIRST_MIN: u32 = 32;
const NODES_FIRST_MAX: u32 = 1024;
const LINK_MASK: u32 = 0xffffff;
const KIND_SHIFT: u32 = 24;
const ESCAPED: u32 = 1 << 27;
const KEY_ESCAPED: u32 = 1 << 28;
const FILLED: u32 = 1 << 29;
const SKIPPED: u32 = 1 << 30;

// An open container is its node's index (NO_NODE where it is not recorded) and whether it is an object.
const NO_NODE: u32 = 0xffffff;
const IS_OBJECT: u32 = 1 << 31;

const NO_NODES = new ArrayBuffer(0);

// The words as four little-endian bytes; `false` without its first letter.
const TRUE: u32 = 0x65757274;
const ALSE: u32 = 0x65736c61;
const NULL: u32 = 0x6c6c756e;

/**
 * A JSON text (RFC 8259, strict: well-formed UTF-8, nothing after the value) as a table of spans. A node is an
 * index into it: the root is 0, and −1 is a node that is missing, which every accessor accepts. Offsets count from
 * the start of the source. One tape may scan any number of texts, one after the other; nodes of an earlier one are
 * void.
 */
@final
export class JsonTape {
  private source: Slice = Slice.empty();
  private nodes: ArrayBuffer = NO_NODES;
  private count: u32 = 0;
  // The state of a running scan: the source's address, how many containers are open, whether a value must follow,
  // the node just finished, and the key read for the next one.
  private base: usize = 0;
  private depth: i32 = 0;
  private expecting: bool = true;
  private last: u32 = NO_NODE;
  private keyStart: u32 = 0;
  private keyEnd: u32 = 0;
  private keyFlags: u32 = 0;

  /**
   * Values nested in more than `recordDepth` containers are checked, not recorded: a container at that depth looks
   * empty. 1 keeps the root's members, 2 their members too. It saves memory on texts with very many values.
   */
  constructor(readonly recordDepth: i32 = JSON_DEPTH_MAX) {}

  /** Reads `source`. On a fault the tape is empty. The source is kept: it must not change while nodes are read. */
  scan(source: Slice): Fault | null {
    this.source = source;
    this.count = 0;
    this.depth = 0;
    this.expecting = true;
    this.last = NO_NODE;
    this.clearKey();
    beginScan();
    const base = source.pointer;
    this.base = base;
    if (this.scanText(base, base + source.length)) return null;
    this.clear();
    return takeFault(base);
  }

  /** Forgets the text, so that a tape that is kept does not keep a large body alive. */
  clear(): void {
    this.count = 0;
    this.source = Slice.empty();
  }

  private scanText(from: usize, end: usize): bool {
    let at = from;
    do at = this.expecting ? this.scanValue(at, end) : this.scanSeparator(at, end);
    while (at && (this.expecting || this.depth));
    if (!at) return false;
    at = skipBlank(at, end);
    if (at < end) return !!fail(FaultCode.TrailingBytes, at);
    if (!sawHighBits()) return true;
    // Outside strings only ASCII is grammatical, so one look at the whole text is enough.
    const malformed = findMalformed(from, end);
    return malformed == end || !!fail(FaultCode.InvalidUtf8, malformed);
  }

  /** A scalar, or a container's opening up to where its first value is expected. */
  private scanValue(from: usize, end: usize): usize {
    const at = skipBlank(from, end);
    if (at >= end) return fail(FaultCode.UnexpectedEnd, end);
    this.expecting = false;
    switch (load<u8>(at)) {
      case 0x22: {
        const behind = skipString(at + 1, end);
        return this.addScalar(stringFlags(), at, behind);
      }
      case 0x7b:
        return this.openContainer(JsonKind.Object, at, end);
      case 0x5b:
        return this.openContainer(JsonKind.Array, at, end);
      case 0x74:
        return this.addScalar(JsonKind.True << KIND_SHIFT, at, skipWord(at, end, TRUE));
      case 0x66:
        return this.addScalar(JsonKind.False << KIND_SHIFT, at, skipWord(at + 1, end, ALSE));
      case 0x6e:
        return this.addScalar(JsonKind.Null << KIND_SHIFT, at, skipWord(at, end, NULL));
      default:
        if (!startsNumber(load<u8>(at))) return fail(FaultCode.UnexpectedByte, at);
        return this.addScalar(JsonKind.Number << KIND_SHIFT, at, skipNumber(at, end));
    }
  }

  /** What follows a finished value in a container: a comma (with the next key in an object) or the container's end. */
  private scanSeparator(from: usize, end: usize): usize {
    const at = skipBlank(from, end);
    if (at >= end) return fail(FaultCode.UnexpectedEnd, end);
    const isObject = (frame(this.depth - 1) & IS_OBJECT) != 0;
    const byte = load<u8>(at);
    if (byte == closingByte(isObject)) return this.closeContainer(at);
    if (byte != 0x2c) return fail(FaultCode.UnexpectedByte, at);
    if (this.last != NO_NODE) this.addFlags(this.last, this.count);
    if (isObject) return this.scanKey(at + 1, end);
    this.expecting = true;
    return at + 1;
  }

  private scanKey(from: usize, end: usize): usize {
    const at = skipBlank(from, end);
    if (at >= end || load<u8>(at) != 0x22) return failAt(at, end);
    const behind = skipString(at + 1, end);
    if (!behind) return 0;
    this.keyStart = <u32>(at + 1 - this.base);
    this.keyEnd = <u32>(behind - 1 - this.base);
    this.keyFlags = sawEscape() ? KEY_ESCAPED : 0;
    const colon = skipBlank(behind, end);
    if (colon >= end || load<u8>(colon) != 0x3a) return failAt(colon, end);
    this.expecting = true;
    return colon + 1;
  }

  private openContainer(kind: JsonKind, at: usize, end: usize): usize {
    if (this.depth == JSON_DEPTH_MAX) return fail(FaultCode.TooDeep, at);
    if (!this.addNode(kind << KIND_SHIFT, at, at + 1)) return 0;
    const isObject = kind == JsonKind.Object;
    setFrame(this.depth++, this.last | (isObject ? IS_OBJECT : 0));
    const next = skipBlank(at + 1, end);
    if (next < end && load<u8>(next) == closingByte(isObject)) return this.closeContainer(next);
    if (this.last != NO_NODE) this.addFlags(this.last, this.depth > this.recordDepth ? SKIPPED : FILLED);
    if (isObject) return this.scanKey(next, end);
    this.expecting = true;
    return next;
  }

  private closeContainer(at: usize): usize {
    this.last = frame(--this.depth) & NO_NODE;
    if (this.last != NO_NODE) store<u32>(this.record(this.last), <u32>(at + 1 - this.base), 4);
    return at + 1;
  }

  private addScalar(flags: u32, start: usize, end: usize): usize {
    return end && this.addNode(flags, start, end) ? end : 0;
  }

  /** Records a value where its depth is recorded, and takes the key that was read for it. */
  private addNode(flags: u32, start: usize, end: usize): bool {
    this.last = NO_NODE;
    if (this.depth > this.recordDepth) return true;
    if (!this.hasRoom()) return !!fail(FaultCode.TooLarge, start);
    const record = this.record(this.count);
    store<u32>(record, <u32>(start - this.base));
    store<u32>(record, <u32>(end - this.base), 4);
    store<u32>(record, this.keyStart, 8);
    store<u32>(record, this.keyEnd, 12);
    store<u32>(record, flags | this.keyFlags, 16);
    this.last = this.count++;
    if (this.keyStart) this.clearKey();
    return true;
  }

  private hasRoom(): bool {
    const size = this.count * NODE_SIZE;
    if (size < <u32>this.nodes.byteLength) return true;
    if (this.count >= <u32>JSON_NODES_MAX) return false;
    const first = min(max(<u32>this.source.length >> 6, NODES_FIRST_MIN), NODES_FIRST_MAX) * NODE_SIZE;
    const grown = allocate(max(size << 1, first));
    memory.copy(changetype<usize>(grown), changetype<usize>(this.nodes), size);
    this.nodes = grown;
    return true;
  }

  private addFlags(node: u32, flags: u32): void {
    const record = this.record(node);
    store<u32>(record, load<u32>(record, 16) | flags, 16);
  }

  private clearKey(): void {
    this.keyStart = 0;
    this.keyEnd = 0;
    this.keyFlags = 0;
  }

  private record(node: u32): usize {
    return changetype<usize>(this.nodes) + node * NODE_SIZE;
  }

  /** Field `offset` of a node's record, or 0 where there is no such node. */
  private field(node: i32, offset: u32): u32 {
    return <u32>node < this.count ? load<u32>(this.record(node) + offset) : 0;
  }

  private flags(node: i32): u32 {
    return <u32>node < this.count ? load<u32>(this.record(node), 16) : JsonKind.Missing << KIND_SHIFT;
  }

  /** The node of the whole text: 0. */
  get root(): i32 {
    return 0;
  }

  /** How many values were recorded. */
  get length(): i32 {
    return this.count;
  }

  /** The text that was scanned last; empty after a fault. */
  get bytes(): Slice {
    return this.source;
  }

  /** What the node is. */
  kind(node: i32): JsonKind {
    return (this.flags(node) >> KIND_SHIFT) & 7;
  }

  /**
   * The value of the member `key` (its content, unescaped) of an object, or −1. Of duplicates the last, as JSON.parse.
   */
  find(object: i32, key: Slice): i32 {
    if (this.kind(object) != JsonKind.Object || !(this.flags(object) & FILLED)) return -1;
    const source = this.source.pointer;
    const wanted = key.pointer;
    const size = <u32>key.length;
    let found = -1;
    let node = <u32>object + 1;
    // Decoders ask for many keys: this loop is what they wait for.
    do {
      const record = this.record(node);
      const flags = load<u32>(record, 16);
      const start = load<u32>(record, 8);
      if (flags & KEY_ESCAPED) {
        if (this.keyEquals(node, key)) found = node;
      } else if (load<u32>(record, 12) - start == size && sameBytes(source + start, wanted, size)) found = node;
      node = flags & LINK_MASK;
    } while (node);
    return found;
  }

  /** A container's first value, or −1. */
  first(container: i32): i32 {
    return this.flags(container) & FILLED ? container + 1 : -1;
  }

  /** Whether a container has values that were not recorded, being nested too deep for `recordDepth`. */
  isSkipped(container: i32): bool {
    return (this.flags(container) & SKIPPED) != 0;
  }

  /** The value behind `node` in the same container, or −1. */
  next(node: i32): i32 {
    const link = this.flags(node) & LINK_MASK;
    return link ? <i32>link : -1;
  }

  /** The raw content (still escaped, without quotes) of a member value's key; empty for other values. */
  key(node: i32): Slice {
    return this.source.slice(this.field(node, 8), this.field(node, 12));
  }

  /** A member value's key, unescaped; copied only where it holds escapes. */
  keyText(node: i32): Slice {
    return this.flags(node) & KEY_ESCAPED ? unescape(this.key(node)) : this.key(node);
  }

  /** Whether a member value's key, unescaped, is `key`. */
  keyEquals(node: i32, key: Slice): bool {
    const start = this.field(node, 8);
    if (!start) return false;
    if (this.flags(node) & KEY_ESCAPED) return unescape(this.key(node)).equals(key);
    const size = <i32>(this.field(node, 12) - start);
    return size == key.length && sameBytes(this.source.pointer + start, key.pointer, size);
  }

  /** The offset of the value's first byte. */
  start(node: i32): i32 {
    return this.field(node, 0);
  }

  /** The offset behind the value's last byte. */
  end(node: i32): i32 {
    return this.field(node, 4);
  }

  /** Where a member begins: the offset of its key's opening quote; for other values, of the value. */
  memberStart(node: i32): i32 {
    const keyStart = this.field(node, 8);
    return keyStart ? keyStart - 1 : this.start(node);
  }

  /** The value's bytes as they stand in the text. */
  raw(node: i32): Slice {
    return this.source.slice(this.start(node), this.end(node));
  }

  /** A string's content, unescaped; copied only where it holds escapes. Empty for other kinds. */
  text(node: i32): Slice {
    if (this.kind(node) != JsonKind.String) return Slice.empty();
    const content = this.source.slice(this.start(node) + 1, this.end(node) - 1);
    return this.flags(node) & ESCAPED ? unescape(content) : content;
  }

  /** A number without its fraction, clamped to 64 bits; 0 for other kinds. */
  integer(node: i32): i64 {
    if (this.kind(node) != JsonKind.Number) return 0;
    const raw = this.raw(node);
    return isInteger(raw) ? parseInteger(raw) : toInteger(parseNumber(raw));
  }

  /** A number, rounded to the nearest f64; 0 for other kinds. */
  number(node: i32): f64 {
    return this.kind(node) == JsonKind.Number ? parseNumber(this.raw(node)) : 0;
  }

  /** Whether the value is `true`. */
  isTrue(node: i32): bool {
    return this.kind(node) == JsonKind.True;
  }

  /** Whether the value is a string with this content. */
  equals(node: i32, text: Slice): bool {
    if (this.kind(node) != JsonKind.String) return false;
    if (this.flags(node) & ESCAPED) return this.text(node).equals(text);
    const start = this.start(node) + 1;
    const size = this.end(node) - 1 - start;
    return size == text.length && sameBytes(this.source.pointer + start, text.pointer, size);
  }
}

function stringFlags(): u32 {
  return (JsonKind.String << KIND_SHIFT) | (sawEscape() ? ESCAPED : 0);
}

function closingByte(isObject: bool): u8 {
  return isObject ? 0x7d : 0x5d;
}

function startsNumber(byte: u8): bool {
  return byte == 0x2d || isDigit(byte);
}
