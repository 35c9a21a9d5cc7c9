// What the bytes of a text are, for scanners that look for names and numbers in it.
import { isDigit, Slice } from "@weir/sdk/assembly";

const BACKSLASH: u8 = 0x5c;

/** Of ASCII, of either case. */
export function isLetter(byte: u8): bool {
  return (<u32>byte | 0x20) - 0x61 < 26;
}

/** `A` to `Z`. */
export function isUpper(byte: u8): bool {
  return <u32>byte - 0x41 < 26;
}

/** A letter or a digit of ASCII. */
export function isAlphanumeric(byte: u8): bool {
  return isLetter(byte) || isDigit(byte);
}

/** A space, or a control character. */
export function isBlank(byte: u8): bool {
  return byte <= 0x20;
}

/**
 * Whether nothing stands before `at` that what begins there may be a part of. A text may be JSON itself, as the
 * arguments of a tool are: then `\n` is no letter.
 */
export function beginsThing(text: Slice, at: i32): bool {
  return !isAlphanumeric(text.at(at - 1)) || isEscape(text, at - 2);
}

/** Whether the escape of a control character, such as `\n`, stands at `at`. */
export function isEscape(text: Slice, at: i32): bool {
  if (text.at(at) != BACKSLASH) return false;
  const letter = text.at(at + 1);
  return letter == 0x6e || letter == 0x72 || letter == 0x74 || letter == 0x62 || letter == 0x66;
}

/** Whether `word`, in lower case, stands at `at`. */
export function standsAt(text: Slice, at: i32, word: Slice, ignoresCase: bool = false): bool {
  for (let i = 0; i < word.length; ++i) {
    const byte = text.at(at + i);
    if ((ignoresCase && isLetter(byte) ? byte | 0x20 : byte) != word.at(i)) return false;
  }
  return true;
}
