// Where a request goes: straight to a cluster, or to the one that the model router names in a header.
import type { Model, Route, Target } from "../model/model.ts";
import { clusterName, clusterOf } from "./cluster-name.ts";
import { enableModelRouter, targetHeader } from "./filters/model-router.ts";
import { duration, extension, typed, type ProtoJson } from "./resources.ts";

const matcherName = "weir.target";

/** Whether one target serves every model of the route, so that nobody has to look into the body. */
export function isDirect(route: Route): boolean {
  return route.models.includes("*");
}

/** The action of a direct route. No plugin runs before the target's own. */
export function directAction(route: Route, model: Model): ProtoJson {
  const targets = model.targets.filter((target) => target.name === route.target);
  return { route: { cluster: clusterOf(route.target, model), ...limits(targets) } };
}

/**
 * The action of a route whose target depends on the model's name, for all `candidates` of its virtual host. The matcher
 * is asked again on each retry, so whoever writes the header between two attempts sends the second one elsewhere.
 */
export function routedAction(route: Route, candidates: Route[], model: Model): ProtoJson {
  const names = new Set(candidates.filter((other) => overlaps(route, other)).map((other) => other.target));
  const targets = model.targets.filter((target) => names.has(target.name));
  return {
    route: { cluster_specifier_plugin: matcherName, ...limits(targets, { refresh_cluster_on_retry: true }) },
    typed_per_filter_config: enableModelRouter,
  };
}

/** Whether a request that Envoy gives to `route` may belong to `other`: they have no header on which they differ. */
function overlaps(route: Route, other: Route): boolean {
  const differs = other.headers.some((h) => route.headers.some((r) => r.name === h.name && r.value !== h.value));
  return route.pathPrefix === other.pathPrefix && !differs;
}

/** The cluster specifier that goes by the target header, in which the model router names a cluster. */
export function targetMatcher(model: Model): ProtoJson {
  const matcher = {
    matcher_tree: {
      input: extension("target", "envoy.type.matcher.v3.HttpRequestHeaderMatchInput", { header_name: targetHeader }),
      exact_match_map: { map: Object.fromEntries(model.targets.map(clusterName).map((name) => [name, onMatch(name)])) },
    },
  };
  return {
    extension: extension(matcherName, "envoy.extensions.router.cluster_specifiers.matcher.v3.MatcherClusterSpecifier", {
      cluster_matcher: matcher,
    }),
  };
}

function onMatch(cluster: string): ProtoJson {
  const type = "envoy.extensions.router.cluster_specifiers.matcher.v3.ClusterAction";
  return { action: { name: cluster, typed_config: typed(type, { cluster }) } };
}

/** Limits of a route action: the most patient of its targets decides where they differ. */
function limits(targets: Target[], retry: ProtoJson = {}): ProtoJson {
  const firstByteMs = mostPatient(targets.map((target) => target.timeouts.firstByteMs));
  return {
    // Envoy's default would cut every answer off after 15 seconds.
    timeout: "0s",
    idle_timeout: duration(mostPatient(targets.map((target) => target.timeouts.idleMs))),
    retry_policy: {
      // Only where the provider cannot have begun: anything else might be paid for twice.
      retry_on: "connect-failure,refused-stream,reset-before-request",
      num_retries: 1,
      // Envoy ignores it once the response has begun, so it bounds the wait for the first byte.
      ...(firstByteMs > 0 && { per_try_timeout: duration(firstByteMs) }),
      ...retry,
    },
  };
}

/** The longest of some limits, of which 0 means none. */
function mostPatient(limitsMs: number[]): number {
  return limitsMs.includes(0) ? 0 : Math.max(0, ...limitsMs);
}
