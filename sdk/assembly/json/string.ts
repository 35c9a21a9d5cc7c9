// Writes JSON strings (RFC 8259 §7).
import { hexLetter } from "../bytes/hex";
import { Slice } from "../bytes/slice";
import { sequenceSize } from "../bytes/utf8-codec";
import { Writer } from "../bytes/writer";

/**
 * Appends `content` (UTF-8) as a JSON string with its quotes. Only what must be escaped is; malformed UTF-8 becomes
 * U+FFFD.
 */
export function jsonString(writer: Writer, content: Slice): void {
  writer.byte(0x22);
  const start = content.pointer;
  const end = start + content.length;
  let from = start;
  while (from < end) {
    const stop = findSpecial(from, end);
    if (stop > from) writer.bytes(content.slice(<i32>(from - start), <i32>(stop - start)));
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
  const quote = i8x16.splat(0x22);
  const backslash = i8x16.splat(0x5c);
  const space = i8x16.splat(0x20);
  while (from < end) {
    if (from + 16 <= end) {
      const block = v128.load(from);
      const special = v128.or(i8x16.eq(block, quote), i8x16.eq(block, backslash));
      // Signed: bytes past 0x7f are less than a space too.
      if (!i8x16.bitmask(v128.or(special, i8x16.lt_s(block, space)))) {
        from += 16;
        continue;
      }
    }
    const byte = load<u8>(from);
    if (byte < 0x20 || byte == 0x22 || byte == 0x5c) return from;
    // Most are ASCII, names of members above all: a byte is a character.
    const size = byte < 0x80 ? 1 : sequenceSize(from, end);
    if (size < 0) return from;
    from += size;
  }
  return end;
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
