// Stretches of time, in milliseconds: their lengths, and where those of the calendar begin and end, in UTC.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

/** A length of time. */
export const enum Period {
  Second = 0,
  Minute = 1,
  Hour = 2,
  Day = 3,
  /** Of the calendar: from Monday. */
  Week = 4,
  /** 30 days; of the calendar: as long as the month is. */
  Month = 5,
}

const DAY_MS: i64 = 86_400_000;
// In the order of Period.
const LENGTHS_MS: StaticArray<i64> = [1000, 60_000, 3_600_000, DAY_MS, 7 * DAY_MS, 30 * DAY_MS];
const NAMES: StaticArray<Slice> = [
  Slice.of("second"),
  Slice.of("minute"),
  Slice.of("hour"),
  Slice.of("day"),
  Slice.of("week"),
  Slice.of("month"),
];
/** 1970 began on a Thursday. */
const MONDAY_SHIFT_MS: i64 = 3 * DAY_MS;

/** The period of this name in configurations, or −1. */
export function periodNamed(name: Slice): i32 {
  for (let i = 0; i < NAMES.length; ++i) if (NAMES[i].equals(name)) return i;
  return -1;
}

export function lengthMs(period: Period): i64 {
  return LENGTHS_MS[period];
}

/** When the period began that `wall` is in. */
export function periodStart(period: Period, wall: i64): i64 {
  if (period == Period.Month) return monthStart(monthOf(wall));
  const shift: i64 = period == Period.Week ? MONDAY_SHIFT_MS : 0;
  const length = LENGTHS_MS[period];
  return ((wall + shift) / length) * length - shift;
}

/** When it ends. */
export function periodEnd(period: Period, wall: i64): i64 {
  return period == Period.Month ? monthStart(monthOf(wall) + 1) : periodStart(period, wall) + LENGTHS_MS[period];
}

/** Months since March of the year 0. https://howardhinnant.github.io/date_algorithms.html#civil_from_days */
function monthOf(wall: i64): i64 {
  const days = wall / DAY_MS + 719_468;
  const era = days / 146_097;
  const dayOfEra = days - era * 146_097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  return (yearOfEra + era * 400) * 12 + (5 * dayOfYear + 2) / 153;
}

/** When such a month begins. https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
function monthStart(month: i64): i64 {
  const year = month / 12;
  const dayOfYear = (153 * (month % 12) + 2) / 5;
  const days = year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear;
  return (days - 719_468) * DAY_MS;
}

export function periodName(period: Period): Slice {
  return NAMES[period];
}
