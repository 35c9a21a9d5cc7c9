// The objects of the Kubernetes API that are read, as far as they are read, and all of them at one moment.
import type { ObjectKindName } from "../model/object-kinds.ts";
import type { Condition, Gateway, GatewayClass, ParentReference } from "./gateway/objects.ts";
import type { BackendTlsPolicy, GrpcRoute, HttpRoute, ReferenceGrant, TlsRoute } from "./gateway/objects.ts";
import type { McpBridge } from "./mcp-bridge/objects.ts";
import type { WasmPlugin } from "./plugins/objects.ts";

export interface Meta {
  name: string;
  /** Absent on what belongs to the whole cluster. */
  namespace?: string;
  uid?: string;
  generation?: number;
  creationTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface KubernetesObject {
  apiVersion?: string;
  kind?: string;
  metadata: Meta;
}

export interface Service extends KubernetesObject {
  spec: {
    type?: string;
    externalName?: string;
    ports?: ServicePort[];
  };
  status?: { loadBalancer?: { ingress?: LoadBalancerAddress[] } };
}

export interface ServicePort {
  name?: string;
  port: number;
  targetPort?: number | string;
  appProtocol?: string;
  protocol?: string;
}

export interface LoadBalancerAddress {
  ip?: string;
  hostname?: string;
}

export interface EndpointSlice extends KubernetesObject {
  addressType: string;
  ports?: { name?: string | null; port?: number | null }[];
  endpoints?: Endpoint[];
}

export interface Endpoint {
  addresses: string[];
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean };
  zone?: string;
  hints?: { forZones?: { name: string }[]; forNodes?: { name: string }[] };
}

export interface SecretObject extends KubernetesObject {
  type?: string;
  /** In base64. */
  data?: Record<string, string>;
}

export interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
}

export interface Namespace extends KubernetesObject {}

export interface IngressClass extends KubernetesObject {
  spec?: { controller?: string };
}

export interface Ingress extends KubernetesObject {
  spec: {
    ingressClassName?: string;
    defaultBackend?: IngressBackend;
    tls?: { hosts?: string[]; secretName?: string }[];
    rules?: IngressRule[];
  };
  status?: { loadBalancer?: { ingress?: LoadBalancerAddress[] } };
}

export interface IngressRule {
  host?: string;
  http?: { paths: IngressPath[] };
}

export interface IngressPath {
  path?: string;
  pathType: "Exact" | "Prefix" | "ImplementationSpecific";
  backend: IngressBackend;
}

export interface IngressBackend {
  service?: { name: string; port?: { name?: string; number?: number } };
  resource?: { apiGroup?: string; kind: string; name: string };
}

/** One of Weir's own: its definition says what may be in it, and the configuration's schemas read it. */
export interface ConfigObject extends KubernetesObject {
  spec: Record<string, unknown> & { name?: string; order?: number; parentRefs?: ParentReference[] };
  status?: { conditions?: Condition[] };
}

export interface ObjectTypes extends Record<ObjectKindName, ConfigObject> {
  Namespace: Namespace;
  Service: Service;
  EndpointSlice: EndpointSlice;
  Secret: SecretObject;
  ConfigMap: ConfigMap;
  IngressClass: IngressClass;
  Ingress: Ingress;
  GatewayClass: GatewayClass;
  Gateway: Gateway;
  HTTPRoute: HttpRoute;
  GRPCRoute: GrpcRoute;
  TLSRoute: TlsRoute;
  ReferenceGrant: ReferenceGrant;
  BackendTLSPolicy: BackendTlsPolicy;
  McpBridge: McpBridge;
  WasmPlugin: WasmPlugin;
}

export type Kind = keyof ObjectTypes;

/** All that is known, each by `namespace/name`. */
export type Objects = { readonly [K in Kind]: ReadonlyMap<string, ObjectTypes[K]> };

export function keyOf({ metadata: { namespace, name } }: KubernetesObject): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** The oldest first; of those made in the same second, by name: Gateway API's order of precedence, and Ingress's. */
export function byAge(a: KubernetesObject, b: KubernetesObject): number {
  const [made, otherMade] = [a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? ""];
  if (made !== otherMade) return made < otherMade ? -1 : 1;
  return keyOf(a) < keyOf(b) ? -1 : 1;
}
