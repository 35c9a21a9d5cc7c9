// Where the API server has each kind.
import {
  objectGroup,
  objectKindNames,
  objectKinds,
  objectVersion,
  type ObjectKindName,
} from "../model/object-kinds.ts";
import type { Kind } from "./objects.ts";

export interface KindPlace {
  /** Empty for the core group. */
  group: string;
  version: string;
  plural: string;
  /** Whether a cluster need not have it. */
  isOptional: boolean;
}

const gatewayGroup = "gateway.networking.k8s.io";

const core = (plural: string): KindPlace => ({ group: "", version: "v1", plural, isOptional: false });
const networking = (plural: string): KindPlace => ({ ...core(plural), group: "networking.k8s.io" });
const gateway = (plural: string, version = "v1"): KindPlace => ({
  group: gatewayGroup,
  version,
  plural,
  isOptional: true,
});

const own = (kind: ObjectKindName): KindPlace => {
  return { group: objectGroup, version: objectVersion, plural: objectKinds[kind].plural, isOptional: true };
};

export const kindPlaces: Record<Kind, KindPlace> = {
  Namespace: core("namespaces"),
  Service: core("services"),
  EndpointSlice: { ...core("endpointslices"), group: "discovery.k8s.io" },
  Secret: core("secrets"),
  ConfigMap: core("configmaps"),
  IngressClass: networking("ingressclasses"),
  Ingress: networking("ingresses"),
  GatewayClass: gateway("gatewayclasses"),
  Gateway: gateway("gateways"),
  HTTPRoute: gateway("httproutes"),
  GRPCRoute: gateway("grpcroutes"),
  TLSRoute: gateway("tlsroutes"),
  ReferenceGrant: gateway("referencegrants"),
  BackendTLSPolicy: gateway("backendtlspolicies"),
  ...(Object.fromEntries(objectKindNames.map((kind) => [kind, own(kind)])) as Record<ObjectKindName, KindPlace>),
  McpBridge: { group: "networking.higress.io", version: "v1", plural: "mcpbridges", isOptional: true },
  WasmPlugin: { group: "extensions.higress.io", version: "v1alpha1", plural: "wasmplugins", isOptional: true },
};

export const allKinds = Object.keys(kindPlaces) as Kind[];

export function apiVersionOf(kind: Kind): string {
  const { group, version } = kindPlaces[kind];
  return group === "" ? version : `${group}/${version}`;
}

/** The list of all of them, and of one namespace. */
export function pathOf(kind: Kind, namespace?: string): string {
  const { group, version, plural } = kindPlaces[kind];
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespace ? `${root}/namespaces/${namespace}/${plural}` : `${root}/${plural}`;
}
