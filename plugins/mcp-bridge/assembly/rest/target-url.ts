// The URL that a call goes to: put together of a rendered template and arguments, and taken apart for Envoy.
// https://www.rfc-editor.org/rfc/rfc3986
import { decodePercent, encodePercent, Slice, Writer } from "@weir/sdk/assembly";
import { Query } from "./query";

const HTTP = Slice.of("http://");
const HTTPS = Slice.of("https://");
const SLASH: u8 = 0x2f;
const BACKSLASH: u8 = 0x5c;
const QUESTION_MARK: u8 = 0x3f;
const HASH: u8 = 0x23;
const OPEN: u8 = 0x7b;
const CLOSE: u8 = 0x7d;
const UPPER_HEX = Slice.of("0123456789ABCDEF");

/** Values for what stands in braces in a path. */
export interface PathValues {
  /** The text of the path argument `name`, or null where there is none. */
  pathValue(name: Slice): Slice | null;
}

/** A URL in its parts. */
@final
export class TargetUrl {
  /** `https://api.example.com`, lower case; empty where the URL has none. */
  origin: Slice = Slice.empty();
  path: Slice = Slice.empty();
  query: Query = new Query(Slice.empty());

  /** Reads a rendered URL. Returns what is wrong with it, or nothing. */
  read(url: Slice, values: PathValues): string {
    const text = url.trim();
    const pathStart = this.readOrigin(text);
    const fragment = text.indexOf(HASH, pathStart);
    const whole = text.slice(pathStart, fragment < 0 ? text.length : fragment);
    const mark = whole.indexOf(QUESTION_MARK);
    const path = whole.slice(0, mark < 0 ? whole.length : mark);
    if (path.length && path.at(0) != SLASH) return "the URL has no path that begins with a slash";
    const filled = fillPath(path, values);
    if (!filled) return "a path argument must not contain path traversal segments";
    this.path = encodeUnsafe(filled);
    if (hasTraversal(this.path)) return "the URL's path must not contain path traversal segments";
    if (mark >= 0) this.query = new Query(encodeUnsafe(whole.slice(mark + 1)));
    return "";
  }

  /** `:path` */
  get requestTarget(): Slice {
    const output = new Writer().bytes(this.path.length ? this.path : Slice.of("/"));
    if (this.query.isEmpty) return output.take();
    this.query.write(output.byte(QUESTION_MARK));
    return output.take();
  }

  /** Where the path begins. */
  private readOrigin(text: Slice): i32 {
    const scheme = text.slice(0, HTTPS.length).equalsIgnoreCase(HTTPS) ? HTTPS : HTTP;
    if (!text.slice(0, scheme.length).equalsIgnoreCase(scheme)) return 0;
    let end = scheme.length;
    while (end < text.length && !endsAuthority(text.at(end))) ++end;
    this.origin = Slice.of(text.slice(0, end).toText().toLowerCase());
    return end;
  }
}

function endsAuthority(byte: u8): bool {
  return byte == SLASH || byte == QUESTION_MARK || byte == HASH || byte == BACKSLASH;
}

/** The path with arguments in place of their names in braces, escaped; null where one would lead out of its place. */
function fillPath(path: Slice, values: PathValues): Slice | null {
  const output = new Writer(path.length + 32);
  for (let i = 0; i < path.length; ++i) {
    const close = path.at(i) == OPEN ? path.indexOf(CLOSE, i) : -1;
    let value: Slice | null = null;
    if (close >= 0) value = values.pathValue(path.slice(i + 1, close));
    if (!value) {
      output.byte(path.at(i));
      continue;
    }
    if (hasTraversal(value)) return null;
    output.bytes(encodePercent(value));
    i = close;
  }
  return output.take();
}

/** Whether a segment is . or .., plain or escaped, even twice, between slashes of either kind. */
export function hasTraversal(path: Slice): bool {
  const plain = decodePercent(decodePercent(path));
  let dots = 0;
  let isOther = false;
  for (let i = 0; i <= plain.length; ++i) {
    const byte = i < plain.length ? plain.at(i) : SLASH;
    if (byte == SLASH || byte == BACKSLASH) {
      if (!isOther && (dots == 1 || dots == 2)) return true;
      dots = 0;
      isOther = false;
    } else if (byte == 0x2e) ++dots;
    else isOther = true;
  }
  return false;
}

/** Bytes that a URL cannot have give way to their escapes; whatever else is written stays. */
function encodeUnsafe(text: Slice): Slice {
  let unsafe = false;
  for (let i = 0; i < text.length; ++i) if (isUnsafe(text.at(i))) unsafe = true;
  if (!unsafe) return text;
  const output = new Writer(text.length + 32);
  for (let i = 0; i < text.length; ++i) {
    const byte = text.at(i);
    if (!isUnsafe(byte)) output.byte(byte);
    else
      output
        .byte(0x25)
        .byte(UPPER_HEX.at(byte >> 4))
        .byte(UPPER_HEX.at(byte & 15));
  }
  return output.take();
}

function isUnsafe(byte: u8): bool {
  if (byte <= 0x20 || byte >= 0x7f || byte == HASH) return true;
  return byte == 0x22 || byte == 0x3c || byte == 0x3e || byte == BACKSLASH || byte == 0x5e || byte == 0x60;
}
