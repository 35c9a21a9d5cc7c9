// Media types as in the Content-Type header (RFC 9110 §8.3.1, parameters §5.6.6). Unknown things are skipped, not
// refused.
import { Slice } from "./slice";
import { Writer } from "./writer";

/** `type/subtype` of a Content-Type value, without its parameters. Compare it with `equalsIgnoreCase`. */
export function mediaTypeEssence(value: Slice): Slice {
  const end = value.indexOf(0x3b);
  return value.slice(0, end < 0 ? value.length : end).trim();
}

/**
 * The parameter `name` (in any case) of a header value like `text/plain; charset=utf-8` or
 * `form-data; name="model"`: its value, unquoted, or null where it is absent. Of duplicates the first.
 */
export function headerParameter(value: Slice, name: Slice): Slice | null {
  let at = value.indexOf(0x3b);
  while (at >= 0) {
    const equals = parameterNameEnd(value, ++at);
    const end = valueEnd(value, equals);
    if (value.at(equals) == 0x3d && value.slice(at, equals).trim().equalsIgnoreCase(name)) {
      return unquote(value.slice(equals + 1, end).trim());
    }
    at = end < value.length ? end : -1;
  }
  return null;
}

/** The `=` behind a parameter's name, or the `;` or end where it has no value. */
function parameterNameEnd(value: Slice, from: i32): i32 {
  let at = from;
  while (at < value.length && value.at(at) != 0x3d && value.at(at) != 0x3b) ++at;
  return at;
}

/** The `;` (outside quotes) or the end behind what begins at `from`. */
function valueEnd(value: Slice, from: i32): i32 {
  let isQuoted = false;
  let at = from;
  for (; at < value.length; ++at) {
    const byte = value.at(at);
    if (byte == 0x22) isQuoted = !isQuoted;
    else if (isQuoted && byte == 0x5c) ++at;
    else if (byte == 0x3b && !isQuoted) break;
  }
  return min(at, value.length);
}

/** A quoted string's content with its backslashes undone; anything else as it is. */
function unquote(value: Slice): Slice {
  if (value.at(0) != 0x22) return value;
  const isClosed = value.length > 1 && value.at(value.length - 1) == 0x22;
  const content = value.slice(1, value.length - i32(isClosed));
  if (content.indexOf(0x5c) < 0) return content;
  const writer = new Writer(content.length);
  for (let i = 0; i < content.length; ++i) {
    if (content.at(i) == 0x5c && i + 1 < content.length) ++i;
    writer.byte(content.at(i));
  }
  return writer.take();
}
