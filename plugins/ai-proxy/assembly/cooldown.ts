// Targets that are better left alone for a while: shared data `weir.cooldown.<cluster>`, which the plugin ai-fallback
// reads as it makes a plan. `<nanoseconds since 1970>`; where a credential was not accepted, a space and the
// fingerprint of the target's configuration follow, and only another configuration, or an answer, ends it.
import { HeaderList, nowNanos, sharedData, Slice, Writer } from "@weir/sdk/assembly";
import { isKeyFault } from "./plan";
import { retryAfterNanos } from "./retry-after";
import { Target } from "./target";

const KEY = Slice.of("weir.cooldown.");
const OVER = Slice.of("0");
const SPACE: u8 = 0x20;
const NANOS_PER_SECOND: u64 = 1_000_000_000;
/** Where a provider that limits rates does not say for how long. */
const limitedNanosDefault: u64 = NANOS_PER_SECOND;
/** No provider is left alone for longer because it says so. */
const limitedNanosMax: u64 = 24 * 3600 * NANOS_PER_SECOND;
/** Until the configuration changes: ten years. */
const keyFaultNanos: u64 = 10 * 365 * 24 * 3600 * NANOS_PER_SECOND;

function keyOf(target: Target): Slice {
  return new Writer().bytes(KEY).bytes(target.cluster).take();
}

/** Leaves the target alone where an answer with this status and these headers says so. */
export function beginCooldown(target: Target, status: u32, headers: HeaderList): void {
  const now = nowNanos();
  if (isKeyFault(status)) {
    const value = new Writer().unsigned(now + keyFaultNanos).byte(SPACE);
    sharedData.set(keyOf(target), value.bytes(target.fingerprint).take());
    tellRest(target, now + keyFaultNanos);
    return;
  }
  const told = retryAfterNanos(headers, now);
  const nanos = told ? told : status == 429 ? limitedNanosDefault : 0;
  if (!nanos) return;
  const until = now + min(nanos, limitedNanosMax);
  sharedData.set(keyOf(target), new Writer().unsigned(until).take());
  tellRest(target, until);
}

function tellRest(target: Target, untilNanos: u64): void {
  const meter = target.meter;
  // Rounded up, so that nobody is told it is over before it is.
  if (meter) meter.onRest((untilNanos + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND);
}

/** The target has answered after all. */
export function endCooldown(target: Target): void {
  sharedData.set(keyOf(target), OVER);
  tellRest(target, 0);
}

/** A configuration has come: what another one's credential has met with is forgotten. */
export function forgetOtherFingerprint(target: Target): void {
  const found = sharedData.get(keyOf(target));
  if (!found) return;
  const space = found.value.indexOf(SPACE);
  if (space >= 0 && !found.value.slice(space + 1).equals(target.fingerprint)) endCooldown(target);
}
