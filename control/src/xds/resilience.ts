// What keeps a failing target from failing requests: when its addresses are left alone, how many requests it gets at
// once, and where requests end up that it cannot take.
import type { CircuitBreaker, HealthCheck } from "../model/routing.ts";
import { duration, type ProtoJson } from "./resources.ts";

/** More requests than any one gateway has under way: limits belong to quotas, not to a forgotten default of 1024. */
const concurrentMax = 100_000;

/**
 * The plugins count exactly, and send to the next target what this one has no room for; Envoy, which would answer 503
 * and try nothing else, is the second line. A request that has ended leaves Envoy's count some microseconds later than
 * theirs, and copies are in Envoy's alone: hence room for some more.
 */
const spareRequests = 64;

/** `circuit_breakers` of a cluster; 0 for no limit. */
export function concurrencyLimits(maxConcurrentRequests: number): ProtoJson {
  const max_requests = maxConcurrentRequests ? maxConcurrentRequests + spareRequests : concurrentMax;
  const threshold = (priority: string): ProtoJson => ({
    priority,
    max_connections: concurrentMax,
    max_pending_requests: concurrentMax,
    max_requests,
    max_retries: concurrentMax,
  });
  return { thresholds: [threshold("DEFAULT"), threshold("HIGH")] };
}

/** Failures to connect alone, for clusters that have nothing else to try; when every address is out, all are used. */
export const connectFailures: ProtoJson = {
  split_external_local_origin_errors: true,
  consecutive_local_origin_failure: 5,
  enforcing_consecutive_5xx: 0,
  enforcing_consecutive_gateway_failure: 0,
  enforcing_success_rate: 0,
  enforcing_local_origin_success_rate: 0,
  max_ejection_percent: 100,
};

/** The dead end is one of the addresses, and must never be left alone: hence 99. And 34 spares a single real one. */
const ejectionPercents: Record<CircuitBreaker["whenOpen"], number> = { refuse: 99, tryAnyway: 34 };

/** `outlier_detection` of a target's cluster. */
export function outlierDetection(breaker: CircuitBreaker, healthCheck: HealthCheck | null): ProtoJson {
  const { consecutiveErrors: count, ejectionMs, ejectionMsMax, whenOpen } = breaker;
  // Health checks notice by themselves what cannot be connected to. Without them counting, the dead end would in the
  // end be left alone too, and Envoy, with nowhere to go, would use what is known to be unhealthy.
  const countsConnects = count > 0 && healthCheck === null;
  return {
    ...connectFailures,
    interval: "1s",
    base_ejection_time: duration(ejectionMs),
    max_ejection_time: duration(ejectionMsMax),
    max_ejection_percent: ejectionPercents[whenOpen],
    ...(count > 0 && { consecutive_5xx: count, consecutive_local_origin_failure: count }),
    enforcing_consecutive_5xx: count > 0 && breaker.statuses.length > 0 ? 100 : 0,
    enforcing_consecutive_local_origin_failure: countsConnects ? 100 : 0,
  };
}

/** Which answers count as errors, in a cluster's HTTP options: Envoy's own idea of a 5xx is replaced. */
export function errorMatcher({ statuses }: CircuitBreaker): ProtoJson {
  if (statuses.length === 0) return {};
  const regex = statuses.map((status) => status.replace("xx", "\\d\\d")).join("|");
  const header = { name: ":status", string_match: { safe_regex: { regex } } };
  return { outlier_detection: { error_matcher: { http_response_headers_match: { headers: [header] } } } };
}

/** `health_checks` of a cluster. */
export function healthChecks(check: HealthCheck | null, authority: string): ProtoJson {
  if (!check) return {};
  const interval = duration(check.intervalMs);
  return {
    health_checks: [
      {
        timeout: duration(check.timeoutMs),
        interval,
        // Envoy would ask once a minute until the first request comes.
        no_traffic_interval: interval,
        unhealthy_threshold: check.unhealthyAfter,
        healthy_threshold: check.healthyAfter,
        http_health_check: { host: authority, path: check.path, expected_statuses: [{ start: 200, end: 300 }] },
      },
    ],
  };
}

/** Where nothing listens. */
export const deadEndPort = 1;

/**
 * The last place to go: a closed port of the machine itself. Without any address a cluster would answer 503 and end the
 * request; this refuses it at once, so that the next target is tried.
 */
export const deadEnd: ProtoJson = {
  endpoint: {
    address: { socket_address: { address: "127.0.0.1", port_value: deadEndPort } },
    health_check_config: { disable_active_health_check: true },
  },
};

/** As long as one address is in use it gets all requests; Envoy would send a part of them to the dead end. */
export const noSpill: ProtoJson = { overprovisioning_factor: 100_000 };
