// What Gateways, routes and policies are told.
import type { StatusWrite, TranslateContext } from "../translate.ts";
import type { Place } from "./addresses.ts";
import type { RouteKindName } from "./attachments.ts";
import { hasInsecureValidation } from "./client-validation.ts";
import { conditionsOf, isFalse, isTrue, type Told } from "../conditions.ts";
import { gatewayController, supportedFeatures } from "./features.ts";
import { gatewayGroup } from "./grants.ts";
import type { OwnListener } from "./listeners.ts";
import type {
  Condition,
  BackendTlsPolicy,
  Gateway,
  GatewayClass,
  ParentReference,
  ParentStatus,
  RouteObject,
} from "./objects.ts";

type Now = Pick<TranslateContext, "now">;

export function classStatus(object: GatewayClass, { now }: Now): StatusWrite {
  const accepted = isClassAccepted(object)
    ? isTrue("Accepted")
    : isFalse("Accepted", "InvalidParameters", "There are no parameters that it could refer to");
  const conditions = conditionsOf([accepted], {
    before: object.status?.conditions,
    generation: object.metadata.generation,
    now,
  });
  const features = supportedFeatures.map((name) => ({ name }));
  return { kind: "GatewayClass", object, status: { conditions, supportedFeatures: features } };
}

export function isClassAccepted({ spec }: GatewayClass): boolean {
  return spec.parametersRef === undefined;
}

export interface GatewayTold {
  gateway: Gateway;
  place: Place;
  listeners: OwnListener[];
  /** Of its own references. */
  resolved: Told;
  attached: Map<OwnListener, number>;
}

export function gatewayStatus(
  { gateway, place, listeners, resolved, attached }: GatewayTold,
  { now }: Now,
): StatusWrite {
  const { generation } = gateway.metadata;
  const before = gateway.status;
  const addresses = place.published.map((value) => ({ type: addressType(value), value }));
  const told = listeners.map((own) => ({
    name: own.listener.name,
    supportedKinds: own.supportedKinds,
    attachedRoutes: attached.get(own) ?? 0,
    conditions: conditionsOf(listenerConditions(own), {
      before: before?.listeners?.find(({ name }) => name === own.listener.name)?.conditions,
      generation,
      now,
    }),
  }));
  const conditions = conditionsOf(gatewayConditions({ gateway, place, listeners, resolved }), {
    before: before?.conditions,
    generation,
    now,
  });
  return { kind: "Gateway", object: gateway, status: { addresses, conditions, listeners: told } };
}

function addressType(value: string): string {
  return /^[\d.]+$|:/.test(value) ? "IPAddress" : "Hostname";
}

function listenerConditions({ accepted, resolved, conflicted, isServing }: OwnListener): Told[] {
  const isProgrammed = isServing && resolved.isTrue;
  const programmed = isProgrammed ? isTrue("Programmed") : isFalse("Programmed", "Invalid", "It is not served");
  return [accepted, programmed, resolved, conflicted];
}

function gatewayConditions({ gateway, place, listeners, resolved }: Omit<GatewayTold, "attached">): Told[] {
  const { problem } = place;
  const valid = listeners.filter(({ accepted, resolved }) => accepted.isTrue && resolved.isTrue);
  const accepted = listeners.filter((one) => one.accepted.isTrue);
  const allValid = valid.length === listeners.length;
  const isAccepted: Told = {
    type: "Accepted",
    isTrue: accepted.length > 0,
    reason: allValid ? "Accepted" : "ListenersNotValid",
    message: allValid ? "" : "Not all of its listeners are served",
  };
  const served = valid.some(({ isServing }) => isServing);
  const programmed = served
    ? isTrue("Programmed")
    : isFalse("Programmed", "Invalid", "None of its listeners is served");
  const broken = problem && isFalse(problem.condition, problem.reason, problem.message);
  const all = [
    problem?.condition === "Accepted" && broken ? broken : isAccepted,
    broken ? { ...broken, type: "Programmed" } : programmed,
    resolved,
  ];
  const insecure = { type: "InsecureFrontendValidationMode", isTrue: true, reason: "ConfigurationChanged" };
  return hasInsecureValidation(gateway) ? [...all, insecure] : all;
}

export interface ParentTold {
  reference: ParentReference;
  conditions: Told[];
}

/** Null where the route is none of ours, and never was. */
export function routeStatus(
  kind: RouteKindName,
  route: RouteObject,
  parents: ParentTold[],
  { now }: Now,
): StatusWrite | null {
  const before = route.status?.parents ?? [];
  const others = before.filter(({ controllerName }) => controllerName !== gatewayController);
  if (parents.length === 0 && others.length === before.length) return null;
  const own = parents.map(({ reference, conditions }): ParentStatus => {
    const previous = before.find((one) => one.controllerName === gatewayController && isSame(one.parentRef, reference));
    return {
      parentRef: reference,
      controllerName: gatewayController,
      conditions: told(conditions, previous?.conditions, route.metadata.generation, now),
    };
  });
  return { kind, object: route, status: { parents: [...others, ...own] } };
}

function told(
  conditions: Told[],
  before: Condition[] | undefined,
  generation: number | undefined,
  now: string,
): Condition[] {
  return conditionsOf(conditions, { before, generation, now });
}

function isSame(a: ParentReference, b: ParentReference): boolean {
  const parts = ({ group, kind, namespace, name, sectionName, port }: ParentReference) =>
    [group, kind, namespace, name, sectionName, port].join(" ");
  return parts(a) === parts(b);
}

export function policyStatus(
  { policy, gateways, conditions }: { policy: BackendTlsPolicy; gateways: string[]; conditions: Told[] },
  { now }: Now,
): StatusWrite | null {
  const before = policy.status?.ancestors ?? [];
  const others = before.filter(({ controllerName }) => controllerName !== gatewayController);
  if (gateways.length === 0 && others.length === before.length) return null;
  const own = gateways.map((key) => {
    const [namespace, name = ""] = key.split("/");
    const ancestorRef = { group: gatewayGroup, kind: "Gateway", namespace, name };
    const previous = before.find((one) => one.controllerName === gatewayController && one.ancestorRef.name === name);
    return {
      ancestorRef,
      controllerName: gatewayController,
      conditions: told(conditions, previous?.conditions, policy.metadata.generation, now),
    };
  });
  return { kind: "BackendTLSPolicy", object: policy, status: { ancestors: [...others, ...own] } };
}
