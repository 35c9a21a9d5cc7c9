// Where a text that was cut is cut again, so that no half of something stands at its end that would have been redacted
// as a whole. What has begun before that and is longer has been found: it goes to the end of the text.
import { Slice } from "@weir/sdk/assembly";
import { isBlank, standsAt } from "./characters";

/** A longer word is none: what is in it is found, or is not told by its form. */
const WORD_BYTES_MAX: i32 = 512;
/** Numbers with blanks in them, and the first line of a key, are shorter. */
const GROUPS_BYTES_MAX: i32 = 128;
const BEARER = Slice.of("bearer");
const BASIC = Slice.of("basic");

/** Behind the last word that is surely whole. A word is of ASCII; other scripts have characters alone. */
export function keptEnd(text: Slice): i32 {
  let end = wordStart(text, characterStart(text));
  const least = max(end - GROUPS_BYTES_MAX, 0);
  let from = groupBefore(text, end);
  while (from >= least) {
    end = from;
    from = groupBefore(text, end);
  }
  return end;
}

/** Where the word before `end` begins, if it may be a group of something longer; else −1. */
function groupBefore(text: Slice, end: i32): i32 {
  let behind = end;
  while (behind > 0 && isBlank(text.at(behind - 1))) --behind;
  const from = wordStart(text, behind);
  return from < behind && isGroup(text, from, behind) ? from : -1;
}

/** Without the last character, where it is not of ASCII: it may not be whole. */
function characterStart(text: Slice): i32 {
  let at = text.length;
  if (text.at(at - 1) < 0x80) return at;
  do --at;
  while (at > 0 && (text.at(at) & 0xc0) == 0x80);
  return at;
}

function wordStart(text: Slice, end: i32): i32 {
  const least = max(end - WORD_BYTES_MAX, 0);
  let at = end;
  while (at > least && isOfWord(text.at(at - 1))) --at;
  return at;
}

function isOfWord(byte: u8): bool {
  return byte < 0x80 && !isBlank(byte);
}

/** Whether a word may be a group of something longer: it has no small letters, or is a scheme before a credential. */
function isGroup(text: Slice, from: i32, end: i32): bool {
  const length = end - from;
  if (length == BEARER.length && standsAt(text, from, BEARER, true)) return true;
  if (length == BASIC.length && standsAt(text, from, BASIC, true)) return true;
  for (let at = from; at < end; ++at) if (<u32>text.at(at) - 0x61 < 26) return false;
  return true;
}
