// Reads paths: where a component ends, what its escapes stand for, which keys a pattern fits.
// https://github.com/tidwall/gjson/blob/master/SYNTAX.md
import { Slice, Writer } from "@weir/sdk/assembly";

export const DOT: u8 = 0x2e;
export const PIPE: u8 = 0x7c;
const BACKSLASH: u8 = 0x5c;
const QUOTE: u8 = 0x22;
const STAR: u8 = 0x2a;
const QUESTION_MARK: u8 = 0x3f;

/** The place of the first . or | (only | where `pipesOnly`) at or after `from` that separates; else the end. */
export function separatorAt(path: Slice, from: i32, pipesOnly: bool = false): i32 {
  for (let i = from; i < path.length; ++i) {
    const byte = path.at(i);
    if (byte == BACKSLASH) ++i;
    else if (byte == PIPE || (byte == DOT && !pipesOnly)) return i;
    else if (byte == 0x28 || byte == 0x7b || byte == 0x5b) i = closingOf(path, i);
  }
  return path.length;
}

/** The place of the bracket that closes the one at `from`, or the end. Brackets inside quotes do not count. */
export function closingOf(path: Slice, from: i32): i32 {
  let depth = 0;
  for (let i = from; i < path.length; ++i) {
    const byte = path.at(i);
    if (byte == BACKSLASH) ++i;
    else if (byte == QUOTE) i = quoteEnd(path, i);
    else if (byte == 0x28 || byte == 0x7b || byte == 0x5b) ++depth;
    else if ((byte == 0x29 || byte == 0x7d || byte == 0x5d) && !--depth) return i;
  }
  return path.length;
}

/** The place of the quote that ends the text which begins at `from`, or the end. */
export function quoteEnd(path: Slice, from: i32): i32 {
  for (let i = from + 1; i < path.length; ++i) {
    if (path.at(i) == BACKSLASH) ++i;
    else if (path.at(i) == QUOTE) return i;
  }
  return path.length;
}

/** A component without its escapes. */
export function plainOf(component: Slice): Slice {
  if (component.indexOf(BACKSLASH) < 0) return component;
  const output = new Writer(component.length);
  for (let i = 0; i < component.length; ++i) {
    if (component.at(i) == BACKSLASH && i + 1 < component.length) ++i;
    output.byte(component.at(i));
  }
  return output.take();
}

/** Whether a component has a * or ? that is not escaped. */
export function isPattern(component: Slice): bool {
  for (let i = 0; i < component.length; ++i) {
    const byte = component.at(i);
    if (byte == BACKSLASH) ++i;
    else if (byte == STAR || byte == QUESTION_MARK) return true;
  }
  return false;
}

/** Whether `text` fits `pattern`: * stands for any bytes, ? for one. In time that grows with their product at most. */
export function fits(text: Slice, pattern: Slice): bool {
  let at = 0;
  let inPattern = 0;
  let starAt = -1;
  let textAt = 0;
  while (at < text.length) {
    const byte = pattern.at(inPattern);
    const isEscaped = byte == BACKSLASH;
    if (inPattern < pattern.length && byte == STAR) {
      starAt = inPattern++;
      textAt = at;
    } else if (
      inPattern < pattern.length &&
      (byte == QUESTION_MARK || pattern.at(inPattern + i32(isEscaped)) == text.at(at))
    ) {
      inPattern += isEscaped ? 2 : 1;
      ++at;
    } else if (starAt >= 0) {
      inPattern = starAt + 1;
      at = ++textAt;
    } else return false;
  }
  while (inPattern < pattern.length && pattern.at(inPattern) == STAR) ++inPattern;
  return inPattern >= pattern.length;
}
