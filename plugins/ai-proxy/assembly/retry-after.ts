// For how long a provider wants to be left alone. https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
// https://learn.microsoft.com/azure/ai-services/openai/how-to/quota (retry-after-ms)
import { HeaderList, parseHttpDate, parseNumber, Slice } from "@weir/sdk/assembly";

const RETRY_AFTER = Slice.of("retry-after");
const RETRY_AFTER_MS = Slice.of("retry-after-ms");
const NANOS_PER_SECOND: f64 = 1e9;
const NANOS_PER_MS: f64 = 1e6;
const nanosMax: f64 = 1e18;

/** In nanoseconds from `now` on; 0 where it does not say, or says something that is no time. */
export function retryAfterNanos(headers: HeaderList, now: u64): u64 {
  const ms = headers.get(RETRY_AFTER_MS);
  const told = ms ? clamped(parseNumber(ms) * NANOS_PER_MS) : 0;
  if (told) return told;
  const value = headers.get(RETRY_AFTER);
  if (!value) return 0;
  const seconds = parseHttpDate(value);
  if (seconds < 0) return clamped(parseNumber(value) * NANOS_PER_SECOND);
  const at = <u64>seconds * 1_000_000_000;
  return at > now ? at - now : 0;
}

/** What is no number is no time. */
function clamped(nanos: f64): u64 {
  return nanos > 0 ? <u64>min(nanos, nanosMax) : 0;
}
