// What a namespace lets others refer to: https://gateway-api.sigs.k8s.io/api-types/referencegrant/
import type { Objects } from "../objects.ts";

export interface Referrer {
  group: string;
  kind: string;
  namespace: string;
}

export interface Referred {
  group: string;
  kind: string;
  namespace: string;
  name: string;
}

export const gatewayGroup = "gateway.networking.k8s.io";

export function isGranted(objects: Objects, from: Referrer, to: Referred): boolean {
  if (from.namespace === to.namespace) return true;
  return [...objects.ReferenceGrant.values()].some(({ metadata, spec }) => {
    if (metadata.namespace !== to.namespace) return false;
    const isFrom = spec.from.some((one) => {
      return one.group === from.group && one.kind === from.kind && one.namespace === from.namespace;
    });
    return (
      isFrom &&
      spec.to.some((one) => one.group === to.group && one.kind === to.kind && (one.name ?? to.name) === to.name)
    );
  });
}
