// A host with its port, as text.
import { Mistake, text } from "./scalar.ts";

export const hostPort = (sample: string) =>
  text((value) => {
    const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^:\s/]{1,253}):(\d{1,5})$/.exec(value) ?? [];
    const isPort = port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
    if (host !== undefined && isPort) return value;
    return new Mistake("is not a host with a port", `Write it as in ${sample}`);
  });

/** Of one that fits. */
export function readHostPort(value: string): { host: string; port: number } {
  const colon = value.lastIndexOf(":");
  return { host: value.slice(0, colon).replace(/^\[(.*)\]$/, "$1"), port: Number(value.slice(colon + 1)) };
}
