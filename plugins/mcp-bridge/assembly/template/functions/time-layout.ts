// Times as Go writes them: by a layout that shows how the second of January 2006 would look.
// https://pkg.go.dev/time#pkg-constants
import { Slice, Writer } from "@weir/sdk/assembly";

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
const MONTHS: StaticArray<string> = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAYS: StaticArray<string> = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** What a layout may hold, the longer before those that they begin with. */
const TOKENS: StaticArray<string> = [
  "January",
  "Monday",
  "2006",
  "-07:00",
  "Z07:00",
  "-0700",
  ".000",
  "Jan",
  "Mon",
  "MST",
  "01",
  "02",
  "03",
  "04",
  "05",
  "06",
  "15",
  "PM",
  "pm",
  "_2",
  "1",
  "2",
  "3",
  "4",
  "5",
];

/** Zones without summer time that tools ask for; what is unknown is UTC. */
const ZONES: StaticArray<string> = [
  "Asia/Shanghai",
  "Asia/Chongqing",
  "Asia/Hong_Kong",
  "Asia/Taipei",
  "Asia/Singapore",
  "PRC",
  "Asia/Tokyo",
  "Asia/Seoul",
  "Asia/Kolkata",
  "Asia/Dubai",
  "Asia/Bangkok",
  "Asia/Jakarta",
  "Europe/Moscow",
  "America/Sao_Paulo",
];
const ZONE_MINUTES: StaticArray<i32> = [480, 480, 480, 480, 480, 480, 540, 540, 330, 240, 420, 420, 180, -180];

/** How many minutes the zone is before UTC. */
export function zoneMinutes(name: Slice): i32 {
  const wanted = name.toText();
  for (let i = 0; i < ZONES.length; ++i) if (ZONES[i] == wanted) return ZONE_MINUTES[i];
  return 0;
}

/** `ms` (Unix time) as `layout` says, in a zone so many minutes before UTC. */
export function formatTime(ms: i64, layout: Slice, minutes: i32): Slice {
  const time = new Moment(ms + <i64>minutes * MINUTE_MS, minutes);
  const output = new Writer();
  const text = layout.toText();
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at);
    if (token < 0) output.text(text.charAt(at));
    else time.write(output, TOKENS[token]);
    at += token < 0 ? 1 : TOKENS[token].length;
  }
  return output.take();
}

function tokenAt(text: string, at: i32): i32 {
  for (let i = 0; i < TOKENS.length; ++i) if (text.startsWith(TOKENS[i], at)) return i;
  return -1;
}

/** A time in its parts. */
@final
class Moment {
  private readonly ofDay: i32;
  private readonly weekday: i32;
  private year: i32 = 0;
  private month: i32 = 0;
  private day: i32 = 0;

  constructor(
    local: i64,
    private readonly minutes: i32,
  ) {
    const days = local >= 0 ? local / DAY_MS : (local - DAY_MS + 1) / DAY_MS;
    this.ofDay = <i32>(local - days * DAY_MS);
    this.weekday = <i32>((((days + 4) % 7) + 7) % 7);
    this.setDate(days);
  }

  /** Days since 1970 as a date of the Gregorian calendar: https://howardhinnant.github.io/date_algorithms.html */
  private setDate(days: i64): void {
    const shifted = days + 719468;
    const era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const dayOfEra = shifted - era * 146097;
    const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const part = (5 * dayOfYear + 2) / 153;
    this.day = <i32>(dayOfYear - (153 * part + 2) / 5 + 1);
    this.month = <i32>(part < 10 ? part + 3 : part - 9);
    this.year = <i32>(yearOfEra + era * 400 + (this.month <= 2 ? 1 : 0));
  }

  write(output: Writer, token: string): void {
    const hour = this.ofDay / 3_600_000;
    if (token == "2006") padded(output, this.year, 4);
    else if (token == "06") padded(output, this.year % 100, 2);
    else if (token == "January") output.text(MONTHS[this.month - 1]);
    else if (token == "Jan") output.text(MONTHS[this.month - 1].slice(0, 3));
    else if (token == "01" || token == "1") padded(output, this.month, token.length);
    else if (token == "Monday") output.text(DAYS[this.weekday]);
    else if (token == "Mon") output.text(DAYS[this.weekday].slice(0, 3));
    else if (token == "02" || token == "2") padded(output, this.day, token.length);
    else if (token == "_2") output.text(this.day.toString().padStart(2));
    else if (token == "15") padded(output, hour, 2);
    else if (token == "03" || token == "3") padded(output, ((hour + 11) % 12) + 1, token.length);
    else if (token == "PM" || token == "pm") output.text(halfOfDay(hour, token));
    else this.writeSmall(output, token);
  }

  private writeSmall(output: Writer, token: string): void {
    if (token == "04" || token == "4") padded(output, (this.ofDay / 60_000) % 60, token.length);
    else if (token == "05" || token == "5") padded(output, (this.ofDay / 1000) % 60, token.length);
    else if (token == ".000") padded(output.byte(0x2e), this.ofDay % 1000, 3);
    else if (token == "MST" && !this.minutes) output.text("UTC");
    else if (token == "Z07:00" && !this.minutes) output.byte(0x5a);
    else this.writeOffset(output, token != "-0700" && token != "MST");
  }

  private writeOffset(output: Writer, hasColon: bool): void {
    const size = abs(this.minutes);
    padded(output.byte(this.minutes < 0 ? 0x2d : 0x2b), size / 60, 2);
    if (hasColon) output.byte(0x3a);
    padded(output, size % 60, 2);
  }
}

function halfOfDay(hour: i32, token: string): string {
  const half = hour < 12 ? "AM" : "PM";
  return token == "PM" ? half : half.toLowerCase();
}

function padded(output: Writer, value: i32, digits: i32): void {
  output.text(value.toString().padStart(digits, "0"));
}
