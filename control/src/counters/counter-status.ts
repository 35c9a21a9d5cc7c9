// How much of each limit is used, as Envoys have told last: for `weir limits show` and `GET /limits`.
import { isUtf8 } from "node:buffer";
import type { Limit, LimitCondition, LimitWindow } from "../model/limits.ts";
import { decodeCounter, underWay, usedOf } from "./counter.ts";
import type { KeptCounter } from "./kept-counters.ts";

export interface WindowStatus extends LimitWindow {
  used: number;
  remaining: number;
}

/** One counter of one limit at one Envoy. */
export interface CounterStatus {
  limit: string;
  /** By what has counters of its own; `{}` where all share one. A value of more than 64 bytes shows as its SHA-256. */
  values: Record<string, string>;
  envoy: string;
  /** Requests that are not settled yet: what is used includes what is set aside for them. */
  underWay: number;
  windows: WindowStatus[];
}

const keyPrefix = "weir.limit.";

/** Counters of limits that are no longer configured are left out. Without a limit nobody is asked for any. */
export function counterStatus(limits: Limit[], list: () => KeptCounter[], now: number): CounterStatus[] {
  const kept = limits.length > 0 ? list() : [];
  return limits.flatMap((limit) =>
    kept.filter(({ shard }) => isOf(limit, shard)).map((counter) => statusOf(limit, counter, now)),
  );
}

function isOf(limit: Limit, shard: string): boolean {
  const name = keyPrefix + limit.name;
  if (conditionsOf(limit).length === 0) return shard === name;
  return shard.startsWith(`${name}/`) && /^\d+$/.test(shard.slice(name.length + 1));
}

function conditionsOf({ match }: Limit): LimitCondition[] {
  return match.filter((condition) => condition.match === "each");
}

function statusOf(limit: Limit, { envoy, name, counter }: KeptCounter, now: number): CounterStatus {
  const state = decodeCounter(counter);
  const windows = limit.windows.map((window) => {
    const used = usedOf(state, window, now);
    return { ...window, used, remaining: Math.max(0, window.limit - used) };
  });
  return { limit: limit.name, values: valuesOf(limit, name), envoy, underWay: underWay(state), windows };
}

function valuesOf(limit: Limit, name: Uint8Array): Record<string, string> {
  const conditions = conditionsOf(limit);
  const parts = partsOf(Buffer.from(name), conditions.length);
  return Object.fromEntries(conditions.map(({ by, name: of }, i) => [of ? `${by} ${of}` : by, textOf(parts[i]!)]));
}

/** With NUL between them; a digest may have one inside, so with one condition there is nothing to part. */
function partsOf(name: Buffer, count: number): Buffer[] {
  if (count <= 1) return [name];
  const at = name.indexOf(0);
  const end = at < 0 ? name.length : at;
  return [name.subarray(0, end), ...partsOf(name.subarray(end + 1), count - 1)];
}

function textOf(value: Buffer): string {
  return isUtf8(value) ? value.toString() : value.toString("hex");
}
