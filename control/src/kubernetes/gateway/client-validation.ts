// Certificates that clients of a Gateway have to show.
import type { ClientValidation } from "../../model/web.ts";
import type { TranslateContext } from "../translate.ts";
import { authoritiesOf, type AuthorityProblem } from "./authorities.ts";
import { isFalse, type Told } from "../conditions.ts";
import { gatewayGroup } from "./grants.ts";
import type { FrontendValidation, Gateway, Listener } from "./objects.ts";

interface Validated {
  client: ClientValidation | null;
  problem: Told | null;
  /** Nobody is let in while nobody can be told from anybody. */
  isRefused: Told | null;
}

const reasons: Record<AuthorityProblem, string> = {
  kind: "InvalidCACertificateKind",
  reference: "InvalidCACertificateRef",
  grant: "RefNotPermitted",
};

export function clientValidation(gateway: Gateway, listener: Listener, context: TranslateContext): Validated {
  const validation = listener.protocol === "HTTPS" ? validationOf(gateway, listener.port) : undefined;
  if (!validation) return { client: null, problem: null, isRefused: null };
  const from = { group: gatewayGroup, kind: "Gateway", namespace: gateway.metadata.namespace ?? "" };
  const { pem, problem } = authoritiesOf(validation.caCertificateRefs, from, context);
  const told = problem && isFalse("ResolvedRefs", reasons[problem], "Not all authorities for clients can be had");
  if (pem === "") {
    const isRefused = isFalse("Accepted", "NoValidCACertificate", "There is no authority for clients");
    return { client: null, problem: told, isRefused };
  }
  return { client: { authorities: pem, isOptional: isInsecure(validation) }, problem: told, isRefused: null };
}

export function isInsecure({ mode }: FrontendValidation): boolean {
  return mode === "AllowInsecureFallback";
}

/** Whether any port lets in whoever shows nothing. */
export function hasInsecureValidation({ spec }: Gateway): boolean {
  const { default: all, perPort = [] } = spec.tls?.frontend ?? {};
  const validations = [all?.validation, ...perPort.map(({ tls }) => tls?.validation)];
  return validations.some((one) => one !== undefined && isInsecure(one));
}

function validationOf({ spec }: Gateway, port: number): FrontendValidation | undefined {
  const { default: all, perPort = [] } = spec.tls?.frontend ?? {};
  const own = perPort.find((one) => one.port === port);
  return own ? own.tls?.validation : all?.validation;
}
