// Dates as AWS signatures write them: ISO 8601's basic form in UTC, 20150830T123600Z. The day is its first 8 bytes.
import { Slice } from "../bytes/slice";
import { Writer } from "../bytes/writer";

const NANOS_PER_SECOND: u64 = 1_000_000_000;
const SECONDS_PER_DAY: u64 = 86_400;
/** From 0000-03-01, where the calendar's 400 years begin here, to 1970-01-01. */
const DAYS_BEFORE_1970: u64 = 719_468;
const DAYS_IN_400_YEARS: u64 = 146_097;
/** The size of the day in a date. */
export const AMZ_DAY_SIZE: i32 = 8;

/** The date at `nanos` since 1970. */
export function amzDate(nanos: u64): Slice {
  const seconds = nanos / NANOS_PER_SECOND;
  const time = seconds % SECONDS_PER_DAY;
  const writer = new Writer(16);
  writeDay(writer, seconds / SECONDS_PER_DAY);
  writer.byte(0x54);
  twoDigits(writer, time / 3600);
  twoDigits(writer, (time / 60) % 60);
  twoDigits(writer, time % 60);
  return writer.byte(0x5a).take();
}

/**
 * The Gregorian date of a day since 1970. Years are counted from March, so that a leap day is a year's last: months
 * then have their lengths by one formula. https://howardhinnant.github.io/date_algorithms.html#civil_from_days
 */
function writeDay(writer: Writer, day: u64): void {
  const days = day + DAYS_BEFORE_1970;
  const era = days / DAYS_IN_400_YEARS;
  const dayOfEra = days % DAYS_IN_400_YEARS;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const monthFromMarch = (5 * dayOfYear + 2) / 153;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + u64(month <= 2);
  twoDigits(writer, year / 100);
  twoDigits(writer, year % 100);
  twoDigits(writer, month);
  twoDigits(writer, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1);
}

function twoDigits(writer: Writer, value: u64): void {
  writer.byte(<u8>(0x30 + value / 10)).byte(<u8>(0x30 + (value % 10)));
}
