// Base64 and base64url (RFC 4648 §4, §5). Decoding is strict: no other characters, no stray bits.
import { allocate } from "./memory";
import { Slice } from "./slice";

/** `bytes` in base64, padded. */
export function encodeBase64(bytes: Slice): Slice {
  const text = encode(bytes, 0x2b, 0x2f);
  return Slice.wrap(text);
}

/** `bytes` in base64url, without padding (RFC 7515 §2). */
export function encodeBase64Url(bytes: Slice): Slice {
  return new Slice(encode(bytes, 0x2d, 0x5f), 0, unpaddedSize(bytes.length));
}

/** The bytes of padded base64 text, or null where it is anything else. */
export function decodeBase64(text: Slice): Slice | null {
  if (text.length & 3) return null;
  let padding = 0;
  while (padding < 2 && padding < text.length && text.at(text.length - 1 - padding) == 0x3d) ++padding;
  return decode(text.slice(0, text.length - padding), 0x2b, 0x2f);
}

/** The bytes of base64url text, padded or not, or null where it is anything else. */
export function decodeBase64Url(text: Slice): Slice | null {
  let end = text.length;
  // Padding is optional, but where it stands it must be whole.
  if (!(end & 3)) while (end > text.length - 2 && text.at(end - 1) == 0x3d) --end;
  return decode(text.slice(0, end), 0x2d, 0x5f);
}

/** How many characters `size` bytes take without padding. */
function unpaddedSize(size: i32): i32 {
  return (size / 3) * 4 + (size % 3 ? (size % 3) + 1 : 0);
}

function encode(bytes: Slice, letter62: u8, letter63: u8): ArrayBuffer {
  const size = bytes.length;
  const buffer = allocate(((size + 2) / 3) * 4);
  let target = changetype<usize>(buffer);
  for (let i = 0; i < size; i += 3, target += 4) {
    const word = ((<u32>bytes.at(i)) << 16) | ((<u32>bytes.at(i + 1)) << 8) | bytes.at(i + 2);
    store<u8>(target, letterOf(word >> 18, letter62, letter63));
    store<u8>(target, letterOf((word >> 12) & 63, letter62, letter63), 1);
    store<u8>(target, i + 1 < size ? letterOf((word >> 6) & 63, letter62, letter63) : 0x3d, 2);
    store<u8>(target, i + 2 < size ? letterOf(word & 63, letter62, letter63) : 0x3d, 3);
  }
  return buffer;
}

/** Decodes unpadded text. */
function decode(text: Slice, letter62: u8, letter63: u8): Slice | null {
  const rest = text.length & 3;
  if (rest == 1) return null;
  const buffer = allocate((text.length >> 2) * 3 + (rest ? rest - 1 : 0));
  let target = changetype<usize>(buffer);
  let bits: u32 = 0;
  for (let i = 0, n = text.length; i < n; ++i) {
    const value = valueOf(text.at(i), letter62, letter63);
    if (value < 0) return null;
    bits = (bits << 6) | value;
    // The second to fourth character of each four completes a byte.
    if (i & 3) store<u8>(target++, <u8>(bits >> (6 - ((i & 3) << 1))));
  }
  const unused: u32 = rest == 2 ? 15 : rest == 3 ? 3 : 0;
  return bits & unused ? null : Slice.wrap(buffer);
}

function letterOf(value: u32, letter62: u8, letter63: u8): u8 {
  if (value < 26) return <u8>(0x41 + value);
  if (value < 52) return <u8>(0x61 + value - 26);
  if (value < 62) return <u8>(0x30 + value - 52);
  return value == 62 ? letter62 : letter63;
}

function valueOf(letter: u8, letter62: u8, letter63: u8): i32 {
  const code: u32 = letter;
  if (code - 0x41 < 26) return code - 0x41;
  if (code - 0x61 < 26) return code - 0x61 + 26;
  if (code - 0x30 < 10) return code - 0x30 + 52;
  if (letter == letter62) return 62;
  return letter == letter63 ? 63 : -1;
}
