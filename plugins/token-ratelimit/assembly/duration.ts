// Durations as OpenAI writes them in its headers: `1s`, `6m0s`, `17ms`, `1m30.951s`.
// https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
import { Slice, Writer } from "@weir/sdk/assembly";

/** Writes so many milliseconds. */
export function formatDuration(ms: i64): Slice {
  const writer = new Writer();
  if (ms > 0 && ms < 1000) return writer.integer(ms).text("ms").take();
  const minutes = ms / 60_000;
  if (minutes >= 60) writer.integer(minutes / 60).byte(HOURS);
  if (minutes) writer.integer(minutes % 60).byte(MINUTES);
  writer.integer((ms / 1000) % 60);
  writeFraction(writer, ms % 1000);
  return writer.byte(SECONDS).take();
}

const HOURS: u8 = 0x68;
const MINUTES: u8 = 0x6d;
const SECONDS: u8 = 0x73;
const ZERO: u8 = 0x30;
const POINT: u8 = 0x2e;

/** Without zeros at its end. */
function writeFraction(writer: Writer, ms: i64): void {
  if (!ms) return;
  writer.byte(POINT);
  for (let rest = ms, unit: i64 = 100; rest; rest %= unit, unit /= 10) writer.byte(ZERO + <u8>(rest / unit));
}
