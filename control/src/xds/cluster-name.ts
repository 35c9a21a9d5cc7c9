// What Envoy calls a target's cluster. Clusters and the credentials for them reach Envoy in different resources, one
// after the other; a name that is bound to the address keeps a credential from ever being sent to another address than
// its own.
import { createHash } from "node:crypto";
import type { TokenEndpoint } from "../model/credential.ts";
import type { ServiceUse } from "../model/discovery.ts";
import type { LimitService } from "../model/limits.ts";
import type { McpUpstream } from "../model/mcp.ts";
import type { Model, Target, TargetTls } from "../model/model.ts";

/** `openai.3f2a9c01`: the target's name, and what its address comes to. */
export function clusterName(target: Target): string {
  return `${target.name}.${addressHash(target)}`;
}

/** `token.oauth2.googleapis.com.3f2a9c01`: no target's cluster has a dot before its hash. */
export function tokenClusterName(endpoint: TokenEndpoint): string {
  return `token.${endpoint.host}.${addressHash(endpoint)}`;
}

/** `mcp.api.example.com.3f2a9c01`: where the tools of MCP servers lead. */
export function mcpClusterName(upstream: McpUpstream): string {
  return `mcp.${upstream.host}.${addressHash(upstream)}`;
}

/** `limit.limits.internal.3f2a9c01`: where limits are counted for a fleet. */
export function limitClusterName({ host, port, tls }: LimitService): string {
  return `limit.${host}.${addressHash({ host, port, tls })}`;
}

/** `last-resort.3f2a9c01`: where the text is answered that a request gets when nothing else has. */
export function lastResortCluster(text: string): string {
  return `last-resort.${digest(text)}`;
}

interface Address {
  host: string;
  port: number;
  service?: ServiceUse;
  tls: TargetTls | null;
}

/** What an address comes to: eight hexadecimal digits. */
function addressHash({ host, port, service, tls }: Address): string {
  const place = service ? [service.key] : [host, port];
  return digest(JSON.stringify([...place, tls?.sni ?? null, tls?.ca ?? tls?.caFile ?? null]));
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** The cluster of the target named `target`; the name itself, which leads nowhere, when there is none. */
export function clusterOf(target: string, model: Model): string {
  const found = model.targets.find(({ name }) => name === target);
  return found ? clusterName(found) : target;
}
