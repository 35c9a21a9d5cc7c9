// BackendTLSPolicies: how Services are spoken to over TLS. https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/
import type { BackendTls, Certificate } from "../../model/web.ts";
import { byAge, keyOf, type ServicePort } from "../objects.ts";
import type { TranslateContext } from "../translate.ts";
import { authoritiesOf, type AuthorityProblem } from "./authorities.ts";
import { isFalse, isTrue, type Told } from "../conditions.ts";
import { gatewayGroup } from "./grants.ts";
import type { BackendTlsPolicy } from "./objects.ts";

interface ReadPolicy {
  policy: BackendTlsPolicy;
  tls: Omit<BackendTls, "certificate"> | null;
  conditions: Told[];
}

/** `unusable`: what the policy wants cannot be had, and anything less is not what it wants. */
export type PolicyTls = { kind: "none" } | { kind: "tls"; tls: BackendTls } | { kind: "unusable" };

const reasons: Record<AuthorityProblem, string> = {
  kind: "InvalidKind",
  reference: "InvalidCACertificateRef",
  grant: "InvalidCACertificateRef",
};

export class TlsPolicies {
  /** By `namespace/service`, and `namespace/service port` where a port's name is given. */
  readonly #byTarget = new Map<string, ReadPolicy>();
  readonly #read: ReadPolicy[] = [];
  /** Which Gateways came upon which policy. */
  readonly #asked = new Map<BackendTlsPolicy, Set<string>>();

  constructor(context: TranslateContext) {
    for (const policy of [...context.objects.BackendTLSPolicy.values()].sort(byAge)) {
      const read = readPolicy(policy, context);
      const targets = targetsOf(policy);
      const taken = targets.filter((target) => this.#byTarget.has(target));
      for (const target of targets) if (!taken.includes(target)) this.#byTarget.set(target, read);
      const isConflicted = taken.length === targets.length && taken.length > 0;
      if (isConflicted) read.conditions = [conflict, ...read.conditions.filter(({ type }) => type !== "Accepted")];
      this.#read.push(read);
    }
  }

  /** For requests of a Gateway, which is told of in the policy's status. */
  tlsOf(service: { namespace: string; name: string }, port: ServicePort, gateway: GatewayView): PolicyTls {
    const key = `${service.namespace}/${service.name}`;
    const found = this.#byTarget.get(`${key} ${port.name ?? ""}`) ?? this.#byTarget.get(key);
    for (const { policy } of this.#read) {
      // The one that lost is told as well.
      if (!targetsOf(policy).some((target) => target === key || target.startsWith(`${key} `))) continue;
      const gateways = this.#asked.get(policy) ?? new Set();
      this.#asked.set(policy, gateways.add(gateway.key));
    }
    if (!found) return { kind: "none" };
    return found.tls ? { kind: "tls", tls: { ...found.tls, certificate: gateway.certificate } } : { kind: "unusable" };
  }

  told(): { policy: BackendTlsPolicy; gateways: string[]; conditions: Told[] }[] {
    return this.#read.map(({ policy, conditions }) => {
      return { policy, conditions, gateways: [...(this.#asked.get(policy) ?? [])].sort() };
    });
  }
}

/** What of a Gateway matters to its backends. */
export interface GatewayView {
  /** `namespace/name`. */
  key: string;
  /** Shown to backends. */
  certificate: Certificate | null;
}

const conflict = isFalse("Accepted", "Conflicted", "An older policy is for the same Service");

function targetsOf({ metadata, spec }: BackendTlsPolicy): string[] {
  const services = spec.targetRefs.filter(({ group = "", kind }) => group === "" && kind === "Service");
  return services.map(({ name, sectionName }) => {
    return `${metadata.namespace}/${name}${sectionName ? ` ${sectionName}` : ""}`;
  });
}

function readPolicy(policy: BackendTlsPolicy, context: TranslateContext): ReadPolicy {
  const { hostname, subjectAltNames = [], wellKnownCACertificates, caCertificateRefs = [] } = policy.spec.validation;
  const names = subjectAltNames.map(({ type, hostname: dns = "", uri = "" }) => {
    return type === "URI" ? { type, value: uri } : { type: "DNS" as const, value: dns };
  });
  const fine = [isTrue("Accepted"), isTrue("ResolvedRefs")];
  if (wellKnownCACertificates === "System") {
    return { policy, tls: { serverName: hostname, authorities: "system", names }, conditions: fine };
  }
  if (wellKnownCACertificates) {
    const unknown = isFalse("Accepted", "Invalid", `${wellKnownCACertificates} are no known authorities`);
    return { policy, tls: null, conditions: [unknown, isTrue("ResolvedRefs")] };
  }
  const from = { group: gatewayGroup, kind: "BackendTLSPolicy", namespace: policy.metadata.namespace ?? "" };
  const { pem, problem } = authoritiesOf(caCertificateRefs, from, context);
  const none = isFalse("Accepted", "NoValidCACertificate", `${keyOf(policy)} refers to no authority that can be had`);
  const conditions = [
    pem === "" ? none : isTrue("Accepted"),
    problem ? isFalse("ResolvedRefs", reasons[problem], "Not all authorities can be had") : isTrue("ResolvedRefs"),
  ];
  return { policy, tls: pem === "" ? null : { serverName: hostname, authorities: { pem }, names }, conditions };
}
