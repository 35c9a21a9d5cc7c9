// What the Envoy that Weir has started says of each target: which of its addresses are in use, and how much they have
// to do. https://www.envoyproxy.io/docs/envoy/v1.40.0/operations/admin#get--clusters
import type { Model } from "../model/model.ts";
import { clusterName } from "../xds/cluster-name.ts";
import { deadEndPort } from "../xds/resilience.ts";

/** `ejected`: left alone after errors. `unhealthy`: its health checks fail. */
export type AddressState = "healthy" | "ejected" | "unhealthy";

export const targetStates = ["available", "degraded", "refusing", "unresolved", "resting", "halfOpen", "full"] as const;
export type TargetState = (typeof targetStates)[number];

export interface TargetStatus {
  target: string;
  /**
   * `available`: with every address. `degraded`: with some of them. `refusing`: with none, requests are refused at
   * once. `unresolved`: its name leads to no address. `resting`: after a 429, or a key that was refused, others are
   * tried first. `halfOpen`: that is over, and it has not answered yet. `full`: it has as many requests as it may.
   */
  state: TargetState;
  /** Until when it rests; null where it does not, or until its key changes. */
  restingUntil: string | null;
  addresses: { address: string; state: AddressState }[];
  requestsActive: number;
  /** 0 for no limit. */
  maxConcurrentRequests: number;
  /** How fast it has been of late, as far as requests have asked for the fastest. */
  speeds: TargetSpeed[];
}

export interface TargetSpeed {
  /** The provider's name of the model. */
  model: string;
  /** `chat`, or the surface. */
  operation: string;
  /** A stream's first token, a whole answer, or a hundred tokens of any. */
  of: "first_token" | "answer" | "hundred_tokens";
  /** Failures count as slow. */
  milliseconds: number;
}

/** As far as it is read here; what is false or 0 is left out. */
interface ClusterStatus {
  name: string;
  host_statuses?: {
    address?: { socket_address?: { address?: string; port_value?: number } };
    stats?: { name: string; value?: string }[];
    health_status?: { failed_outlier_check?: boolean; failed_active_health_check?: boolean };
    priority?: number;
  }[];
}

type HostStatus = NonNullable<ClusterStatus["host_statuses"]>[number];

/** The plugins' metrics of targets begin so: until when one rests, in seconds since 1970, and how fast it is. */
export const targetStats = "weir.target.";
const restingStat = /weir\.target\.resting_until_seconds.*;target=([^;:]+): (\d+)$/gm;
const speedStat = /weir\.target\.usual_milliseconds;(.*): (\d+)$/gm;

/** Beyond it a target rests until its key changes. */
const foreverMs = 365 * 24 * 3_600_000;

/**
 * `text` is the answer of `/clusters?format=json`, `stats` that of `/stats` for `targetStats`. In the model's order;
 * targets that Envoy has not are left out.
 */
export function readTargetStatus(text: string, stats: string, model: Model): TargetStatus[] {
  const { cluster_statuses = [] } = JSON.parse(text) as { cluster_statuses?: ClusterStatus[] };
  const rests = readRests(stats);
  const speeds = readSpeeds(stats);
  const byName = new Map(cluster_statuses.map((cluster) => [cluster.name, cluster]));
  return model.targets.flatMap((target) => {
    const cluster = byName.get(clusterName(target));
    if (!cluster) return [];
    const hosts = (cluster.host_statuses ?? []).filter((host) => !isDeadEnd(host));
    const addresses = hosts.map((host) => ({ address: addressOf(host), state: stateOf(host) }));
    const requestsActive = hosts.reduce((sum, { stats }) => sum + statistic(stats, "rq_active"), 0);
    const { maxConcurrentRequests } = target.circuitBreaker;
    const rest = restOf(rests.get(target.name) ?? 0);
    const reached = summary(addresses.map(({ state }) => state));
    const isFull = maxConcurrentRequests > 0 && requestsActive >= maxConcurrentRequests;
    const isCut = reached === "refusing" || reached === "unresolved";
    const state = isCut ? reached : (rest.state ?? (isFull ? "full" : reached));
    const { restingUntil } = rest;
    const own = speeds.get(target.name) ?? [];
    return { target: target.name, state, restingUntil, addresses, requestsActive, maxConcurrentRequests, speeds: own };
  });
}

/** By the target's name, in milliseconds since 1970. */
function readRests(stats: string): Map<string, number> {
  const lines = stats.matchAll(restingStat);
  return new Map([...lines].map(([, target = "", seconds]) => [target, Number(seconds) * 1000]));
}

/** By the target's name. */
function readSpeeds(stats: string): Map<string, TargetSpeed[]> {
  const all = [...stats.matchAll(speedStat)].map(([, labels = "", milliseconds]) => {
    const pairs = labels.split(";").map((pair): [string, string] => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    });
    const { target = "", model = "", operation = "", of } = Object.fromEntries(pairs);
    return { target, speed: { model, operation, of: of as TargetSpeed["of"], milliseconds: Number(milliseconds) } };
  });
  const byTarget = Map.groupBy(all, ({ target }) => target);
  return new Map([...byTarget].map(([target, found]) => [target, found.map(({ speed }) => speed)]));
}

function restOf(untilMs: number): { state: "resting" | "halfOpen" | null; restingUntil: string | null } {
  const now = Date.now();
  if (untilMs === 0) return { state: null, restingUntil: null };
  if (untilMs <= now) return { state: "halfOpen", restingUntil: null };
  return { state: "resting", restingUntil: untilMs - now > foreverMs ? null : new Date(untilMs).toISOString() };
}

function isDeadEnd({ address, priority = 0 }: HostStatus): boolean {
  return priority > 0 && address?.socket_address?.port_value === deadEndPort;
}

function addressOf({ address }: HostStatus): string {
  const { address: host = "", port_value: port = 0 } = address?.socket_address ?? {};
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function stateOf({ health_status: health = {} }: HostStatus): AddressState {
  if (health.failed_active_health_check) return "unhealthy";
  return health.failed_outlier_check ? "ejected" : "healthy";
}

function summary(states: AddressState[]): TargetState {
  const healthy = states.filter((state) => state === "healthy").length;
  if (states.length === 0) return "unresolved";
  if (healthy === states.length) return "available";
  return healthy > 0 ? "degraded" : "refusing";
}

function statistic(stats: HostStatus["stats"], name: string): number {
  return Number(stats?.find((stat) => stat.name === name)?.value ?? 0);
}
