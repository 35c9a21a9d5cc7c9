// A route's conditions on host, headers, query and cookies, as Envoy takes them.
import type { Condition, Route } from "../model/model.ts";

export function unmet(kind: string, conditions: Condition[], given: Map<string, string>): string | null {
  const missing = conditions.find(({ name, value }) => given.get(name) !== value);
  return missing ? `the ${kind} ${missing.name} is not "${missing.value}"` : null;
}

/** `a=1&b=2`: of two that are named alike the first counts, which is the last that a map is given. */
export function pairs(text: string, separator: string): [string, string][] {
  return text
    .split(separator)
    .map((pair): [string, string] => {
      const [name = "", ...value] = pair.trim().split("=");
      return [name, value.join("=")];
    })
    .reverse();
}

/** Whether everything that fits `narrow` fits `wide` too, hosts and models apart. */
export function covers(wide: Route, narrow: Route): boolean {
  if (wide.pathPrefix !== narrow.pathPrefix) return false;
  const has = (conditions: Condition[], { name, value }: Condition) =>
    conditions.some((other) => other.name === name && other.value === value);
  return (["headers", "query", "cookies"] as const).every((kind) => wide[kind].every((one) => has(narrow[kind], one)));
}

/** The port does not count, nor does the case. */
export function hostOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

export function matchesHost(pattern: string, host: string): boolean {
  if (!pattern.startsWith("*.")) return pattern === host;
  return host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}
