// Undoes the escapes of a JSON string (RFC 8259 §7).
import { encodePoint } from "../bytes/utf8-codec";
import { hexDigit } from "../bytes/hex";
import { Slice } from "../bytes/slice";
import { allocate, findByte } from "../bytes/memory";

/**
 * The content of a JSON string (without its quotes) with its escapes undone. A lone surrogate becomes U+FFFD.
 * What is not a known escape is copied as it stands.
 */
export function unescape(content: Slice): Slice {
  // Each escape is longer than what it stands for.
  const buffer = allocate(content.length);
  let target = changetype<usize>(buffer);
  let from = content.pointer;
  const end = from + content.length;
  while (from < end) {
    const backslash = findByte(from, end, 0x5c);
    memory.copy(target, from, backslash - from);
    target += backslash - from;
    from = backslash;
    if (from >= end) break;
    const point = pointOfEscape(from, end);
    from += escapeSize(from, end, point);
    target = encodePoint((point & 0xfffff800) == 0xd800 ? 0xfffd : point, target);
  }
  return new Slice(buffer, 0, <i32>(target - changetype<usize>(buffer)));
}

/** The code point that the escape at `from` stands for, a pair of surrogates taken as one. */
function pointOfEscape(from: usize, end: usize): u32 {
  if (from + 1 >= end) return 0x5c;
  const letter = load<u8>(from, 1);
  if (letter != 0x75) return pointOfLetter(letter);
  const unit = unitAt(from, end);
  if (unit < 0) return 0x5c;
  if ((unit & 0xfc00) != 0xd800) return unit;
  const low = unitAt(from + 6, end);
  return low >= 0 && (low & 0xfc00) == 0xdc00 ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : unit;
}

function pointOfLetter(letter: u8): u32 {
  switch (letter) {
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    case 0x22:
    case 0x2f:
    case 0x5c:
      return letter;
    default:
      return 0x5c;
  }
}

/** How many bytes the escape at `from` takes, once it is known to stand for `point`. */
function escapeSize(from: usize, end: usize, point: u32): usize {
  if (from + 1 >= end) return 1;
  const letter = load<u8>(from, 1);
  if (letter != 0x75) return pointOfLetter(letter) == 0x5c && letter != 0x5c ? 1 : 2;
  if (unitAt(from, end) < 0) return 1;
  return point >= 0x10000 ? 12 : 6;
}

/** The UTF-16 unit of `\uXXXX` at `from`, or −1. */
function unitAt(from: usize, end: usize): i32 {
  if (from + 6 > end || load<u16>(from) != 0x755c) return -1;
  let unit = 0;
  for (let i: usize = 2; i < 6; ++i) {
    const digit = hexDigit(load<u8>(from + i));
    if (digit < 0) return -1;
    unit = (unit << 4) | digit;
  }
  return unit;
}
