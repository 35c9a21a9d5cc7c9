// The two written forms of xDS: state of the world, and delta. Everything that they share is in `Channel`.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-docs/xds_protocol
import type { Any } from "@bufbuild/protobuf/wkt";
import type { Change, Channel } from "./channel.ts";
import type { Place } from "../xds/resources.ts";
import { setVersion, type VersionedResource } from "./snapshot.ts";

export interface SemanticVersion {
  majorNumber: number;
  minorNumber: number;
  patch: number;
}

export interface EnvoyNode {
  id: string;
  cluster: string;
  locality?: { zone: string };
  metadata?: Record<string, unknown>;
  userAgentVersionType?: { case?: string; value?: { version?: SemanticVersion } };
}

/** As `weir bootstrap` writes it. */
export function placeOf(node: EnvoyNode | null): Place {
  const name = node?.metadata?.["weir.node"];
  return { zone: node?.locality?.zone ?? "", node: typeof name === "string" ? name : "" };
}

interface Status {
  message: string;
}

export interface XdsRequest {
  node?: EnvoyNode;
  typeUrl: string;
  responseNonce: string;
  errorDetail?: Status;
}

/** How one form of the protocol is read and written. */
export interface Protocol<Request extends XdsRequest> {
  name: "sotw" | "delta";
  /** Notes in `channel` what the request subscribes to, and, when it opens the type, what Envoy has already. */
  subscribe(channel: Channel, request: Request, wanted: Map<string, VersionedResource>): void;
  /** The response that tells Envoy of `changes`. */
  response(channel: Channel, changes: Change[], nonce: string): object;
}

export interface SotwRequest extends XdsRequest {
  versionInfo: string;
  resourceNames: string[];
}

export const stateOfTheWorld: Protocol<SotwRequest> = {
  name: "sotw",

  subscribe(channel, request, wanted) {
    // No names on a type's first request means all; later on it means none. envoyproxy/ratelimit comes back with the
    // nonce of the stream before.
    const isOpening = channel.names.size === 0 && (request.responseNonce === "" || !channel.answered);
    const names = isOpening && request.resourceNames.length === 0 ? ["*"] : request.resourceNames;
    if (!(channel.names.has("*") && names.length === 0)) {
      channel.unsubscribe([...channel.names].filter((name) => !names.includes(name)));
      for (const name of names) channel.names.add(name);
    }
    if (isOpening && request.versionInfo !== "") resume(channel, request.versionInfo, wanted);
  },

  response(channel, changes, nonce) {
    const held = channel.holdings(changes);
    return {
      versionInfo: setVersion(held),
      typeUrl: channel.typeUrl,
      nonce,
      resources: held.map(({ any }) => any),
    };
  },
};

/** An Envoy that comes back with the version we would send has it all. */
function resume(channel: Channel, version: string, wanted: Map<string, VersionedResource>): void {
  const held = [...wanted.values()].filter(({ name }) => channel.wants(name));
  if (setVersion(held) !== version) return;
  for (const resource of held) channel.accepted.set(resource.name, resource);
  channel.answered = true;
}

export interface DeltaRequest extends XdsRequest {
  resourceNamesSubscribe: string[];
  resourceNamesUnsubscribe: string[];
  initialResourceVersions: Record<string, string>;
}

export const delta: Protocol<DeltaRequest> = {
  name: "delta",

  subscribe(channel, request, wanted) {
    const isOpening = channel.names.size === 0 && !channel.answered;
    const names = request.resourceNamesSubscribe;
    for (const name of isOpening && names.length === 0 ? ["*"] : names) channel.names.add(name);
    // It has forgotten what it asks for again: a filter that goes and comes back at once waits for its configuration.
    for (const name of names) channel.accepted.delete(name);
    channel.unsubscribe(request.resourceNamesUnsubscribe);
    const held = Object.entries(request.initialResourceVersions);
    // An Envoy that comes back waits for nothing.
    if (held.length > 0) channel.answered = true;
    for (const [name, version] of held) {
      channel.accepted.set(name, wanted.get(name)?.version === version ? wanted.get(name)! : unknown(name, version));
    }
  },

  response(channel, changes, nonce) {
    const added = changes.flatMap(({ resource }) => resource ?? []);
    return {
      systemVersionInfo: setVersion(added),
      typeUrl: channel.typeUrl,
      nonce,
      resources: added.map(({ name, version, any }) => ({ name, version, resource: any })),
      removedResources: changes.filter(({ resource }) => !resource).map(({ name }) => name),
    };
  },
};

/** What an Envoy had from an earlier control plane: known by its version alone, and never sent. */
function unknown(name: string, version: string): VersionedResource {
  const any: Any = { $typeName: "google.protobuf.Any", typeUrl: "", value: new Uint8Array() };
  return { name, version, any, source: null };
}
