// Writes JSON strings (RFC 8259 §7).
import { hexLetter } from "../bytes/hex";
import { copyBytes } from "../bytes/memory";
import { Slice } from "../bytes/slice";
import { sequenceSize } from "../bytes/utf8-codec";
import { Writer } from "../bytes/writer";

/**
 * Appends `content` (UTF-8) as a JSON string with its quotes. Only what must be escaped is; malformed UTF-8 becomes
 * U+FFFD.
 */
export function jsonString(writer: Writer, content: Slice): void {
  const start = content.pointer;
  const size = content.length;
  const special = findSpecial(start, start + size);
  if (special < start + size) return escapedString(writer, start, start + size);
  const target = writer.reserve(size + 2);
  store<u8>(target, 0x22);
  copyBytes(target + 1, start, size);
  store<u8>(target + size, 0x22, 1);
}

function escapedString(writer: Writer, from: usize, end: usize): void {
  writer.byte(0x22);
  while (from < end) {
    const stop = findSpecial(from, end);
    const plain = <i32>(stop - from);
    copyBytes(writer.reserve(plain), from, plain);
    from = stop;
    if (from >= end) break;
    const byte = load<u8>(from);
    if (byte < 0x80) {
      writeEscape(writer, byte);
      ++from;
    } else {
      // findSpecial stops at malformed bytes only.
      writer.text("\uFFFD");
      from += abs(sequenceSize(from, end));
    }
  }
  writer.byte(0x22);
}

/** The first byte that cannot be copied as it is: a quote, a backslash, a control character, malformed UTF-8. */
function findSpecial(from: usize, end: usize): usize {
  // Blocks may reach past the text, where there is memory still: what is found there does not count.
  const lastBlock = ((<usize>memory.size()) << 16) - 16;
  while (from < end) {
    if (from <= lastBlock) {
      const left = end - from;
      const special = specialIn(v128.load(from)) & (left < 16 ? (1 << (<i32>left)) - 1 : 0xffff);
      if (!special) {
        from += 16;
        continue;
      }
      from += ctz(special);
    }
    const byte = load<u8>(from);
    if (byte < 0x20 || byte == 0x22 || byte == 0x5c) return from;
    const size = byte < 0x80 ? 1 : sequenceSize(from, end);
    if (size < 0) return from;
    from += size;
  }
  return end;
}

/** A bit for each byte that is special, or part of a sequence of UTF-8. */
function specialIn(block: v128): i32 {
  const quotes = v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c)));
  // Signed: bytes past 0x7f are less than a space too.
  return i8x16.bitmask(v128.or(quotes, i8x16.lt_s(block, i8x16.splat(0x20))));
}

function writeEscape(writer: Writer, byte: u8): void {
  writer.byte(0x5c);
  switch (byte) {
    case 0x22:
    case 0x5c:
      writer.byte(byte);
      break;
    case 0x08:
      writer.byte(0x62);
      break;
    case 0x0c:
      writer.byte(0x66);
      break;
    case 0x0a:
      writer.byte(0x6e);
      break;
    case 0x0d:
      writer.byte(0x72);
      break;
    case 0x09:
      writer.byte(0x74);
      break;
    default:
      writer.text(byte < 0x10 ? "u000" : "u001").byte(hexLetter(byte & 15));
  }
}
