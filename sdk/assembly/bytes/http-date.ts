// Dates in headers: `Sun, 06 Nov 1994 08:49:37 GMT`. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
import { parseInteger } from "./integer";
import { Slice } from "./slice";

const MONTHS = Slice.of("JanFebMarAprMayJunJulAugSepOctNovDec");
const GMT = Slice.of(" GMT");
const dateLength: i32 = 29;
const secondsPerDay: i64 = 86_400;

/** Seconds since 1970; −1 where the text is no date of the preferred form. */
export function parseHttpDate(text: Slice): i64 {
  if (text.length != dateLength || !text.endsWith(GMT)) return -1;
  const month = MONTHS.find(text.slice(8, 11));
  const year = parseInteger(text.slice(12, 16), -1);
  const day = parseInteger(text.slice(5, 7), -1);
  const hours = parseInteger(text.slice(17, 19), -1);
  const minutes = parseInteger(text.slice(20, 22), -1);
  const seconds = parseInteger(text.slice(23, 25), -1);
  if (month < 0 || month % 3 || year < 1970 || min(min(day, hours), min(minutes, seconds)) < 0) return -1;
  const days = daysSince1970(year, month / 3 + 1, day);
  return days * secondsPerDay + hours * 3600 + minutes * 60 + seconds;
}

/** Of a day in the Gregorian calendar. The year begins in March here, so that a leap day is its last. */
function daysSince1970(year: i64, month: i64, day: i64): i64 {
  const shifted = month > 2 ? month - 3 : month + 9;
  const y = month > 2 ? year : year - 1;
  return y * 365 + y / 4 - y / 100 + y / 400 + (shifted * 153 + 2) / 5 + day - 719_469;
}
