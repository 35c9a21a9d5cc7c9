// The headers of a request as signatures see them.
import { HeaderList, Slice, Writer } from "@weir/sdk/assembly";

/** Longer lists of names are nobody's. */
export const NAMES_MAX: i32 = 64;

/**
 * The value of a header; null where it is missing. Several of one name are one list (RFC 9110 §5.3): what is put in
 * beside a signed one does not go unseen.
 */
export function headerValue(headers: HeaderList, name: Slice): Slice | null {
  const first = headers.indexOf(name);
  if (first < 0) return null;
  let next = headers.indexOf(name, first + 1);
  if (next < 0) return headers.value(first);
  const joined = new Writer().bytes(headers.value(first));
  for (; next >= 0; next = headers.indexOf(name, next + 1)) joined.text(", ").bytes(headers.value(next));
  return joined.take();
}

/** The names in a list, without what is around them; none where there are too many. */
export function namesIn(list: Slice, separator: u8): Slice[] {
  const names: Slice[] = [];
  for (let from = 0; from < list.length;) {
    const end = list.indexOf(separator, from);
    const name = list.slice(from, end < 0 ? list.length : end).trim();
    from = end < 0 ? list.length : end + 1;
    if (!name.length) continue;
    if (names.length == NAMES_MAX) return [];
    names.push(name);
  }
  return names;
}

export function lowerCase(name: Slice): Slice {
  const writer = new Writer(name.length);
  for (let i = 0; i < name.length; ++i) {
    const byte = name.at(i);
    writer.byte(<u32>byte - 0x41 < 26 ? byte | 0x20 : byte);
  }
  return writer.take();
}

/** As C++ compares strings. */
export function compareBytes(a: Slice, b: Slice): i32 {
  const length = min(a.length, b.length);
  for (let i = 0; i < length; ++i) if (a.at(i) != b.at(i)) return <i32>a.at(i) - <i32>b.at(i);
  return a.length - b.length;
}
