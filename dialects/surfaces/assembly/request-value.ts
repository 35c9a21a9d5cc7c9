// Values by name, as cookies and queries hold them. They are taken as they stand, without decoding.
import { HeaderList, Slice } from "@weir/sdk/assembly";

const COOKIE = Slice.of("cookie");
const SEMICOLON: u8 = 0x3b;
const AMPERSAND: u8 = 0x26;
const EQUALS_SIGN: u8 = 0x3d;
const QUESTION_MARK: u8 = 0x3f;

/** The value of a request's cookie, or null. https://www.rfc-editor.org/rfc/rfc6265#section-4.2 */
export function cookieOf(headers: HeaderList, name: Slice): Slice | null {
  for (let at = headers.indexOf(COOKIE); at >= 0; at = headers.indexOf(COOKIE, at + 1)) {
    const found = valueOf(headers.value(at), SEMICOLON, name);
    if (found) return found;
  }
  return null;
}

/** The first value of a path's query parameter, or null. */
export function queryOf(path: Slice, name: Slice): Slice | null {
  const mark = path.indexOf(QUESTION_MARK);
  return mark < 0 ? null : valueOf(path.slice(mark + 1), AMPERSAND, name);
}

function valueOf(pairs: Slice, separator: u8, name: Slice): Slice | null {
  for (let from = 0; from < pairs.length;) {
    const next = pairs.indexOf(separator, from);
    const end = next < 0 ? pairs.length : next;
    const pair = pairs.slice(from, end).trim();
    const mark = pair.indexOf(EQUALS_SIGN);
    if (mark == name.length && pair.startsWith(name)) return pair.slice(mark + 1);
    from = end + 1;
  }
  return null;
}
