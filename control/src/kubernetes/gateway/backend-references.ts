// Where rules of routes lead: each reference as a backend, or why it cannot be one.
import type { BackendProtocol } from "../../model/web.ts";
import type { TranslateContext } from "../translate.ts";
import { isFalse, type Told } from "../conditions.ts";
import { gatewayGroup, isGranted } from "./grants.ts";
import type { BackendReference } from "./objects.ts";
import type { GatewayView, TlsPolicies } from "./tls-policies.ts";

export interface ReferenceContext {
  context: TranslateContext;
  policies: TlsPolicies;
  gateway: GatewayView;
  /** Of the route. */
  namespace: string;
  /** `HTTPRoute`. */
  kind: string;
}

/** `problem`: for the route's `ResolvedRefs`. Without one, and without a backend, a policy is at fault. */
export interface Resolved {
  backend: string | null;
  problem: Told | null;
}

export function resolveReference(reference: BackendReference, own: ReferenceContext): Resolved {
  const { group = "", kind = "Service", namespace = own.namespace, name, port } = reference;
  const { backends, objects } = own.context;
  const from = { group: gatewayGroup, kind: own.kind, namespace: own.namespace };
  if (group !== "" || kind !== "Service") return failed("InvalidKind", `${kind} ${name} is no Service`);
  if (!isGranted(objects, from, { group, kind, namespace, name })) {
    return failed("RefNotPermitted", `No ReferenceGrant lets it refer to Service ${namespace}/${name}`);
  }
  if (port === undefined) return failed("UnsupportedValue", `Service ${namespace}/${name} needs a port`);
  const place = { namespace, name, port };
  const found = backends.find(place);
  if (!("service" in found)) {
    const what = "problem" in found && found.problem === "noPort" ? ` has no port ${port}` : " is not there";
    return failed("BackendNotFound", `Service ${namespace}/${name}${what}`);
  }
  const policy = own.policies.tlsOf(place, found.port, own.gateway);
  if (policy.kind === "unusable") return { backend: null, problem: null };
  const protocol = protocolOf(own.kind, found.port.appProtocol);
  const variant = { ...(protocol && { protocol }), ...(policy.kind === "tls" && { tls: policy.tls }) };
  const used = backends.use(place, variant);
  return { backend: "name" in used ? used.name : null, problem: null };
}

/** What the Service's port says goes for HTTP routes; gRPC is HTTP/2 whatever it says. */
function protocolOf(kind: string, appProtocol: string | undefined): BackendProtocol | null {
  if (kind === "GRPCRoute" && appProtocol !== "kubernetes.io/h2c") return "http2";
  return kind === "TLSRoute" ? "tcp" : null;
}

function failed(reason: string, message: string): Resolved {
  return { backend: null, problem: isFalse("ResolvedRefs", reason, message) };
}
