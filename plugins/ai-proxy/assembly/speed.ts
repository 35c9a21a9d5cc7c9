// How fast a target answers, for routes that want to know: shared data `weir.speed.<cluster>/<model>/<surface>`, read
// by the plugin ai-fallback. `<nanoseconds> <when>`, an average in which an answer counts for more the older the rest
// is.
import { nowNanos, parseInteger, sharedData, Slice, Writer } from "@weir/sdk/assembly";
import { Exchange } from "./exchange";
import { PlannedTarget } from "./plan";

const KEY = Slice.of("weir.speed.");
const SLASH: u8 = 0x2f;
const SPACE: u8 = 0x20;
/** Streams are measured up to their first token, and so apart from whole answers. */
const LETTER_S: u8 = 0x73;

const NANOS_PER_SECOND: u64 = 1_000_000_000;
/** What is so old counts for little more than a third. */
const memoryNanos: f64 = 10_000_000_000;
/** How much one of many answers in a short time counts. */
const weightMin: f64 = 0.2;
/** A failure counts as an answer that took at least, and at most, so long. */
const failureNanosMin: u64 = NANOS_PER_SECOND;
const failureNanosMax: u64 = 60 * NANOS_PER_SECOND;

/** Where the speed of an exchange's target is kept. */
export function speedKey(exchange: Exchange, planned: PlannedTarget): Slice {
  const key = new Writer().bytes(KEY).bytes(planned.cluster).byte(SLASH).bytes(planned.model);
  key.byte(SLASH).integer(exchange.wanted.surface.index);
  return exchange.edit.isStream ? key.byte(LETTER_S).take() : key.take();
}

/** An answer has taken so long. */
export function noteSpeed(key: Slice, nanos: u64): void {
  const now = nowNanos();
  const found = sharedData.get(key);
  let usual = <f64>nanos;
  if (found) {
    const at = whenOf(found.value);
    const age = now > at ? <f64>(now - at) : 0;
    const weight = Math.max(weightMin, 1 - Math.exp(-age / memoryNanos));
    usual = usual * weight + <f64>usualOf(found.value) * (1 - weight);
  }
  keep(key, <u64>usual, now);
}

/**
 * An attempt has failed after so long: its target counts as slow, the more often the slower. That is no measurement, so
 * it is dated as old as can be: the first answer after it counts alone.
 */
export function noteFailure(key: Slice, nanos: u64): void {
  const found = sharedData.get(key);
  const doubled = found ? usualOf(found.value) * 2 : 0;
  keep(key, min(max(max(doubled, nanos), failureNanosMin), failureNanosMax), 0);
}

/** Of two threads that write at once, one is as good as the other. */
function keep(key: Slice, usual: u64, now: u64): void {
  sharedData.set(key, new Writer().unsigned(usual).byte(SPACE).unsigned(now).take());
}

function usualOf(value: Slice): u64 {
  return <u64>parseInteger(value.slice(0, value.indexOf(SPACE)));
}

function whenOf(value: Slice): u64 {
  return <u64>parseInteger(value.slice(value.indexOf(SPACE) + 1));
}
