// Percent-encoding of URLs (RFC 3986 §2) over bytes.
import { hexDigit } from "./hex";
import { Slice } from "./slice";
import { Writer } from "./writer";

/**
 * `bytes` as one path segment, query name or value: all but the unreserved characters (letters, digits, - . _ ~)
 * encoded.
 */
export function encodePercent(bytes: Slice): Slice {
  const writer = new Writer(bytes.length + 16);
  for (let i = 0, n = bytes.length; i < n; ++i) {
    const byte = bytes.at(i);
    if (isUnreserved(byte)) writer.byte(byte);
    else
      writer
        .byte(0x25)
        .byte(upperHex(byte >> 4))
        .byte(upperHex(byte & 15));
  }
  return writer.take();
}

/**
 * `text` with each %XX replaced by its byte; a % that is not followed by two hex digits stays as it is. `text` itself
 * where there is no %. The result may hold any bytes: check it with `isUtf8` where it must be text.
 */
export function decodePercent(text: Slice): Slice {
  if (text.indexOf(0x25) < 0) return text;
  const writer = new Writer(text.length);
  for (let i = 0, n = text.length; i < n; ++i) {
    const high = hexDigit(text.at(i + 1));
    const low = hexDigit(text.at(i + 2));
    if (text.at(i) != 0x25 || (high | low) < 0) writer.byte(text.at(i));
    else {
      writer.byte(<u8>((high << 4) | low));
      i += 2;
    }
  }
  return writer.take();
}

/** As `decodePercent`, with each + as a space: values of an application/x-www-form-urlencoded body or query. */
export function decodeForm(text: Slice): Slice {
  if (text.indexOf(0x2b) < 0) return decodePercent(text);
  const copy = text.copy();
  for (let i = copy.indexOf(0x2b); i >= 0; i = copy.indexOf(0x2b, i + 1)) store<u8>(copy.pointer + i, 0x20);
  return decodePercent(copy);
}

function isUnreserved(byte: u8): bool {
  if (<u32>((byte | 0x20) - 0x61) < 26 || <u32>byte - 0x30 < 10) return true;
  return byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e;
}

function upperHex(digit: u8): u8 {
  return digit < 10 ? 0x30 + digit : 0x37 + digit;
}
