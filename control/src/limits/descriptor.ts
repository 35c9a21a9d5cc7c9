// What a RateLimitService is asked, read: each descriptor is one window of one limit's counter, and carries all that
// the service has to know of it. docs/decisions/global-limits.md has the form.
import { createHash } from "node:crypto";
import {
  limitAlgorithms,
  limitMax,
  limitPeriods,
  limitUnits,
  type LimitAlgorithm,
  type LimitPeriod,
  type LimitUnit,
} from "../model/limits.ts";
import type { AmountInWindow, CounterOperation, ReservationCall } from "./counter-store.ts";

/** `envoy.extensions.common.ratelimit.v3.RateLimitDescriptor`, as far as it matters. */
export interface Descriptor {
  entries: { key: string; value: string }[];
  hitsAddend?: bigint | undefined;
  isNegativeHits: boolean;
}

/** `envoy.service.ratelimit.v3.RateLimitRequest` */
export interface RateLimitRequest {
  domain: string;
  descriptors: Descriptor[];
  hitsAddend: number;
}

/** A window of an operation, by the places of both. */
export interface Place {
  operation: number;
  window: number;
}

export interface ReadRequest {
  operations: CounterOperation[];
  /** For each descriptor; null for one that is no limit's. */
  places: (Place | null)[];
  /** Null: each time that it is sent, it is done. */
  reservation: ReservationCall | null;
}

/** What is asked does not make sense. */
export class MalformedDescriptor extends Error {}

const attempts = ["first", "again", "undo"] as const;
const descriptorsMax = 256;
/** How many requests may come as one. */
const partsMax = 256;
/** Longer names of counters are known by their hashes. */
const counterBytesMax = 200;

/**
 * The requests that have come as one: each ends with its `reservation`, and the `attempt` behind that. A request with
 * one or none is itself. Throws a `MalformedDescriptor`.
 */
export function partsOf(request: RateLimitRequest): RateLimitRequest[] {
  const has = ({ entries }: Descriptor, wanted: string): boolean => entries.some(({ key }) => key === wanted);
  const count = request.descriptors.filter((descriptor) => has(descriptor, "reservation")).length;
  if (count < 2) return [request];
  if (count > partsMax) fail(`more than ${partsMax} reservations`);
  const parts: Descriptor[][] = [[]];
  let isWhole = false;
  for (const descriptor of request.descriptors) {
    if (isWhole && !has(descriptor, "attempt")) {
      parts.push([]);
      isWhole = false;
    }
    parts.at(-1)?.push(descriptor);
    isWhole ||= has(descriptor, "reservation");
  }
  return parts.map((descriptors) => ({ ...request, descriptors }));
}

/** Throws a `MalformedDescriptor`. */
export function readRequest({ domain, descriptors, hitsAddend }: RateLimitRequest): ReadRequest {
  if (descriptors.length > descriptorsMax) fail(`more than ${descriptorsMax} descriptors`);
  const operations = new Map<string, CounterOperation>();
  const aside = new Map<string, string>();
  const places = descriptors.map(({ entries, ...descriptor }): Place | null => {
    const fields = new Map(entries.map(({ key, value }) => [key, value]));
    const limit = fields.get("limit");
    const window = fields.get("window");
    if (limit === undefined || window === undefined) {
      for (const [key, value] of fields) aside.set(key, value);
      return null;
    }
    // Without any, one hit is meant: https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/service/ratelimit/v3/rls.proto
    const hits = descriptor.hitsAddend === undefined ? Math.max(1, hitsAddend) : numberOf(descriptor.hitsAddend);
    const signed = descriptor.isNegativeHits ? -hits : hits;
    const key = keyOf(domain, limit, fields.get("counter") ?? "");
    const operation = joined(operations, { key, ...kindOf(fields.get("lease"), signed), ...shadowOf(fields) });
    const amount = amountOf(window, fields, signed, operation);
    if (operation.windows.some((other) => isSame(other, amount))) fail(`the window ${window} of ${limit} twice`);
    operation.windows.push(amount);
    return { operation: [...operations.keys()].indexOf(key), window: operation.windows.length - 1 };
  });
  const reservation = reservationOf(domain, aside, [...operations.values()]);
  return { operations: [...operations.values()], places, reservation };
}

