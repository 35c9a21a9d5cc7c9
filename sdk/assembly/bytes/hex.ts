// Hexadecimal (RFC 4648 §8).
import { allocate } from "./memory";
import { Slice } from "./slice";

/** Two lower-case hex digits for each byte. */
export function encodeHex(bytes: Slice): Slice {
  const buffer = allocate(bytes.length << 1);
  let target = changetype<usize>(buffer);
  for (let i = 0, n = bytes.length; i < n; ++i, target += 2) {
    store<u8>(target, hexLetter(bytes.at(i) >> 4));
    store<u8>(target, hexLetter(bytes.at(i) & 15), 1);
  }
  return Slice.wrap(buffer);
}

/** The bytes of pairs of hex digits in either case, or null where `text` is anything else. */
export function decodeHex(text: Slice): Slice | null {
  if (text.length & 1) return null;
  const buffer = allocate(text.length >> 1);
  const target = changetype<usize>(buffer);
  for (let i = 0, n = text.length; i < n; i += 2) {
    const high = hexDigit(text.at(i));
    const low = hexDigit(text.at(i + 1));
    if ((high | low) < 0) return null;
    store<u8>(target + (i >> 1), <u8>((high << 4) | low));
  }
  return Slice.wrap(buffer);
}

/** The lower-case hex digit of 0–15. */
export function hexLetter(digit: u8): u8 {
  return digit < 10 ? 0x30 + digit : 0x57 + digit;
}

/** The value of a hex digit in either case, or −1. */
export function hexDigit(byte: u8): i32 {
  const decimal = <i32>byte - 0x30;
  if (<u32>decimal < 10) return decimal;
  const letter = <i32>(byte | 0x20) - 0x61;
  return <u32>letter < 6 ? letter + 10 : -1;
}
