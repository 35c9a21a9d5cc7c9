// What is known of each Envoy, and of whoever else asks for its configuration: which resources it runs on, and what it
// refused and why.
import { typeUrls } from "../xds/resources.ts";
import type { Channel } from "./channel.ts";
import type { EnvoyNode, XdsRequest } from "./protocol.ts";
import type { Session } from "./session.ts";

export interface ResourceStatus {
  /** `cluster`, `listener`, `route`, `extension`, … */
  kind: string;
  name: string;
  /** The version Envoy runs on; null for none. */
  version: string | null;
  state: "accepted" | "pending" | "rejected";
  /** Envoy's own words on a rejected one. */
  message: string | null;
  rejectedVersion: string | null;
  rejectedAt: string | null;
}

export interface EnvoyStatus {
  /** `ratelimit`: an envoyproxy/ratelimit that has its configuration from here. */
  role: "envoy" | "ratelimit";
  id: string;
  cluster: string;
  /** Envoy's version, `1.40.0`; empty when it did not say. */
  version: string;
  protocol: "sotw" | "delta";
  connectedAt: string;
  /** null while connected. */
  disconnectedAt: string | null;
  resources: ResourceStatus[];
}

/** The status of the Envoy at the other end of `session`. */
export function envoyStatus<R extends XdsRequest>(session: Session<R>, disconnectedAt: Date | null): EnvoyStatus {
  return {
    role: roleOf(session),
    id: session.node?.id ?? "",
    cluster: session.node?.cluster ?? "",
    version: versionOf(session.node),
    protocol: session.protocol.name,
    connectedAt: session.connectedAt.toISOString(),
    disconnectedAt: disconnectedAt?.toISOString() ?? null,
    resources: [...session.channels.values()].flatMap(channelStatus),
  };
}

export function roleOf<R extends XdsRequest>({ channels }: Session<R>): EnvoyStatus["role"] {
  return channels.has(typeUrls.ratelimit) ? "ratelimit" : "envoy";
}

function versionOf(node: EnvoyNode | null): string {
  const version = node?.userAgentVersionType?.value?.version;
  return version ? `${version.majorNumber}.${version.minorNumber}.${version.patch}` : "";
}

function kindOf(typeUrl: string): string {
  return Object.entries(typeUrls).find(([, url]) => url === typeUrl)?.[0] ?? typeUrl;
}

function channelStatus(channel: Channel): ResourceStatus[] {
  const pending = channel.proposal?.names ?? new Set();
  const kind = kindOf(channel.typeUrl);
  const names = new Set([...channel.accepted.keys(), ...channel.rejected.keys(), ...pending]);
  return [...names].sort().map((name) => {
    const rejection = channel.rejected.get(name) ?? null;
    return {
      kind,
      name,
      version: channel.accepted.get(name)?.version ?? null,
      state: rejection ? "rejected" : pending.has(name) ? "pending" : "accepted",
      message: rejection?.message ?? null,
      rejectedVersion: rejection?.version ?? null,
      rejectedAt: rejection?.at.toISOString() ?? null,
    };
  });
}
