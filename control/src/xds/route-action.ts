// Where a request goes: straight to a cluster, or to the one that a plugin names in filter state.
import type { Model, Route, Target } from "../model/model.ts";
import { isDirect, needsPlan, planOf, targetsOf } from "../model/routing.ts";
import { clusterName, clusterOf, lastResortCluster, mcpClusterName } from "./cluster-name.ts";
import { enableAiFallback, retryHeader, targetState } from "./filters/ai-fallback.ts";
import { duration, extension, typed, type ProtoJson } from "./resources.ts";
import { servedBy } from "./served-by.ts";

/** The cluster specifier that goes by what plugins say. */
export const matcherName = "weir.target";

/** The action of a direct route. No plugin runs before the target's own. */
export function directAction(route: Route, model: Model): ProtoJson {
  const [name = ""] = targetsOf(route);
  const retry_policy = retryOnce([route], model);
  return {
    route: { cluster: clusterOf(name, model), ...limits([route], model), retry_policy, ...mirrors(route, model) },
    ...servedBy(model.gateway),
  };
}

/** The action of a request whose route depends on the model's name, for all `candidates` of its virtual host. */
export function routedAction(route: Route, candidates: Route[], model: Model): ProtoJson {
  const possible = candidates.filter((other) => overlaps(route, other));
  const retry_policy = { ...retryOnce(possible, model), refresh_cluster_on_retry: true };
  return {
    route: { cluster_specifier_plugin: matcherName, ...limits(possible, model), retry_policy },
    typed_per_filter_config: enableAiFallback,
    ...servedBy(model.gateway),
  };
}

/** Whether what becomes of the route's requests differs from what becomes of those that one target serves alone. */
export function hasOwnAction(route: Route, { names }: Model): boolean {
  return names.requestOptions || needsPlan(route) || route.mirror !== null || route.attemptTimeoutMs !== null;
}

/** The action of a route with a plan, once a plugin has chosen it. */
export function chosenAction(route: Route, model: Model): ProtoJson {
  const planned = planOf(route, null).length + Number(route.lastResort !== null);
  // A request may name further models, and with them targets of other routes.
  const attempts = model.names.requestOptions ? Math.max(planned, 2) : planned;
  const once = { ...retryOnce([route], model), refresh_cluster_on_retry: true };
  return {
    route: {
      cluster_specifier_plugin: matcherName,
      ...limits([route], model),
      retry_policy: attempts > 1 ? retryNext(route, attempts, model) : once,
      ...mirrors(route, model),
    },
    response_headers_to_remove: [retryHeader],
    // With a plan the plugin knows which attempt it was, and says so in answers of its own too.
    ...(!needsPlan(route) && servedBy(model.gateway)),
  };
}

/** Whether a request that Envoy gives to `route` may belong to `other`: there is no condition on which they differ. */
function overlaps(route: Route, other: Route): boolean {
  const differ = (["headers", "query", "cookies"] as const).some((kind) =>
    other[kind].some((o) => route[kind].some((r) => r.name === o.name && r.value !== o.value)),
  );
  return route.pathPrefix === other.pathPrefix && !differ;
}

/** Whether Envoy's matcher is needed at all. */
export function needsMatcher(model: Model): boolean {
  return model.routes.some((route) => !isDirect(route)) || (model.mcp?.upstreams.length ?? 0) > 0;
}

/** The cluster specifier: it goes by filter state, in which the plugins name a cluster. Each attempt asks it. */
export function targetMatcher(model: Model): ProtoJson {
  const clusters = [
    ...model.targets.map(clusterName),
    ...model.lastResorts.map(lastResortCluster),
    ...(model.mcp?.upstreams ?? []).map(mcpClusterName),
  ];
  const input = "envoy.extensions.matching.common_inputs.network.v3.FilterStateInput";
  const matcher = {
    matcher_tree: {
      input: extension("target", input, { key: targetState }),
      exact_match_map: { map: Object.fromEntries(clusters.map((name) => [name, onMatch(name)])) },
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

/** Limits of a route action: the most patient of the targets decides where they differ. */
function limits(routes: Route[], model: Model): ProtoJson {
  const idleMs = mostPatient(targetsOfAll(routes, model).map(({ timeouts }) => timeouts.idleMs));
  // Envoy's default would cut every answer off after 15 seconds.
  return { timeout: "0s", idle_timeout: duration(idleMs) };
}

/** Again at the same target, and only where the provider cannot have begun: anything else might be paid for twice. */
function retryOnce(routes: Route[], model: Model): ProtoJson {
  return {
    retry_on: "connect-failure,refused-stream,reset-before-request",
    num_retries: 1,
    ...firstByteLimit(routes, model),
  };
}

/** At the next target of the plan, whatever has become of the attempt, as long as the client has seen nothing of it. */
function retryNext(route: Route, attempts: number, model: Model): ProtoJson {
  return {
    retry_on: "connect-failure,refused-stream,reset-before-request,reset,retriable-headers",
    // The plugin says for each request how many there may be.
    num_retries: attempts - 1,
    retriable_headers: [{ name: retryHeader, present_match: true }],
    refresh_cluster_on_retry: true,
    retry_back_off: { base_interval: "0.001s", max_interval: "0.010s" },
    ...firstByteLimit([route], model),
  };
}

/** Envoy ignores it once the response has begun, so it bounds the wait for the first byte. */
function firstByteLimit(routes: Route[], model: Model): ProtoJson {
  const own = mostPatient(targetsOfAll(routes, model).map(({ timeouts }) => timeouts.firstByteMs));
  const [attemptMs = null] = routes.length === 1 ? [routes[0]!.attemptTimeoutMs] : [];
  const all = [attemptMs ?? own, ...routes.map(({ totalTimeoutMs }) => totalTimeoutMs)].filter((ms) => ms > 0);
  return all.length > 0 ? { per_try_timeout: duration(Math.min(...all)) } : {};
}

function targetsOfAll(routes: Route[], model: Model): Target[] {
  const names = new Set(routes.flatMap(targetsOf));
  return model.targets.filter(({ name }) => names.has(name));
}

/** The longest of some limits, of which 0 means none. */
function mostPatient(limitsMs: number[]): number {
  return limitsMs.includes(0) ? 0 : Math.max(0, ...limitsMs);
}

/** A copy that is sent and forgotten. Its target's plugin translates it like any other request. */
function mirrors({ mirror }: Route, model: Model): ProtoJson {
  if (!mirror) return {};
  const numerator = Math.round(mirror.percent * 10_000);
  const policy = {
    cluster: clusterOf(mirror.target, model),
    runtime_fraction: { default_value: { numerator, denominator: "MILLION" } },
    // The provider would not know its own name with a suffix.
    disable_shadow_host_suffix_append: true,
  };
  return { request_mirror_policies: [policy] };
}
