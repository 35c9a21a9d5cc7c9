// The listeners of Gateways: what each may serve, with which certificates, and whether two are in each other's way.
import type { Certificate, ClientValidation } from "../../model/web.ts";
import { certificateFrom } from "../certificates.ts";
import type { TranslateContext } from "../translate.ts";
import { clientValidation } from "./client-validation.ts";
import { isFalse, isTrue, type Told } from "../conditions.ts";
import { gatewayGroup, isGranted } from "./grants.ts";
import type { Gateway, Listener, RouteKind } from "./objects.ts";

export interface OwnListener {
  gateway: Gateway;
  listener: Listener;
  /** In lower case; empty for any. */
  hostname: string;
  /** Null where it cannot listen. */
  address: string | null;
  supportedKinds: RouteKind[];
  certificates: Certificate[];
  client: ClientValidation | null;
  /** Whether it is there at all. */
  accepted: Told;
  resolved: Told;
  conflicted: Told;
  /** Whether requests are served. */
  isServing: boolean;
}

const kindsByProtocol: Record<string, string[]> = {
  HTTP: ["HTTPRoute", "GRPCRoute"],
  HTTPS: ["HTTPRoute", "GRPCRoute"],
  TLS: ["TLSRoute"],
};

interface PlacedListener {
  gateway: Gateway;
  listener: Listener;
  address: string | null;
  /** Whether Ingresses are served at its port of the address. */
  isTaken: boolean;
}

/** `before`: those that came first, at the same address or not. */
export function readListener(
  { gateway, listener, address, isTaken }: PlacedListener,
  before: OwnListener[],
  context: TranslateContext,
): OwnListener {
  const known = kindsByProtocol[listener.protocol];
  const { kinds, unknown } = supportedKinds(listener, known ?? []);
  const accepted = acceptedOf(listener, isTaken);
  const { certificates, problem } = certificatesOf(gateway, listener, context);
  const validation = clientValidation(gateway, listener, context);
  const kindProblem =
    unknown === null ? null : isFalse("ResolvedRefs", "InvalidRouteKinds", `${unknown} cannot attach to it`);
  const resolved = kindProblem ?? problem ?? validation.problem ?? isTrue("ResolvedRefs");
  const own: Omit<OwnListener, "conflicted" | "isServing"> = {
    gateway,
    listener,
    hostname: (listener.hostname ?? "").toLowerCase(),
    address,
    supportedKinds: kinds,
    certificates,
    client: validation.client,
    accepted: validation.isRefused ?? accepted,
    resolved,
  };
  const conflicted = conflictOf(own, before);
  const isAccepted = own.accepted.isTrue && !conflicted.isTrue;
  const needsCertificate =
    listener.protocol === "HTTPS" || (listener.protocol === "TLS" && modeOf(listener) === "Terminate");
  const isServing = isAccepted && address !== null && (!needsCertificate || certificates.length > 0);
  return {
    ...own,
    accepted: conflicted.isTrue ? isFalse("Accepted", conflicted.reason, conflicted.message ?? "") : own.accepted,
    conflicted,
    isServing: isServing && !validation.isRefused,
  };
}

function acceptedOf({ protocol, port }: Listener, isTaken: boolean): Told {
  if (!kindsByProtocol[protocol]) return isFalse("Accepted", "UnsupportedProtocol", `${protocol} is not served`);
  if (!isTaken) return isTrue("Accepted");
  const message = `Ingresses are served at port ${port} of this address: give one of the two another port or address`;
  return isFalse("Accepted", "PortUnavailable", message);
}

export function modeOf({ tls, protocol }: Listener): "Terminate" | "Passthrough" {
  return tls?.mode ?? (protocol === "TLS" ? "Passthrough" : "Terminate");
}

function supportedKinds({ allowedRoutes }: Listener, known: string[]): { kinds: RouteKind[]; unknown: string | null } {
  const wanted = allowedRoutes?.kinds ?? [];
  const all = known.map((kind) => ({ group: gatewayGroup, kind }));
  if (wanted.length === 0) return { kinds: all, unknown: null };
  const isKnown = ({ group = gatewayGroup, kind }: RouteKind): boolean =>
    group === gatewayGroup && known.includes(kind);
  const kinds = wanted.filter(isKnown).map(({ kind }) => ({ group: gatewayGroup, kind }));
  return { kinds, unknown: wanted.find((one) => !isKnown(one))?.kind ?? null };
}

function certificatesOf(
  { metadata }: Gateway,
  listener: Listener,
  { objects }: TranslateContext,
): { certificates: Certificate[]; problem: Told | null } {
  const certificates: Certificate[] = [];
  let problem: Told | null = null;
  const isTerminated = listener.protocol === "HTTPS" || listener.protocol === "TLS";
  if (!isTerminated || modeOf(listener) === "Passthrough") return { certificates, problem };
  const own = metadata.namespace ?? "";
  for (const { group = "", kind = "Secret", namespace = own, name } of listener.tls?.certificateRefs ?? []) {
    const from = { group: gatewayGroup, kind: "Gateway", namespace: own };
    const certificate = certificateFrom(objects, namespace, name);
    const told = `${kind} ${namespace}/${name}`;
    if (group !== "" || kind !== "Secret") {
      problem ??= isFalse("ResolvedRefs", "InvalidCertificateRef", `${told} is no Secret`);
    } else if (!isGranted(objects, from, { group, kind, namespace, name })) {
      problem ??= isFalse("ResolvedRefs", "RefNotPermitted", `No ReferenceGrant lets it refer to ${told}`);
    } else if (!certificate) {
      problem ??= isFalse("ResolvedRefs", "InvalidCertificateRef", `${told} is not there, or holds no certificate`);
    } else certificates.push(certificate);
  }
  return { certificates, problem };
}

/** On one socket: the same host twice, or TLS beside none. The first of them stays. */
function conflictOf(own: Omit<OwnListener, "conflicted" | "isServing">, before: OwnListener[]): Told {
  const there = before.filter(({ address, listener, accepted }) => {
    return address === own.address && listener.port === own.listener.port && accepted.isTrue;
  });
  const hasTls = ({ protocol }: Listener): boolean => protocol !== "HTTP";
  if (there.some(({ listener }) => hasTls(listener) !== hasTls(own.listener))) {
    return {
      type: "Conflicted",
      isTrue: true,
      reason: "ProtocolConflict",
      message: "Another listener has the port with another protocol",
    };
  }
  if (there.some(({ hostname }) => hostname === own.hostname)) {
    return {
      type: "Conflicted",
      isTrue: true,
      reason: "HostnameConflict",
      message: "Another listener has the port with the same host name",
    };
  }
  return { type: "Conflicted", isTrue: false, reason: "NoConflicts" };
}
