// The JSON grammar below containers (RFC 8259 §2, §6, §7): each function steps over one thing in raw memory and
// returns the address behind it, or 0 after noting what failed and where. tape.ts drives them.
import { hexDigit } from "../bytes/hex";
import { isDigit } from "../bytes/integer";
import { Fault, FaultCode } from "../bytes/fault";

// Scratch of the scan that is running: a scan never calls out, so no two of them overlap.
let failure: FaultCode = FaultCode.UnexpectedEnd;
let failedAt: usize = 0;
let escapeSeen: bool = false;
let highBits: v128 = i8x16.splat(0);

/** How deep containers may nest. Deeper texts are refused: no provider's API comes near it. */
export const JSON_DEPTH_MAX: i32 = 128;
const frames: usize = memory.data(JSON_DEPTH_MAX << 2);

/** What was noted of the open container at this level, below `JSON_DEPTH_MAX`. */
export function frame(level: i32): u32 {
  return load<u32>(frames + ((<usize>level) << 2));
}

/** Notes something of an open container. */
export function setFrame(level: i32, value: u32): void {
  store<u32>(frames + ((<usize>level) << 2), value);
}

/** Call before the first of a document's strings. */
export function beginScan(): void {
  highBits = i8x16.splat(0);
}

/** Notes the failure and returns 0. */
export function fail(code: FaultCode, at: usize): usize {
  failure = code;
  failedAt = at;
  return 0;
}

/** Notes what a missing or wrong byte at `at` means, and returns 0. */
export function failAt(at: usize, end: usize): usize {
  return fail(at < end ? FaultCode.UnexpectedByte : FaultCode.UnexpectedEnd, at);
}

/** The last failure, with its offset from `base`. */
export function takeFault(base: usize): Fault {
  return new Fault(failure, <i32>(failedAt - base), "JSON");
}

/** Whether the last string stepped over held an escape. */
export function sawEscape(): bool {
  return escapeSeen;
}

/** Whether any byte near the strings stepped over since `beginScan` was not ASCII, so that UTF-8 must be checked. */
export function sawHighBits(): bool {
  return i8x16.bitmask(highBits) != 0;
}

/** Behind the spaces, tabs, line feeds and carriage returns at `from`. */
export function skipBlank(from: usize, end: usize): usize {
  if (from >= end || load<u8>(from) > 0x20) return from;
  while (from + 16 <= end) {
    const block = v128.load(from);
    const blanks = v128.or(
      v128.or(i8x16.eq(block, i8x16.splat(0x20)), i8x16.eq(block, i8x16.splat(0x0a))),
      v128.or(i8x16.eq(block, i8x16.splat(0x0d)), i8x16.eq(block, i8x16.splat(0x09))),
    );
    const others = i8x16.bitmask(blanks) ^ 0xffff;
    if (others) return from + ctz(others);
    from += 16;
  }
  while (from < end && isBlank(load<u8>(from))) ++from;
  return from;
}

function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** Behind the string whose first content byte is at `from`. UTF-8 is left to the caller: see `sawHighBits`. */
export function skipString(from: usize, end: usize): usize {
  let at = findSpecial(from, end);
  let escapes = false;
  while (at < end && load<u8>(at) == 0x5c) {
    escapes = true;
    at = skipEscape(at, end);
    if (!at) return 0;
    at = findSpecial(at, end);
  }
  escapeSeen = escapes;
  return at < end && load<u8>(at) == 0x22 ? at + 1 : failAt(at, end);
}

/** The first quote, backslash or control character in [from, end), or `end`. */
function findSpecial(from: usize, end: usize): usize {
  const quote = i8x16.splat(0x22);
  const backslash = i8x16.splat(0x5c);
  const space = i8x16.splat(0x20);
  let bits = highBits;
  for (; from + 16 <= end; from += 16) {
    const block = v128.load(from);
    bits = v128.or(bits, block);
    const special = v128.or(i8x16.eq(block, quote), i8x16.eq(block, backslash));
    const hits = i8x16.bitmask(v128.or(special, i8x16.lt_u(block, space)));
    if (hits) {
      highBits = bits;
      return from + ctz(hits);
    }
  }
  for (; from < end && isPlain(load<u8>(from)); ++from) bits = v128.or(bits, i8x16.splat(load<u8>(from)));
  highBits = bits;
  return from;
}

function isPlain(byte: u8): bool {
  return byte >= 0x20 && byte != 0x22 && byte != 0x5c;
}

/** Behind the escape whose backslash is at `from`. A lone surrogate is grammatical; reading it gives U+FFFD. */
function skipEscape(from: usize, end: usize): usize {
  if (from + 1 >= end) return fail(FaultCode.UnexpectedEnd, end);
  switch (load<u8>(from, 1)) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return from + 2;
    case 0x75: // u
      for (let i: usize = 2; i < 6; ++i) {
        if (from + i >= end) return fail(FaultCode.UnexpectedEnd, end);
        if (hexDigit(load<u8>(from + i)) < 0) return fail(FaultCode.InvalidEscape, from);
      }
      return from + 6;
    default:
      return fail(FaultCode.InvalidEscape, from);
  }
}

/** Behind the digits at `from`, of which there must be one at least. */
function skipDigits(from: usize, end: usize): usize {
  if (from >= end || !isDigit(load<u8>(from))) return fail(FaultCode.InvalidNumber, from);
  do ++from;
  while (from < end && isDigit(load<u8>(from)));
  return from;
}

/** Behind the number that starts at `from`. */
export function skipNumber(from: usize, end: usize): usize {
  if (load<u8>(from) == 0x2d) ++from;
  // A leading zero stands alone.
  if (from < end && load<u8>(from) == 0x30) ++from;
  else from = skipDigits(from, end);
  if (from && from < end && load<u8>(from) == 0x2e) from = skipDigits(from + 1, end);
  if (!from || from >= end || (load<u8>(from) | 0x20) != 0x65) return from;
  ++from;
  if (from < end && (load<u8>(from) == 0x2b || load<u8>(from) == 0x2d)) ++from;
  return skipDigits(from, end);
}

/** Behind `true`, `null` (as four little-endian bytes) at `from`. */
export function skipWord(from: usize, end: usize, word: u32): usize {
  if (from + 4 > end) return fail(FaultCode.UnexpectedEnd, end);
  return load<u32>(from) == word ? from + 4 : fail(FaultCode.UnexpectedByte, from);
}