/** What all of a request belongs to, in descriptors of their own: `reservation`, a name, and `attempt`. */
function reservationOf(
  domain: string,
  aside: Map<string, string>,
  operations: CounterOperation[],
): ReservationCall | null {
  const id = aside.get("reservation");
  if (id === undefined) return null;
  const attempt = aside.get("attempt") ?? "first";
  const kinds = new Set(operations.map(({ kind, leases }) => (kind === "reserve" && !leases ? "ask" : kind)));
  const needed = attempt === "again" ? "settle" : attempt === "undo" ? "reserve" : null;
  if (!/^[\w-]{1,64}$/.test(id)) fail("a reservation without a name of its own");
  if (!isOneOf(attempts, attempt)) return fail("an attempt that is none");
  if (kinds.size !== 1 || kinds.has("ask")) fail("a reservation that is not made, and not settled");
  if (needed !== null && !kinds.has(needed)) fail(`an attempt ${attempt} at what it is not for`);
  return { key: `{weir:${domain}}:open:${id}`, attempt };
}

/** In braces is what Redis Cluster chooses a node by: all counters of a domain are on one. */
function keyOf(domain: string, limit: string, counter: string): string {
  const isLong = Buffer.byteLength(counter) > counterBytesMax;
  const name = isLong ? createHash("sha256").update(counter).digest("hex") : counter;
  return `{weir:${domain}}:${limit}:${name}`;
}

type Kind = Pick<CounterOperation, "kind" | "leases" | "time" | "wall">;

/** `new`: it will be settled. `<time>:<wall>:<reserved>`: this settles it. Without any it is counted, no more. */
function kindOf(lease: string | undefined, hits: number): Kind {
  if (lease !== undefined && lease !== "new") {
    const [time, wall] = leaseOf(lease);
    return { kind: "settle", time, wall };
  }
  if (hits < 0) fail("hits are given back without a lease");
  if (hits === 0) return { kind: "ask" };
  return { kind: "reserve", leases: lease === "new" };
}

function leaseOf(lease: string): [time: number, wall: number, reserved: number] {
  const [time, wall, reserved] = /^\d{1,16}:-?\d{1,16}:\d{1,16}$/.test(lease) ? lease.split(":").map(Number) : [];
  if (time === undefined || wall === undefined || reserved === undefined) return fail("a lease that is none");
  return [time, wall, reserved];
}

function shadowOf(fields: Map<string, string>): { shadow?: boolean } {
  return fields.get("shadow") === "true" ? { shadow: true } : {};
}

/** The operation on this counter. All descriptors of a counter must ask for the same. */
function joined(
  operations: Map<string, CounterOperation>,
  operation: Omit<CounterOperation, "windows">,
): CounterOperation {
  const known = operations.get(operation.key);
  if (!known) {
    const added = { ...operation, windows: [] };
    operations.set(operation.key, added);
    return added;
  }
  if (known.time !== operation.time || known.wall !== operation.wall) fail("a counter with two leases");
  if (known.kind !== operation.kind) fail("a counter that is asked and changed at once");
  return known;
}

function amountOf(
  window: string,
  fields: Map<string, string>,
  hits: number,
  { kind }: CounterOperation,
): AmountInWindow {
  const limit = Number(/^\d{1,16}$/.exec(fields.get("max") ?? "")?.[0] ?? NaN);
  if (!(limit <= limitMax)) fail(`a window without a max from 0 to ${limitMax}`);
  const place = { ...windowOf(window), limit };
  if (kind !== "settle") return { ...place, amount: hits };
  const [, , reserved] = leaseOf(fields.get("lease") ?? "");
  return { ...place, amount: Math.max(0, reserved + hits), reserved };
}

function windowOf(text: string): { unit: LimitUnit; period: LimitPeriod | null; algorithm: LimitAlgorithm | null } {
  const [unit, period, algorithm, ...more] = text.split("/");
  if (!isOneOf(limitUnits, unit) || more.length > 0) return fail("a window of no known unit");
  if (unit === "concurrentRequests") {
    return period === undefined ? { unit, period: null, algorithm: null } : fail(`${unit} in a period`);
  }
  if (!isOneOf(limitPeriods, period) || !isOneOf(limitAlgorithms, algorithm)) {
    return fail("a window that is not <unit>/<period>/<algorithm>");
  }
  return { unit, period, algorithm };
}

function isOneOf<T extends string>(list: readonly T[], text: string | undefined): text is T {
  return (list as readonly (string | undefined)[]).includes(text);
}

function isSame(a: AmountInWindow, b: AmountInWindow): boolean {
  return a.unit === b.unit && a.period === b.period && a.algorithm === b.algorithm;
}

function numberOf(hits: bigint): number {
  if (hits > BigInt(limitMax)) fail("hits beyond the largest limit");
  return Number(hits);
}

function fail(what: string): never {
  throw new MalformedDescriptor(`The request has ${what}`);
}
