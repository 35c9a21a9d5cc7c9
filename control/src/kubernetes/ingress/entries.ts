// What Ingresses say, path by path: which host, which path, which backend, with the annotations of its Ingress.
import type { PathMatch } from "../../model/web.ts";
import type { Ingress, IngressBackend, IngressPath } from "../objects.ts";
import type { IngressSettings } from "./settings.ts";

export interface Entry {
  ingress: Ingress;
  settings: IngressSettings;
  /** Lower case; `*` for any. */
  host: string;
  path: PathMatch;
  /** Whether it is what is left when nothing else fits. */
  isDefault: boolean;
  backend: IngressBackend;
}

const everything: PathMatch = { type: "prefix", value: "/", ignoreCase: false };

export function entriesOf(ingress: Ingress, settings: IngressSettings): Entry[] {
  const { rules = [], defaultBackend } = ingress.spec;
  const common = { ingress, settings };
  const entries: Entry[] = [];
  for (const { host, http } of rules) {
    for (const path of http?.paths ?? []) {
      const match = pathMatch(path, settings);
      entries.push({ ...common, host: hostOf(host), path: match, isDefault: false, backend: path.backend });
    }
  }
  if (!defaultBackend) return entries;
  const hosts = new Set(["*", ...rules.map(({ host }) => hostOf(host))]);
  const left = [...hosts].map((host) => {
    return { ...common, host, path: everything, isDefault: true, backend: defaultBackend };
  });
  return [...entries, ...left];
}

function hostOf(host: string | undefined): string {
  return host ? host.toLowerCase() : "*";
}

function pathMatch({ path = "/", pathType }: IngressPath, settings: IngressSettings): PathMatch {
  const { useRegex, fullPathRegex, ignoreCase } = settings.path;
  if (pathType === "Exact") return { type: "exact", value: path, ignoreCase };
  if (pathType === "Prefix" && !useRegex && !fullPathRegex) return { type: "prefix", value: path, ignoreCase };
  if (fullPathRegex) return { type: "regex", value: path, ignoreCase };
  if (useRegex) return { type: "regex", value: `${path}.*`, ignoreCase };
  return { type: "prefix", value: path, ignoreCase };
}

/** Whether both ask for the same requests, as far as the specification tells them apart. */
export function placeOf({ host, path, isDefault, settings }: Entry): string {
  const { methods, headers, query } = settings.match;
  return JSON.stringify([host, path.type, path.value, isDefault, methods, headers, query]);
}

/** Exact paths first, then the longer, then those with more conditions; what is left comes last. */
export function byPrecedence(a: Entry, b: Entry): number {
  return rank(a).reduce((result, value, index) => result || (rank(b)[index] ?? 0) - value, 0);
}

function rank({ path, isDefault, settings: { match } }: Entry): number[] {
  const conditions = match.methods.length + match.headers.length + match.query.length;
  return [isDefault ? 0 : 1, path.type === "exact" ? 1 : 0, path.value.length, conditions];
}
