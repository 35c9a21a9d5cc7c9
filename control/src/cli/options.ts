// Readers of option values that several commands share. A wrong value is a usage error.
import { InvalidArgumentError } from "commander";
import type { HostPort } from "../../../envoy/control-cluster.ts";

export const configFileDefault = "weir.yaml";
const portMax = 65_535;

export function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > portMax) {
    throw new InvalidArgumentError(`A port is a number from 1 to ${portMax}.`);
  }
  return port;
}

/** `10.0.0.5:18000`, `[::1]:18000`, `weir.internal:18000` */
export function readHostPort(text: string): HostPort {
  const [, inBrackets, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d+)$/.exec(text) ?? [];
  const address = inBrackets ?? plain;
  if (!address || !port) throw new InvalidArgumentError("It is a host and a port, such as 127.0.0.1:18000.");
  return { address, port: readPort(port) };
}

export function readPositive(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("It is a whole number from 1.");
  return Number(text);
}

export function readBytes(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("It is a whole number of bytes.");
  return Number(text);
}

const drainSecondsMax = 3_600;

/** Seconds; 0 waits for nobody. */
export function readSeconds(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) > drainSecondsMax) {
    throw new InvalidArgumentError(`It is a whole number of seconds from 0 to ${drainSecondsMax}.`);
  }
  return Number(text);
}

/** Checked against Envoy's own levels, since Envoy itself would only exit. */
export function readLogLevel(text: string): string {
  const levels = ["trace", "debug", "info", "warning", "error", "critical", "off"];
  if (!levels.includes(text)) throw new InvalidArgumentError(`It is one of ${levels.join(", ")}.`);
  return text;
}
