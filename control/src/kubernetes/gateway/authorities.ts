// Authorities that objects refer to: ConfigMaps with PEM certificates.
import { areAuthorities } from "../certificates.ts";
import type { TranslateContext } from "../translate.ts";
import { isGranted, type Referrer } from "./grants.ts";
import type { ObjectReference } from "./objects.ts";

export type AuthorityProblem = "kind" | "reference" | "grant";

/** All that can be had of them, and what is wrong with the first that cannot. */
export function authoritiesOf(
  references: ObjectReference[],
  from: Referrer,
  { objects }: TranslateContext,
): { pem: string; problem: AuthorityProblem | null } {
  const found: string[] = [];
  let problem: AuthorityProblem | null = null;
  for (const { group = "", kind = "ConfigMap", namespace = from.namespace, name } of references) {
    const pem = objects.ConfigMap.get(`${namespace}/${name}`)?.data?.["ca.crt"] ?? "";
    if (group !== "" || kind !== "ConfigMap") problem ??= "kind";
    else if (!isGranted(objects, from, { group, kind, namespace, name })) problem ??= "grant";
    else if (!areAuthorities(pem)) problem ??= "reference";
    else found.push(pem.trimEnd());
  }
  return { pem: found.join("\n"), problem };
}
