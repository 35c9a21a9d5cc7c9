// The resources of one publication, checked and encoded once for all Envoys. What is as it was in the one before is not
// encoded again. A resource's version is the digest of its bytes, so an unchanged one keeps its version, even over a
// restart of the control plane.
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Any } from "@bufbuild/protobuf/wkt";
import { encodeResource } from "../xds/registry.ts";
import type { Place, PlacedResource, ProtoJson, Resources } from "../xds/resources.ts";
import { encodeWithParts } from "./parts.ts";

export interface VersionedResource {
  name: string;
  version: string;
  any: Any;
  /** What it was encoded from; null where that is not known. */
  source: ProtoJson | null;
  /** What it is for an Envoy at some place, where that makes a difference. */
  placed?: Placed;
}

interface Placed {
  from: unknown;
  at: (place: Place) => VersionedResource;
}

/** By type URL and name. */
export type Snapshot = Map<string, Map<string, VersionedResource>>;

/** A resource that does not even fit Envoy's message definitions. */
export interface RefusedResource {
  typeUrl: string;
  name: string;
  message: string;
}

/** Encodes `resources`. One that cannot be encoded is replaced by its form in `previous`, or left out, and reported. */
export function buildSnapshot(
  resources: Resources,
  previous: Snapshot,
): { snapshot: Snapshot; refused: RefusedResource[] } {
  const snapshot: Snapshot = new Map();
  const refused: RefusedResource[] = [];
  for (const [typeUrl, list] of Object.entries(resources)) {
    const byName = new Map<string, VersionedResource>();
    snapshot.set(typeUrl, byName);
    for (const { name, resource, placed } of list) {
      const kept = previous.get(typeUrl)?.get(name);
      if (kept && isDeepStrictEqual(kept.source, resource) && isDeepStrictEqual(kept.placed?.from, placed?.from)) {
        byName.set(name, kept);
        continue;
      }
      try {
        const any = encodeWithParts(typeUrl, resource, kept?.source ?? null);
        const common = { name, version: digest(any.value), any, source: resource };
        byName.set(name, placed ? { ...common, placed: everywhere(typeUrl, name, placed) } : common);
      } catch (error) {
        refused.push({ typeUrl, name, message: (error as Error).message });
        if (kept) byName.set(name, kept);
      }
    }
  }
  return { snapshot, refused };
}

/** Encoded once for each place that some Envoy is at. */
function everywhere(typeUrl: string, name: string, { from, at }: PlacedResource): Placed {
  const known = new Map<string, VersionedResource>();
  return {
    from,
    at: (place) => {
      const key = JSON.stringify([place.zone, place.node]);
      const there = known.get(key) ?? encoded(typeUrl, name, at(place));
      known.set(key, there);
      return there;
    },
  };
}

function encoded(typeUrl: string, name: string, source: ProtoJson): VersionedResource {
  const any = encodeResource(typeUrl, source);
  return { name, version: digest(any.value), any, source };
}

/** Sixteen hexadecimal digits: enough to tell versions apart, short enough to read. */
function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

/** The version of a set of resources: what state-of-the-world xDS calls `version_info`. */
export function setVersion(resources: Iterable<VersionedResource>): string {
  const parts = [...resources].map(({ name, version }) => `${name}=${version}`).sort();
  return digest(Buffer.from(parts.join("\n")));
}
