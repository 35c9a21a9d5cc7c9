// Readers of option values that several commands share. A wrong value is a usage error.
import { InvalidArgumentError } from "commander";

export const configFileDefault = "weir.yaml";
const portMax = 65_535;

export function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > portMax) {
    throw new InvalidArgumentError(`A port is a number from 1 to ${portMax}.`);
  }
  return port;
}

export function readPositive(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("It is a whole number from 1.");
  return Number(text);
}

/** Checked against Envoy's own levels, since Envoy itself would only exit. */
export function readLogLevel(text: string): string {
  const levels = ["trace", "debug", "info", "warning", "error", "critical", "off"];
  if (!levels.includes(text)) throw new InvalidArgumentError(`It is one of ${levels.join(", ")}.`);
  return text;
}
