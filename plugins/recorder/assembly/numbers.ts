// Numbers of cards, telephones and bank accounts. What has a check digit is told by it.
import { isDigit, Slice } from "@weir/sdk/assembly";
import { beginsThing, isAlphanumeric, isUpper } from "./characters";
import { Class } from "./class";
import { Span } from "./span";

const SPACE: u8 = 0x20;
const DASH: u8 = 0x2d;
const PLUS: u8 = 0x2b;
const PHONE_SEPARATORS = Slice.of(" -.()/");

// https://www.iso.org/standard/70484.html: 12 to 19 digits; the networks in use have 13 at least.
const CARD_DIGITS_MIN: i32 = 13;
const CARD_DIGITS_MAX: i32 = 19;
// https://www.itu.int/rec/T-REC-E.164
const PHONE_DIGITS_MIN: i32 = 8;
const PHONE_DIGITS_MAX: i32 = 15;
// https://www.iso.org/standard/81090.html
const IBAN_LENGTH_MIN: i32 = 15;
const IBAN_LENGTH_MAX: i32 = 34;

/** The card number that begins at `at`, where a digit stands: digits, with single spaces or dashes between groups. */
export function cardAt(text: Slice, at: i32): Span | null {
  // The first digit tells the network: 2 to 6 are those of payment cards.
  if (<u32>text.at(at) - 0x32 > 4 || !beginsThing(text, at)) return null;
  let end = -1;
  let digits = 0;
  let odd = 0;
  let even = 0;
  for (let i = at; i < text.length && digits <= CARD_DIGITS_MAX; ++i) {
    const byte = text.at(i);
    if (!isDigit(byte)) {
      if ((byte == SPACE || byte == DASH) && isDigit(text.at(i + 1))) continue;
      break;
    }
    // Luhn's sum for both ways of counting from the end: which one it is, is known there.
    const digit = byte - 0x30;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    odd += digits & 1 ? doubled : digit;
    even += digits & 1 ? digit : doubled;
    ++digits;
    if (isAlphanumeric(text.at(i + 1)) || digits < CARD_DIGITS_MIN || digits > CARD_DIGITS_MAX) continue;
    if ((digits & 1 ? odd : even) % 10 == 0) end = i + 1;
  }
  return end < 0 ? null : new Span(at, end, Class.Cards);
}

/** The telephone number that begins at `at`, where a plus stands. */
export function phoneAt(text: Slice, at: i32): Span | null {
  if (!beginsThing(text, at) || text.at(at - 1) == PLUS || <u32>text.at(at + 1) - 0x31 > 8) return null;
  let end = -1;
  let digits = 0;
  let between = 0;
  for (let i = at + 1; i < text.length && between <= 2; ++i) {
    const byte = text.at(i);
    if (isDigit(byte)) {
      ++digits;
      between = 0;
      // Another number may stand behind it.
      if (digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX && !isDigit(text.at(i + 1))) end = i + 1;
    } else if (PHONE_SEPARATORS.indexOf(byte) >= 0) ++between;
    else break;
  }
  return end < 0 ? null : new Span(at, end, Class.Phones);
}

/** The account number that begins at `at`, where a letter stands; single spaces may stand between groups. */
export function ibanAt(text: Slice, at: i32): Span | null {
  if (!isUpper(text.at(at)) || !isUpper(text.at(at + 1)) || !isDigit(text.at(at + 2))) return null;
  if (!isDigit(text.at(at + 3)) || !beginsThing(text, at)) return null;
  const head = headOf(text, at);
  let end = -1;
  let length = 4;
  let rest: u32 = 0;
  for (let i = at + 4; i < text.length && length < IBAN_LENGTH_MAX; ++i) {
    const byte = text.at(i);
    if (byte == SPACE && isAccountCharacter(text.at(i + 1))) continue;
    if (!isAccountCharacter(byte)) break;
    rest = isDigit(byte) ? (rest * 10 + digitOf(byte)) % 97 : (rest * 100 + letterOf(byte)) % 97;
    ++length;
    // The four characters in front count as if they stood at the end: six digits.
    const whole = (rest * 1_000_000 + head) % 97;
    if (length >= IBAN_LENGTH_MIN && whole == 1 && !isAlphanumeric(text.at(i + 1))) end = i + 1;
  }
  return end < 0 ? null : new Span(at, end, Class.Ibans);
}

/** Two letters, each as two digits, and the check digits. */
function headOf(text: Slice, at: i32): u32 {
  const country = letterOf(text.at(at)) * 100 + letterOf(text.at(at + 1));
  return country * 100 + digitOf(text.at(at + 2)) * 10 + digitOf(text.at(at + 3));
}

function digitOf(byte: u8): u32 {
  return <u32>byte - 0x30;
}

function letterOf(byte: u8): u32 {
  return <u32>byte - 0x41 + 10;
}

function isAccountCharacter(byte: u8): bool {
  return isDigit(byte) || isUpper(byte);
}
