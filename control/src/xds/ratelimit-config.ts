// The configuration of envoyproxy/ratelimit, where it counts the limits: what the plugin token-ratelimit asks, as
// descriptors that nest. https://github.com/envoyproxy/ratelimit#configuration
import type { Limit, LimitWindow } from "../model/limits.ts";
import type { Model } from "../model/model.ts";
import type { NamedResource, ProtoJson } from "./resources.ts";

export interface RatelimitDescriptor {
  key: string;
  /** Without it each value has a counter of its own. */
  value?: string;
  rate_limit?: { unit: string; requests_per_unit: number };
  descriptors?: RatelimitDescriptor[];
}

export interface RatelimitConfig {
  domain: string;
  descriptors: RatelimitDescriptor[];
}

/** Null where something else counts. */
export function ratelimitConfig({ gateway: { limitService }, limits }: Model): RatelimitConfig | null {
  if (limitService?.type !== "envoyproxy") return null;
  return { domain: limitService.domain, descriptors: limits.map(descriptorOf) };
}

/** The same as that service reads it by xDS: `ratelimit.config.ratelimit.v3.RateLimitConfig`. */
export function translateRatelimit(model: Model): NamedResource[] {
  const config = ratelimitConfig(model);
  if (!config) return [];
  const { domain, descriptors } = config;
  return [{ name: domain, resource: { name: domain, domain, descriptors: descriptors.map(toProto) } }];
}

function toProto({ rate_limit, descriptors, ...entry }: RatelimitDescriptor): ProtoJson {
  const limit = rate_limit && { ...rate_limit, unit: rate_limit.unit.toUpperCase() };
  return {
    ...entry,
    ...(limit && { rate_limit: limit }),
    ...(descriptors && { descriptors: descriptors.map(toProto) }),
  };
}

function descriptorOf({ name, match, windows }: Limit): RatelimitDescriptor {
  const hasCounters = match.some((condition) => condition.match === "each");
  return { key: "limit", value: name, descriptors: windows.map((window) => windowDescriptor(window, hasCounters)) };
}

/** What is refused in shadow the plugin lets through, so the service need not know of it. */
function windowDescriptor({ unit, period, algorithm, limit }: LimitWindow, hasCounters: boolean): RatelimitDescriptor {
  const window = { key: "window", value: `${unit}/${period}/${algorithm}` };
  const allowed = { rate_limit: { unit: period ?? "", requests_per_unit: limit } };
  return hasCounters ? { ...window, descriptors: [{ key: "counter", ...allowed }] } : { ...window, ...allowed };
}
