// Time, and the timer, from the host: a test's virtual clock rules both.
import { Status } from "./abi";
import { proxy_get_current_time_nanoseconds, proxy_set_tick_period_milliseconds } from "./env";
import { numberSlot } from "./host-memory";

/** Wall-clock time in nanoseconds since 1970; 0 if the host has none. */
export function nowNanos(): u64 {
  return proxy_get_current_time_nanoseconds(numberSlot) == Status.Ok ? load<u64>(numberSlot) : 0;
}

/** Wall-clock time in milliseconds since 1970; 0 if the host has none. */
export function nowMs(): u64 {
  return nowNanos() / 1_000_000;
}

/** Has the effective root context's `onTick` called every `periodMs` milliseconds; 0 stops it. */
export function setTickPeriodMs(periodMs: u32): Status {
  return proxy_set_tick_period_milliseconds(periodMs);
}
