// Which routes attach to which listeners: allowed there, asked for, and with a host name in common.
import type { Kind, Namespace } from "../objects.ts";
import type { TranslateContext } from "../translate.ts";
import { isFalse, isTrue, type Told } from "../conditions.ts";
import { gatewayGroup } from "./grants.ts";
import { intersection } from "./hostnames.ts";
import type { OwnListener } from "./listeners.ts";
import type { Gateway, LabelSelector, ParentReference, RouteObject } from "./objects.ts";

export type RouteKindName = Extract<Kind, "HTTPRoute" | "GRPCRoute" | "TLSRoute">;

export interface Attachment {
  listener: OwnListener;
  /** Those that both have; one that is empty for any. */
  hostnames: string[];
}

export interface ParentResult {
  reference: ParentReference;
  gateway: Gateway;
  accepted: Told;
  attachments: Attachment[];
}

/** The Gateways of `own` that a route refers to, one by one as it does. */
export function attach(
  kind: RouteKindName,
  route: RouteObject,
  own: Map<string, OwnListener[]>,
  context: TranslateContext,
): ParentResult[] {
  return (route.spec.parentRefs ?? []).flatMap((reference) => {
    const {
      group = gatewayGroup,
      kind: parentKind = "Gateway",
      namespace = route.metadata.namespace,
      name,
    } = reference;
    const key = `${namespace}/${name}`;
    const listeners = own.get(key);
    const gateway = context.objects.Gateway.get(key);
    if (group !== gatewayGroup || parentKind !== "Gateway" || !listeners || !gateway) return [];
    const { accepted, attachments } = attachTo(listeners, { kind, route, reference, context });
    return [{ reference, gateway, accepted, attachments }];
  });
}

interface Attaching {
  kind: RouteKindName;
  route: RouteObject;
  reference: ParentReference;
  context: TranslateContext;
}

function attachTo(listeners: OwnListener[], { kind, route, reference, context }: Attaching) {
  const { sectionName, port } = reference;
  const wanted = listeners.filter(({ listener }) => {
    return (sectionName ?? listener.name) === listener.name && (port ?? listener.port) === listener.port;
  });
  if (wanted.length === 0) return refused("NoMatchingParent", "The Gateway has no such listener");
  const open = wanted.filter((one) => {
    const isKind = one.supportedKinds.some((supported) => supported.kind === kind);
    return isKind && one.accepted.isTrue && allows(one, route, context);
  });
  if (open.length === 0) return refused("NotAllowedByListeners", "No listener that it asks for lets it attach");
  const attachments = open.flatMap((listener) => {
    const hostnames = commonHostnames(listener, route);
    return hostnames.length > 0 ? [{ listener, hostnames }] : [];
  });
  if (attachments.length === 0) return refused("NoMatchingListenerHostname", "No listener has a host name of its own");
  return { accepted: isTrue("Accepted"), attachments };
}

function refused(reason: string, message: string): Pick<ParentResult, "accepted" | "attachments"> {
  return { accepted: isFalse("Accepted", reason, message), attachments: [] };
}

function commonHostnames({ hostname }: OwnListener, { spec }: RouteObject): string[] {
  const own = spec.hostnames && spec.hostnames.length > 0 ? spec.hostnames : [""];
  const common = own.map((one) => intersection(hostname, one.toLowerCase())).filter((one) => one !== null);
  return [...new Set(common)];
}

function allows({ listener, gateway }: OwnListener, { metadata }: RouteObject, { objects }: TranslateContext): boolean {
  const { from = "Same", selector = {} } = listener.allowedRoutes?.namespaces ?? {};
  if (from === "All") return true;
  if (from === "Same") return metadata.namespace === gateway.metadata.namespace;
  const namespace = objects.Namespace.get(metadata.namespace ?? "");
  return from === "Selector" && namespace !== undefined && fits(namespace, selector);
}

/** Label selectors: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
function fits({ metadata }: Namespace, { matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  const labels = metadata.labels ?? {};
  const hasLabels = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return (
    hasLabels &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === "In" ? isIn : operator === "NotIn" && !isIn;
    })
  );
}
