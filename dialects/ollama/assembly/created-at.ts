// Times as Ollama writes them: RFC 3339, `2025-07-07T20:32:53.844124Z` or with an offset in place of the Z.
import { isDigit } from "@weir/sdk/assembly/bytes/integer";
import { Slice } from "@weir/sdk/assembly/bytes/slice";

const SECONDS_OF_DAY: i64 = 86400;
const DATE_SIZE: i32 = 10;
const TIME_SIZE: i32 = 19;
/** Days from 1 March of year 0 to 1 January 1970. */
const DAYS_TO_1970: i64 = 719468;

/** The seconds since 1970; 0 where it is no such time. */
export function secondsOf(time: Slice): i64 {
  const month = numberAt(time, 5);
  const isTime = time.length > TIME_SIZE && (time.at(DATE_SIZE) | 0x20) == 0x74 && month >= 1 && month <= 12;
  if (!isTime) return 0;
  const days = daysOf(numberAt(time, 0) * 100 + numberAt(time, 2), month, numberAt(time, 8));
  const seconds = numberAt(time, 11) * 3600 + numberAt(time, 14) * 60 + numberAt(time, 17);
  return max(days * SECONDS_OF_DAY + seconds - offsetOf(time), 0);
}

/** Two digits; 0 where there are none. */
function numberAt(time: Slice, at: i32): i64 {
  const tens = time.at(at);
  const ones = time.at(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + (ones - 0x30) : 0;
}

/** Seconds east of Greenwich, from `+02:00` at the end. */
function offsetOf(time: Slice): i64 {
  const sign = time.at(time.length - 6);
  if (sign != 0x2b && sign != 0x2d) return 0;
  const seconds = numberAt(time, time.length - 5) * 3600 + numberAt(time, time.length - 2) * 60;
  return sign == 0x2b ? seconds : -seconds;
}

/** Days since 1970 of a date in the Gregorian calendar; years begin in March, so that a leap day is their last. */
function daysOf(year: i64, month: i64, day: i64): i64 {
  const marchYear = month > 2 ? year : year - 1;
  const sinceMarch = (month + 9) % 12;
  const dayOfYear = (153 * sinceMarch + 2) / 5 + day - 1;
  return marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - DAYS_TO_1970;
}
