// The way from one model to the next on which nothing that is in use is ever missing: Envoy takes clusters, routes and
// plugin configurations one after the other, and serves requests in between. Requests under way go by the plan that
// they have, so what was in force a while ago is kept as well.
//
//   previous ─► previous, with the new targets and routes added ─► next, with the old targets and plugins kept
//            ─► next, with what requests under way may still go on to ─► (when that time is over) next
import type { Mcp, McpUpstream } from "../model/mcp.ts";
import type { Model, Target } from "../model/model.ts";
import { clusterName, mcpClusterName } from "./cluster-name.ts";
import { pluginInstances } from "./plugins/instances.ts";
import { downstreamFilters } from "./filters/order.ts";

/**
 * The models to publish one after the other, only those that differ from the one before. The last is `next`, with the
 * clusters of `former` ones that it has not; of a cluster that several have, the first one's target counts.
 */
export function transition(previous: Model | null, next: Model, former: Model[] = []): Model[] {
  const last = former.reduce((model, other) => withMore(model, other) ?? model, next);
  if (!previous) return [last];
  const more = withComing(withMore(previous, last), previous, last);
  const kept = withFilters(withMore(last, previous), last, previous);
  return [...(more ? [more] : []), ...(kept ? [kept] : []), last];
}

/** `model` with the clusters that only `other` has; null when it has them all. */
export function withMore(model: Model, other: Model): Model | null {
  const targets = absentFrom(model.targets, other.targets);
  const texts = other.lastResorts.filter((text) => !model.lastResorts.includes(text));
  const upstreams = absentUpstreams(model, other);
  if (targets.length + texts.length + upstreams.length === 0) return null;
  return {
    ...model,
    targets: [...model.targets, ...targets],
    lastResorts: [...model.lastResorts, ...texts],
    ...(upstreams.length > 0 && { mcp: withUpstreams(model.mcp, upstreams) }),
  };
}

/** Where the tools of MCP servers lead, as far as only `other` goes there. */
function absentUpstreams(model: Model, other: Model): McpUpstream[] {
  const names = new Set((model.mcp?.upstreams ?? []).map(mcpClusterName));
  return (other.mcp?.upstreams ?? []).filter((upstream) => !names.has(mcpClusterName(upstream)));
}

function withUpstreams(mcp: Mcp | undefined, more: McpUpstream[]): Mcp {
  return { servers: mcp?.servers ?? [], upstreams: [...(mcp?.upstreams ?? []), ...more] };
}

/** `model`, or else `previous`, with the routes of `next` where they differ: Envoy takes plugins before routes. */
function withComing(model: Model | null, previous: Model, next: Model): Model | null {
  const isSame = JSON.stringify(previous.routes) === JSON.stringify(next.routes);
  return isSame ? model : { ...(model ?? previous), coming: next.routes };
}

/** `model`, or else `next`, with the plugins that only `previous` needs as they were: Envoy takes routes last. */
function withFilters(model: Model | null, next: Model, previous: Model): Model | null {
  const isLeft = downstreamFilters.some(({ isNeeded }) => isNeeded?.(previous) && !isNeeded(next));
  const names = new Set(pluginInstances(next).map(({ name }) => name));
  const isForeignLeft = pluginInstances(previous).some(({ name }) => !names.has(name));
  return isLeft || isForeignLeft ? { ...(model ?? next), previous } : model;
}

/** Those of `targets` whose cluster is not among those of `others`. */
function absentFrom(others: Target[], targets: Target[]): Target[] {
  const names = new Set(others.map(clusterName));
  return targets.filter((target) => !names.has(clusterName(target)));
}
