// What every registry's client does.
import type { Instance, ServiceName } from "../model/discovery.ts";

export interface RegistryClient {
  /**
   * Tells a service's instances at first and after each change, until `signal` ends. Rejects as soon as the registry
   * cannot be asked.
   */
  watch(service: ServiceName, tell: (instances: Instance[]) => void, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** What a registry has answered and nobody can make sense of, or that it is not there. */
export class RegistryError extends Error {}

/** So many of one service are followed, whatever a registry has. */
export const instancesMax = 10_000;

/** An instance in a registry's own words. */
interface Said extends Partial<Omit<Instance, "address" | "port">> {
  address: unknown;
  port: unknown;
}

/** Null for what is no server that could be asked. */
export function instanceOf(parts: Said): Instance | null {
  const { address, port } = parts;
  const number = Number(port);
  const isHost = typeof address === "string" && /^[\w.:-]{1,253}$/.test(address);
  if (!isHost || !Number.isInteger(number) || number < 1 || number > 65_535) return null;
  const { weight = 1, protocol = "", version = "", zone = "" } = parts;
  const isWeight = Number.isFinite(weight) && weight > 0;
  return { address, port: number, weight: isWeight ? weight : 1, protocol: protocol.toLowerCase(), version, zone };
}

/** Each server once, in an order of its own, so that what has not changed is not sent again. */
export function inOrder(instances: (Instance | null)[]): Instance[] {
  const unique = new Map(instances.flatMap((one) => (one ? [[`${one.address} ${one.port}`, one] as const] : [])));
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, instance]) => instance);
  return sorted.slice(0, instancesMax);
}

export function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What JSON has at a place where an object is expected. */
export function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** Likewise for a list; some servers leave it out around a single item. */
export function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}
