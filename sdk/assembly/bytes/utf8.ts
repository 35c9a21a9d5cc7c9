// Is it UTF-8? The work on raw memory is utf8-check.ts.
import { Slice } from "./slice";
import { findMalformed } from "./utf8-check";

/** Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF). */
export function isUtf8(bytes: Slice): bool {
  const end = bytes.pointer + bytes.length;
  return findMalformed(bytes.pointer, end) == end;
}

/** The index of the first byte of the first malformed sequence, or −1. */
export function malformedAt(bytes: Slice): i32 {
  const end = bytes.pointer + bytes.length;
  const found = findMalformed(bytes.pointer, end);
  return found == end ? -1 : <i32>(found - bytes.pointer);
}
