// E-mail addresses, as mail systems make them: of RFC 5321's forms those in ASCII, without quotes around the name.
import { Slice } from "@weir/sdk/assembly";
import { isAlphanumeric, isEscape, isLetter } from "./characters";
import { Class } from "./class";
import { Span } from "./span";

const DOT: u8 = 0x2e;
const DASH: u8 = 0x2d;
const LOCAL = Slice.of("._%+-");
/** Those that stand between two others only, where text is. */
const INNER = Slice.of("!#$&'*/?^{|}~");

/** The address whose `@` stands at `at`. */
export function emailAt(text: Slice, at: i32): Span | null {
  const from = localStart(text, at);
  const to = domainEnd(text, at + 1);
  return from < at && to > at ? new Span(from, to, Class.Emails) : null;
}

function localStart(text: Slice, at: i32): i32 {
  let from = at;
  while (from > 0 && isLocal(text, from - 1)) --from;
  // In JSON within JSON the letter of an escape is none of the name's.
  if (from > 0 && isEscape(text, from - 1)) ++from;
  return from;
}

function isLocal(text: Slice, at: i32): bool {
  const byte = text.at(at);
  if (isAlphanumeric(byte) || LOCAL.indexOf(byte) >= 0) return true;
  return INNER.indexOf(byte) >= 0 && isAlphanumeric(text.at(at - 1));
}

/** Behind the domain, which has at least two labels; −1 where there is none. */
function domainEnd(text: Slice, from: i32): i32 {
  let end = from;
  while (end < text.length && (isAlphanumeric(text.at(end)) || text.at(end) == DOT || text.at(end) == DASH)) ++end;
  while (end > from && !isAlphanumeric(text.at(end - 1))) --end;
  let label = end;
  while (label > from && text.at(label - 1) != DOT) --label;
  return label > from + 1 && end - label >= 2 && isLetter(text.at(label)) ? end : -1;
}
