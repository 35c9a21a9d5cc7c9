// The objects of the Gateway API, as far as they are read: https://gateway-api.sigs.k8s.io/reference/spec/
import type { KubernetesObject } from "../objects.ts";

export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  observedGeneration: number;
  lastTransitionTime: string;
}

export interface GatewayClass extends KubernetesObject {
  spec: { controllerName: string; parametersRef?: object };
  status?: { conditions?: Condition[] };
}

/** An absent namespace is the referring object's own. */
export interface ObjectReference {
  group?: string;
  kind?: string;
  name: string;
  namespace?: string;
}

export interface Gateway extends KubernetesObject {
  spec: {
    gatewayClassName: string;
    listeners: Listener[];
    addresses?: { type?: string; value?: string }[];
    infrastructure?: { parametersRef?: object };
    tls?: {
      backend?: { clientCertificateRef?: ObjectReference };
      frontend?: {
        default?: { validation?: FrontendValidation };
        perPort?: { port: number; tls?: { validation?: FrontendValidation } }[];
      };
    };
  };
  status?: {
    conditions?: Condition[];
    listeners?: ListenerStatus[];
    addresses?: { type: string; value: string }[];
  };
}

export interface FrontendValidation {
  caCertificateRefs: ObjectReference[];
  mode?: "AllowValidOnly" | "AllowInsecureFallback";
}

export interface Listener {
  name: string;
  hostname?: string;
  port: number;
  protocol: string;
  tls?: { mode?: "Terminate" | "Passthrough"; certificateRefs?: ObjectReference[] };
  allowedRoutes?: {
    namespaces?: { from?: "All" | "Same" | "Selector" | "None"; selector?: LabelSelector };
    kinds?: RouteKind[];
  };
}

export interface RouteKind {
  group?: string;
  kind: string;
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface ListenerStatus {
  name: string;
  supportedKinds: RouteKind[];
  attachedRoutes: number;
  conditions: Condition[];
}

export interface ParentReference extends ObjectReference {
  sectionName?: string;
  port?: number;
}

export interface RouteObject extends KubernetesObject {
  spec: { parentRefs?: ParentReference[]; hostnames?: string[] };
  status?: { parents?: ParentStatus[] };
}

export interface ParentStatus {
  parentRef: ParentReference;
  controllerName: string;
  conditions: Condition[];
}

export interface BackendReference extends ObjectReference {
  port?: number;
  weight?: number;
}

export interface HttpRoute extends RouteObject {
  spec: RouteObject["spec"] & { rules?: HttpRule[] };
}

export interface HttpRule {
  name?: string;
  matches?: HttpMatch[];
  filters?: RouteFilter[];
  backendRefs?: (BackendReference & { filters?: RouteFilter[] })[];
  timeouts?: { request?: string; backendRequest?: string };
  retry?: { codes?: number[]; attempts?: number; backoff?: string };
  sessionPersistence?: SessionPersistence;
}

export interface SessionPersistence {
  sessionName?: string;
  type?: "Cookie" | "Header";
  absoluteTimeout?: string;
  cookieConfig?: { lifetimeType?: "Permanent" | "Session" };
}

export interface HttpMatch {
  path?: { type?: "Exact" | "PathPrefix" | "RegularExpression"; value?: string };
  headers?: ValueMatchObject[];
  queryParams?: ValueMatchObject[];
  method?: string;
}

export interface ValueMatchObject {
  type?: "Exact" | "RegularExpression";
  name: string;
  value: string;
}

export interface HeaderModifier {
  set?: { name: string; value: string }[];
  add?: { name: string; value: string }[];
  remove?: string[];
}

export interface PathModifier {
  type: "ReplaceFullPath" | "ReplacePrefixMatch";
  replaceFullPath?: string;
  replacePrefixMatch?: string;
}

export interface RouteFilter {
  type: string;
  requestHeaderModifier?: HeaderModifier;
  responseHeaderModifier?: HeaderModifier;
  requestMirror?: {
    backendRef: BackendReference;
    percent?: number;
    fraction?: { numerator: number; denominator?: number };
  };
  requestRedirect?: {
    scheme?: string;
    hostname?: string;
    path?: PathModifier;
    port?: number;
    statusCode?: number;
  };
  urlRewrite?: { hostname?: string; path?: PathModifier };
  cors?: {
    allowOrigins?: string[];
    allowMethods?: string[];
    allowHeaders?: string[];
    exposeHeaders?: string[];
    allowCredentials?: boolean;
    maxAge?: number;
  };
}

export interface GrpcRoute extends RouteObject {
  spec: RouteObject["spec"] & { rules?: GrpcRule[] };
}

export interface GrpcRule {
  name?: string;
  matches?: {
    method?: { type?: "Exact" | "RegularExpression"; service?: string; method?: string };
    headers?: ValueMatchObject[];
  }[];
  filters?: RouteFilter[];
  backendRefs?: (BackendReference & { filters?: RouteFilter[] })[];
  sessionPersistence?: SessionPersistence;
}

export interface TlsRoute extends RouteObject {
  spec: RouteObject["spec"] & { rules: { name?: string; backendRefs?: BackendReference[] }[] };
}

export interface ReferenceGrant extends KubernetesObject {
  spec: {
    from: { group: string; kind: string; namespace: string }[];
    to: { group: string; kind: string; name?: string }[];
  };
}

export interface BackendTlsPolicy extends KubernetesObject {
  spec: {
    targetRefs: (ObjectReference & { sectionName?: string })[];
    validation: {
      caCertificateRefs?: ObjectReference[];
      wellKnownCACertificates?: string;
      hostname: string;
      subjectAltNames?: { type: "Hostname" | "URI"; hostname?: string; uri?: string }[];
    };
  };
  status?: { ancestors?: PolicyAncestorStatus[] };
}

export interface PolicyAncestorStatus {
  ancestorRef: ParentReference;
  controllerName: string;
  conditions: Condition[];
}
