// Writing to the host's log. In Envoy a line comes out under the logger "wasm", with the plugin's name and root id.
import { LogLevel, Status } from "./abi";
import { Slice } from "./bytes/slice";
import { proxy_get_log_level, proxy_log } from "./env";
import { numberSlot } from "./host-memory";

/** Writes `message` (UTF-8) to the host's log at `level`. */
export function log(level: LogLevel, message: Slice): Status {
  return proxy_log(level, message.pointer, message.length);
}

/** The host's present log level. It may change while the plugin runs. */
export function logLevel(): LogLevel {
  return proxy_get_log_level(numberSlot) == Status.Ok ? load<u32>(numberSlot) : LogLevel.Info;
}

/** True if a message at `level` would be written: ask before building a costly one. */
export function isLogged(level: LogLevel): bool {
  return level >= logLevel();
}

/** Writes `message` at level trace; costs next to nothing when that is switched off. */
export function logTrace(message: string): void {
  if (isLogged(LogLevel.Trace)) log(LogLevel.Trace, Slice.of(message));
}

/** Writes `message` at level debug; costs next to nothing when that is switched off. */
export function logDebug(message: string): void {
  if (isLogged(LogLevel.Debug)) log(LogLevel.Debug, Slice.of(message));
}

/** Writes `message` at level info. */
export function logInfo(message: string): void {
  log(LogLevel.Info, Slice.of(message));
}

/** Writes `message` at level warning. */
export function logWarn(message: string): void {
  log(LogLevel.Warn, Slice.of(message));
}

/** Writes `message` at level error. */
export function logError(message: string): void {
  log(LogLevel.Error, Slice.of(message));
}

/** Writes `message` at level critical. */
export function logCritical(message: string): void {
  log(LogLevel.Critical, Slice.of(message));
}
